using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Ingestion;

/// <summary>What one run of a source did, for summaries and logs.</summary>
/// <param name="Failure">Why the run as a whole failed; null when it succeeded.</param>
/// <param name="SupplierFailures">Suppliers that could not be checked although the run went on.</param>
/// <param name="Rejected">Reason to count and first example.</param>
internal sealed record SourceRunResult(
    SourceId Source, DateTimeOffset StartedAt, DateTimeOffset EndedAt, SourceFailureException? Failure, int Read, int Added, int Revised, int Withdrawn, int Checked,
    ImmutableArray<(SupplierId Supplier, string Reason)> SupplierFailures, ImmutableArray<(string Reason, int Count, string Example)> Rejected)
{
    /// <summary>Fields that were not as the source's format says, with the number of records.</summary>
    public ImmutableArray<(FieldDrift Kind, string Field, int Records)> Drift { get; init; } = [];

    public bool Succeeded => Failure is null;

    public int RejectedCount => Rejected.Sum(r => r.Count);
}
