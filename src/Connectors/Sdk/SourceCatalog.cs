using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk.Declared;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
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
        Feeds = Merge("feed", m => m.Feeds.AddRange(m.AddsTo), d => d.Name);
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

    /// <summary>These and the sources that the workspace's files declare; what is wrong with a file is reported, and its source left out.</summary>
    /// <param name="files">In the order in which they are named; a file may use the names that an earlier one defines.</param>
    /// <param name="isCron">Whether a text is a schedule.</param>
    public SourceCatalog With(IEnumerable<Document> files, Func<string, bool> isCron, DiagnosticBag diagnostics)
    {
        SourceCatalog catalog = this;
        foreach (Document file in files)
        {
            if (DeclaredSourceReader.Read(file, catalog.Names(), isCron, diagnostics) is { } source) catalog = new SourceCatalog(catalog.Modules.Append(new DeclaredModule(source)));
        }

        return catalog;
    }

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
    /// <param name="own">What the workspace adds.</param>
    /// <param name="everySource">Sources that the workspace names and that are no connectors count as running too.</param>
    public Catalog ForRules(IEnumerable<SourceId> enabled, IEnumerable<string> supplierAttributes, WorkspaceCatalog own, bool everySource = false)
    {
        HashSet<SourceId> running = [.. enabled];
        SourceManifest[] manifests = [.. Modules.Select(m => m.Manifest).Where(m => running.Contains(m.Id))];
        IEnumerable<SourceCoverage> besides = everySource
            ? own.SuppliedBy.Select(p => p.Value).Distinct().Where(id => !running.Contains(id)).Select(id => new SourceCoverage(id, null)) : [];
        return new Catalog(
            Over(Metrics, own.Metrics, m => m.Name),
            Over(Facts, own.Facts, f => f.Name),
            Over(Feeds, own.Feeds, f => f.Name),
            manifests.Select(m => new SourceCoverage(m.Id, m.NeedsIdentifier)).Concat(besides),
            manifests.SelectMany(m => Supplies(m).Select(path => KeyValuePair.Create(path, m.Id))).Concat(own.SuppliedBy),
            supplierAttributes)
        {
            Own = [.. own.Metrics.Select(m => "metrics." + m.Name), .. own.Facts.Select(f => "facts." + f.Name), .. own.Feeds.Select(f => "events." + f.Name)],
        };
    }

    /// <summary>What the connectors define, whether they run or not.</summary>
    public ConnectorNames Names() => new(
        Metrics, Facts, Feeds,
        Modules.SelectMany(m => Supplies(m.Manifest).Select(path => (path, m.Manifest.Id))).ToLookup(p => p.path, p => p.Id, StringComparer.Ordinal),
        [.. Modules.Select(m => m.Manifest.Id)],
        [.. Modules.Where(m => m.Manifest.TakesOwnMetrics).Select(m => m.Manifest.Id)]);

    /// <summary>The definitions by name; those of the workspace, which are as narrow or narrower, in the place of the connectors'.</summary>
    private static IEnumerable<T> Over<T>(ImmutableArray<T> defined, ImmutableArray<T> own, Func<T, string> name)
    {
        HashSet<string> replaced = [.. own.Select(name)];
        return defined.Where(d => !replaced.Contains(name(d))).Concat(own);
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

        if (ready && manifest.PassesMirrorBy && !string.IsNullOrWhiteSpace(configuration["Risk:Upstreams:Mirror"]))
        {
            ready = false;
            reason = "cannot go through Risk:Upstreams:Mirror; name it in Risk:Sources:Enabled if it may go past it";
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
