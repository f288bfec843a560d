using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <summary>A supplier as the portfolio had it for a while.</summary>
/// <param name="Until">The first instant at which it no longer was so; null: it still is.</param>
/// <param name="IdentitySince">Since when it has had what lists are matched on, see <see cref="StoredSupplier"/>.</param>
public sealed record SupplierVersion(Supplier Supplier, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset IdentitySince);

/// <summary>A source was checked.</summary>
public readonly record struct SourceCheck(SourceId Source, DateTimeOffset At);

/// <summary>What was known of one supplier over a span of time, and when it became known.</summary>
/// <param name="Versions">In force at some instant of the span; oldest first, never overlapping.</param>
/// <param name="Signals">Revisions in force at the start and all that came in the span, withdrawn ones marked, by <see cref="Signal.ObservedAt"/>, then source, kind, name and key.</param>
/// <param name="Checks">Of this supplier alone: each source's last one not after the start, and all that came in the span; oldest first.</param>
public sealed record SupplierHistory(SupplierId Id, ImmutableArray<SupplierVersion> Versions, ImmutableArray<Signal> Signals, ImmutableArray<SourceCheck> Checks);

/// <summary>Reads history in bulk, for what goes over it step by step. A span reaches from an instant (what was in force then counts) to another, both included.</summary>
public interface IHistoryTable
{
    /// <summary>When the first supplier became known here; null when none ever was.</summary>
    Task<DateTimeOffset?> StartAsync(CancellationToken cancellationToken);

    /// <summary>Suppliers that were in the portfolio at some instant of the span, by id.</summary>
    Task<IReadOnlyList<SupplierId>> SuppliersAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Histories of those of the suppliers that were ever in the portfolio in the span, by id. All of it is held in memory: ask for some hundred at a time.</summary>
    Task<IReadOnlyList<SupplierHistory>> LoadAsync(IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Checks of the whole portfolio: each source's last one not after the start, and all that came in the span; oldest first.</summary>
    Task<ImmutableArray<SourceCheck>> WholeChecksAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
