using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Catalogs;

public enum MetricType { Double, Int }

/// <summary>A metric that rules may name as <c>metrics.NAME</c>.</summary>
/// <param name="Minimum">Smallest valid value, inclusive; a reading outside the range is invalid and ignored.</param>
/// <param name="MaximumAge">Longest time since the reading's own time for which it still counts (inclusive).</param>
public sealed record MetricDefinition(string Name, MetricType Type, double Minimum, double Maximum, TimeSpan MaximumAge, string Unit, string About);

/// <summary>A fact that rules may name as <c>facts.NAME</c>. <paramref name="MaximumAge"/> counts from the last check of the source.</summary>
public sealed record FactDefinition(string Name, FactType Type, TimeSpan MaximumAge, string About);

/// <summary>A feed of events that rules may name as <c>events.NAME</c>. <paramref name="MaximumAge"/> counts from the last check of the source.</summary>
public sealed record FeedDefinition(string Name, TimeSpan MaximumAge, string About);

/// <summary>Which suppliers a source can say anything about.</summary>
/// <param name="IdentifierScheme">The identifier a supplier needs, or null when every supplier is covered.</param>
public sealed record SourceCoverage(SourceId Source, string? IdentifierScheme)
{
    public bool Covers(Supplier supplier) => IdentifierScheme is null || supplier.Identifiers.ContainsKey(IdentifierScheme);
}

/// <summary>What rules may name, and which of the enabled sources supplies it.</summary>
/// <remarks>Immutable. Slots are dense from 0 and in ordinal order of the names, so that a dossier can be an array.</remarks>
public sealed class Catalog
{
    public Catalog(
        IEnumerable<MetricDefinition> metrics,
        IEnumerable<FactDefinition> facts,
        IEnumerable<FeedDefinition> feeds,
        IEnumerable<SourceCoverage> enabledSources,
        IEnumerable<KeyValuePair<string, SourceId>> suppliedBy,
        IEnumerable<string> supplierAttributes)
    {
        Metrics = [.. metrics.OrderBy(m => m.Name, StringComparer.Ordinal)];
        Facts = [.. facts.OrderBy(f => f.Name, StringComparer.Ordinal)];
        Feeds = [.. feeds.OrderBy(f => f.Name, StringComparer.Ordinal)];
        SupplierAttributes = [.. supplierAttributes.Order(StringComparer.Ordinal)];
        Sources = enabledSources.ToImmutableSortedDictionary(s => s.Source, s => s);
        supplied = suppliedBy.ToLookup(p => p.Key, p => p.Value, StringComparer.Ordinal);
        SuppliersOf = supplied.ToImmutableSortedDictionary(
            g => g.Key,
            g => g.Distinct().Where(Sources.ContainsKey).Order().Select(id => Sources[id]).ToImmutableArray(),
            StringComparer.Ordinal);
        metricSlots = Slots(Metrics.Select(m => m.Name));
        factSlots = Slots(Facts.Select(f => f.Name));
        feedSlots = Slots(Feeds.Select(f => f.Name));
    }

    private readonly ILookup<string, SourceId> supplied;
    private readonly Dictionary<string, int> metricSlots;
    private readonly Dictionary<string, int> factSlots;
    private readonly Dictionary<string, int> feedSlots;

    public ImmutableArray<MetricDefinition> Metrics { get; }

    public ImmutableArray<FactDefinition> Facts { get; }

    public ImmutableArray<FeedDefinition> Feeds { get; }

    /// <summary>The portfolio's own columns, usable as <c>supplier.NAME</c>.</summary>
    public ImmutableArray<string> SupplierAttributes { get; }

    /// <summary>The enabled sources by id.</summary>
    public ImmutableSortedDictionary<SourceId, SourceCoverage> Sources { get; }

    /// <summary>Enabled sources that supply <c>metrics.x</c>, <c>facts.x</c> or <c>events.x</c>, by that path.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<SourceCoverage>> SuppliersOf { get; }

    /// <summary>Paths (<c>metrics.nps</c>) that the workspace's own catalog defines, alone or beside a connector.</summary>
    public ImmutableSortedSet<string> Own { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Every source that is named for the path, whether it runs or not, or is no connector at all.</summary>
    public IEnumerable<SourceId> Named(string path) => supplied[path];

    /// <summary>The metrics that the source supplies: those of its manifest and those that the workspace gives it.</summary>
    public IEnumerable<MetricDefinition> MetricsOf(SourceId source) => Metrics.Where(m => SourcesFor("metrics." + m.Name).Any(s => s.Source == source));

    /// <summary>The slot of a metric, or -1.</summary>
    public int MetricSlot(string name) => metricSlots.GetValueOrDefault(name, -1);

    public int FactSlot(string name) => factSlots.GetValueOrDefault(name, -1);

    public int FeedSlot(string name) => feedSlots.GetValueOrDefault(name, -1);

    /// <summary>The enabled sources that supply the path (<c>events.sanction</c>); empty when none does.</summary>
    public ImmutableArray<SourceCoverage> SourcesFor(string path) => SuppliersOf.TryGetValue(path, out ImmutableArray<SourceCoverage> found) ? found : [];

    private static Dictionary<string, int> Slots(IEnumerable<string> names) =>
        names.Select((name, slot) => (name, slot)).ToDictionary(p => p.name, p => p.slot, StringComparer.Ordinal);
}
