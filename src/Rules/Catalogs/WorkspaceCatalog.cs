using System.Collections.Immutable;
using Risk.Rules.Signals;

namespace Risk.Rules.Catalogs;

/// <summary>What the connectors define, for the check of what a workspace adds to it.</summary>
/// <param name="DefinedBy">Path (<c>metrics.otd</c>) to the sources that define it, switched on or not.</param>
/// <param name="Sources">Every connector there is.</param>
/// <param name="TakingOwnMetrics">Connectors that read metrics which the workspace defines.</param>
public sealed record ConnectorNames(
    ImmutableArray<MetricDefinition> Metrics, ImmutableArray<FactDefinition> Facts, ImmutableArray<FeedDefinition> Feeds,
    ILookup<string, SourceId> DefinedBy, ImmutableSortedSet<SourceId> Sources, ImmutableSortedSet<SourceId> TakingOwnMetrics);

/// <summary>What a catalog/1 file of the workspace adds to the names of the connectors, or narrows of them.</summary>
/// <param name="SuppliedBy">Path (<c>metrics.nps</c>) to the source that the file names for it.</param>
public sealed record WorkspaceCatalog(
    ImmutableArray<MetricDefinition> Metrics, ImmutableArray<FactDefinition> Facts, ImmutableArray<FeedDefinition> Feeds, ImmutableArray<KeyValuePair<string, SourceId>> SuppliedBy)
{
    /// <summary>A workspace without a catalog of its own.</summary>
    public static WorkspaceCatalog Empty { get; } = new([], [], [], []);
}
