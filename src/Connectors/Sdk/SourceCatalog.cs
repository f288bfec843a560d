using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>Whether a source runs.</summary>
/// <param name="Reason">Why it does not, or, for one that was named but cannot run, what is missing; else "".</param>
public sealed record SourceStatus(IConnectorModule Module, bool IsEnabled, string Reason)
{
    public SourceId Id => Module.Manifest.Id;
}

/// <summary>All sources there are, which of them run, and what rules may name because of them.</summary>
public sealed class SourceCatalog
{
    /// <exception cref="InvalidOperationException">Two modules share an id, or define one metric, fact or feed differently.</exception>
    public SourceCatalog(IEnumerable<IConnectorModule> modules)
    {
        Modules = [.. modules.OrderBy(m => m.Manifest.Id)];
        if (Modules.GroupBy(m => m.Manifest.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two connectors have the id '{twice.Key}'.");
        Metrics = Merge("metric", m => m.Metrics, d => d.Name);
        Facts = Merge("fact", m => m.Facts, d => d.Name);
        Feeds = Merge("feed", m => m.Feeds, d => d.Name);
    }

    /// <summary>By id.</summary>
    public ImmutableArray<IConnectorModule> Modules { get; }

    private ImmutableArray<MetricDefinition> Metrics { get; }

    private ImmutableArray<FactDefinition> Facts { get; }

    private ImmutableArray<FeedDefinition> Feeds { get; }

    /// <summary>The connectors of this assembly.</summary>
    public static SourceCatalog Discover() => new(typeof(SourceCatalog).Assembly.GetExportedTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IConnectorModule)))
        .Select(t => (IConnectorModule)Activator.CreateInstance(t)!));

    /// <summary>The module of the source, or null.</summary>
    public IConnectorModule? Find(SourceId id) => Modules.FirstOrDefault(m => m.Manifest.Id == id);

    /// <summary>Which sources run: those named in <c>Risk:Sources:Enabled</c>, else all that lack nothing.</summary>
    /// <param name="configuration">The root.</param>
    /// <param name="workspace">Absolute path of the workspace folder.</param>
    /// <exception cref="SourceFailureException">Misconfigured: an id is named that there is not.</exception>
    public ImmutableArray<SourceStatus> Statuses(IConfiguration configuration, string workspace)
    {
        string[] named = (configuration["Risk:Sources:Enabled"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] known = [.. Modules.Select(m => m.Manifest.Id.Value)];
        if (named.FirstOrDefault(id => !known.Contains(id, StringComparer.Ordinal)) is { } unknown)
            throw new SourceFailureException(FailureKind.Misconfigured, $"Risk:Sources:Enabled names '{unknown}', which is no source{Suggestion.For(unknown, known)} Known are {string.Join(", ", known)}.");
        return [.. Modules.Select(m => StatusOf(m, named, configuration, workspace))];
    }

    /// <summary>What rules may name: everything any source defines, supplied by the enabled ones.</summary>
    /// <param name="supplierAttributes">The portfolio's own columns.</param>
    public Catalog ForRules(IEnumerable<SourceId> enabled, IEnumerable<string> supplierAttributes)
    {
        HashSet<SourceId> running = [.. enabled];
        SourceManifest[] manifests = [.. Modules.Select(m => m.Manifest).Where(m => running.Contains(m.Id))];
        return new Catalog(
            Metrics,
            Facts,
            Feeds,
            manifests.Select(m => new SourceCoverage(m.Id, m.NeedsIdentifier)),
            manifests.SelectMany(m => Supplies(m).Select(path => KeyValuePair.Create(path, m.Id))),
            supplierAttributes);
    }

    /// <summary>Paths that rules name what the source supplies by: <c>metrics.x</c>, <c>facts.x</c>, <c>events.x</c>.</summary>
    public static IEnumerable<string> Supplies(SourceManifest manifest) =>
        manifest.Metrics.Select(d => "metrics." + d.Name).Concat(manifest.Facts.Select(d => "facts." + d.Name)).Concat(manifest.Feeds.Select(d => "events." + d.Name));

    private static SourceStatus StatusOf(IConnectorModule module, string[] named, IConfiguration configuration, string workspace)
    {
        SourceManifest manifest = module.Manifest;
        bool ready = module.IsEnabledByDefault(configuration.GetSection("Risk:Sources:" + manifest.Id.Value), workspace, out string reason);
        if (ready && manifest.NeedsContact && string.IsNullOrWhiteSpace(configuration["Risk:Upstreams:Contact"]))
        {
            ready = false;
            reason = "needs Risk:Upstreams:Contact";
        }

        if (named.Length == 0) return new SourceStatus(module, ready, reason);
        bool isNamed = named.Contains(manifest.Id.Value, StringComparer.Ordinal);
        return new SourceStatus(module, isNamed, isNamed ? reason : "not in Risk:Sources:Enabled");
    }

    private ImmutableArray<T> Merge<T>(string what, Func<SourceManifest, ImmutableArray<T>> definitions, Func<T, string> name)
        where T : class
    {
        var merged = new Dictionary<string, (T Definition, SourceId Source)>(StringComparer.Ordinal);
        foreach (SourceManifest manifest in Modules.Select(m => m.Manifest))
        {
            foreach (T definition in definitions(manifest))
            {
                if (merged.TryAdd(name(definition), (definition, manifest.Id)) || merged[name(definition)].Definition.Equals(definition)) continue;
                throw new InvalidOperationException($"The {what} '{name(definition)}' is defined differently by {merged[name(definition)].Source} and {manifest.Id}.");
            }
        }

        return [.. merged.Values.Select(m => m.Definition)];
    }
}
