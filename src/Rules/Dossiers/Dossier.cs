using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Dossiers;

/// <summary>All that is known of one supplier at one instant; the only thing a rule sees.</summary>
public sealed record Dossier
{
    public required Supplier Supplier { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    /// <summary>By metric slot: valid readings (in range, finite), oldest first, one for each reading time (the latest revision).</summary>
    public required ImmutableArray<ImmutableArray<MetricSignal>> Metrics { get; init; }

    /// <summary>By metric slot: the latest reading that was out of range or not finite, if it is newer than every valid one.</summary>
    public required ImmutableArray<MetricSignal?> InvalidMetrics { get; init; }

    /// <summary>By fact slot.</summary>
    public required ImmutableArray<FactSlot> Facts { get; init; }

    /// <summary>By feed slot.</summary>
    public required ImmutableArray<FeedSlot> Feeds { get; init; }
}

/// <summary>Whether what a source says can be relied on now, for one supplier.</summary>
public enum Freshness
{
    /// <summary>Every enabled source that covers the supplier was checked within the maximum age, and at least one covers it.</summary>
    Fresh,
    /// <summary>A covering source was last checked longer ago than the maximum age.</summary>
    Stale,
    /// <summary>A covering source was never checked for this supplier.</summary>
    NeverChecked,
    /// <summary>No enabled source covers the supplier (an identifier is missing): a blind spot.</summary>
    NotCovered,
    /// <summary>No enabled source supplies this at all.</summary>
    NoSource,
}

/// <param name="CheckedAt">The oldest of the latest checks of the covering sources; null when never.</param>
/// <param name="Signal">The fact in force, or null when no source states one.</param>
public readonly record struct FactSlot(Freshness Freshness, DateTimeOffset? CheckedAt, FactSignal? Signal);

/// <param name="Events">In force (not withdrawn), oldest first, then by source and id.</param>
public readonly record struct FeedSlot(Freshness Freshness, DateTimeOffset? CheckedAt, ImmutableArray<EventSignal> Events);

/// <summary>Assembles dossiers. Pure: the same signals, checks and instant give the same dossier, in whatever order they come.</summary>
public static class DossierBuilder
{
    /// <param name="signals">Signals of this supplier known at <paramref name="asOf"/>; several revisions of one natural key may be among them.</param>
    /// <param name="lastChecks">Per source, the last successful check of this supplier not after <paramref name="asOf"/>.</param>
    public static Dossier Build(Catalog catalog, Supplier supplier, IEnumerable<Signal> signals, IReadOnlyDictionary<SourceId, DateTimeOffset> lastChecks, DateTimeOffset asOf)
    {
        var revisions = new Dictionary<(SourceId Source, Type Kind, string Name, string Key), Signal>();
        foreach (Signal signal in signals)
        {
            if (signal.ObservedAt > asOf || !catalog.Sources.ContainsKey(signal.Source)) continue;
            var key = (signal.Source, signal.GetType(), signal.Name, signal.Key);
            if (!revisions.TryGetValue(key, out Signal? known) || known.ObservedAt <= signal.ObservedAt) revisions[key] = signal;
        }

        var readings = new List<MetricSignal>?[catalog.Metrics.Length];
        var facts = new FactSignal?[catalog.Facts.Length];
        var events = new List<EventSignal>?[catalog.Feeds.Length];
        foreach (Signal signal in revisions.Values)
        {
            if (signal.Withdrawn) continue;
            switch (signal)
            {
                case MetricSignal metric when catalog.MetricSlot(metric.Name) is >= 0 and var slot && metric.OccurredAt <= asOf:
                    (readings[slot] ??= []).Add(metric);
                    break;
                case FactSignal fact when catalog.FactSlot(fact.Name) is >= 0 and var slot:
                    if (facts[slot] is not { } other || Newer(fact, other)) facts[slot] = fact;
                    break;
                case EventSignal happening when catalog.FeedSlot(happening.Name) is >= 0 and var slot:
                    (events[slot] ??= []).Add(happening);
                    break;
            }
        }

        var metricSlots = ImmutableArray.CreateBuilder<ImmutableArray<MetricSignal>>(catalog.Metrics.Length);
        var invalid = ImmutableArray.CreateBuilder<MetricSignal?>(catalog.Metrics.Length);
        for (int slot = 0; slot < readings.Length; slot++)
        {
            MetricDefinition definition = catalog.Metrics[slot];
            List<MetricSignal>? all = readings[slot];
            if (all is null)
            {
                metricSlots.Add([]);
                invalid.Add(null);
                continue;
            }

            all.Sort(static (a, b) => a.OccurredAt != b.OccurredAt ? a.OccurredAt.CompareTo(b.OccurredAt) : a.ObservedAt != b.ObservedAt ? a.ObservedAt.CompareTo(b.ObservedAt) : a.Source.CompareTo(b.Source));
            var valid = ImmutableArray.CreateBuilder<MetricSignal>(all.Count);
            foreach (MetricSignal reading in all)
            {
                if (!IsValid(reading, definition)) continue;
                if (valid.Count > 0 && valid[^1].OccurredAt == reading.OccurredAt) valid[^1] = reading;
                else valid.Add(reading);
            }

            MetricSignal last = all[^1];
            invalid.Add(IsValid(last, definition) ? null : last);
            metricSlots.Add(valid.ToImmutable());
        }

        var factSlots = ImmutableArray.CreateBuilder<FactSlot>(catalog.Facts.Length);
        foreach (FactDefinition definition in catalog.Facts)
        {
            (Freshness freshness, DateTimeOffset? checkedAt) = FreshnessOf(catalog.SourcesFor("facts." + definition.Name), supplier, lastChecks, definition.MaximumAge, asOf);
            factSlots.Add(new FactSlot(freshness, checkedAt, facts[factSlots.Count]));
        }

        var feedSlots = ImmutableArray.CreateBuilder<FeedSlot>(catalog.Feeds.Length);
        foreach (FeedDefinition definition in catalog.Feeds)
        {
            (Freshness freshness, DateTimeOffset? checkedAt) = FreshnessOf(catalog.SourcesFor("events." + definition.Name), supplier, lastChecks, definition.MaximumAge, asOf);
            List<EventSignal>? list = events[feedSlots.Count];
            list?.Sort(static (a, b) => a.OccurredAt != b.OccurredAt ? a.OccurredAt.CompareTo(b.OccurredAt) : a.Source != b.Source ? a.Source.CompareTo(b.Source) : string.CompareOrdinal(a.Id, b.Id));
            feedSlots.Add(new FeedSlot(freshness, checkedAt, list is null ? [] : [.. list]));
        }

        return new Dossier
        {
            Supplier = supplier,
            AsOf = asOf,
            Metrics = metricSlots.MoveToImmutable(),
            InvalidMetrics = invalid.MoveToImmutable(),
            Facts = factSlots.MoveToImmutable(),
            Feeds = feedSlots.MoveToImmutable(),
        };
    }

    private static bool IsValid(MetricSignal reading, MetricDefinition definition) =>
        double.IsFinite(reading.Value) && reading.Value >= definition.Minimum && reading.Value <= definition.Maximum;

    private static bool Newer(FactSignal fact, FactSignal than) =>
        fact.ObservedAt != than.ObservedAt ? fact.ObservedAt > than.ObservedAt : fact.Source.CompareTo(than.Source) > 0;

    private static (Freshness Freshness, DateTimeOffset? CheckedAt) FreshnessOf(
        ImmutableArray<SourceCoverage> sources, Supplier supplier, IReadOnlyDictionary<SourceId, DateTimeOffset> lastChecks, TimeSpan maximumAge, DateTimeOffset asOf)
    {
        if (sources.IsEmpty) return (Freshness.NoSource, null);
        DateTimeOffset? oldest = null;
        bool covered = false, never = false;
        foreach (SourceCoverage source in sources)
        {
            if (!source.Covers(supplier)) continue;
            covered = true;
            if (!lastChecks.TryGetValue(source.Source, out DateTimeOffset at)) never = true;
            else if (oldest is null || at < oldest) oldest = at;
        }

        if (!covered) return (Freshness.NotCovered, null);
        if (never) return (Freshness.NeverChecked, oldest);
        return (asOf - oldest!.Value <= maximumAge ? Freshness.Fresh : Freshness.Stale, oldest);
    }
}
