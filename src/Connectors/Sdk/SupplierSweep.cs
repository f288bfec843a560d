using System.Runtime.CompilerServices;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk;

/// <summary>Checks suppliers one after the other, for sources that are asked for each supplier alone.</summary>
/// <remarks>
/// A failure that is about one supplier becomes a <see cref="SupplierFailure"/> and the sweep goes on; one that is about the source ends it, because every
/// further supplier would fail the same way and only load the upstream. What was yielded before stays.
/// </remarks>
internal static class SupplierSweep
{
    /// <summary>So many suppliers in a row that time out or meet a server error are the source's failure.</summary>
    internal const int FailuresInARow = 3;

    /// <param name="check">Reads one supplier; throws <see cref="SourceFailureException"/>.</param>
    public static IAsyncEnumerable<SourceUpdate> RunAsync(FetchContext context, Func<Supplier, CancellationToken, Task<SourceUpdate>> check, CancellationToken cancellationToken) =>
        RunAsync(context, context.Suppliers, check, cancellationToken);

    /// <param name="suppliers">Those of the context's that are to be asked for.</param>
    /// <param name="check">Reads one supplier; throws <see cref="SourceFailureException"/>.</param>
    public static async IAsyncEnumerable<SourceUpdate> RunAsync(
        FetchContext context, IReadOnlyCollection<Supplier> suppliers, Func<Supplier, CancellationToken, Task<SourceUpdate>> check, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int done = 0, failedInARow = 0;
        foreach (Supplier supplier in suppliers.OrderBy(s => s.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress(done++, suppliers.Count, supplier.Name);
            SourceUpdate update;
            try
            {
                update = await check(supplier, cancellationToken).ConfigureAwait(false);
                failedInARow = 0;
            }
            catch (SourceFailureException failure) when (!IsAboutTheSource(failure.Kind))
            {
                failedInARow = failure.Kind is FailureKind.Timeout or FailureKind.ServerError ? failedInARow + 1 : 0;
                if (failedInARow >= FailuresInARow) throw;
                update = new SupplierFailure(supplier.Id, failure) { Signals = [] };
            }

            yield return update;
        }

        context.Progress(done, suppliers.Count, "");
    }

    /// <summary>As <see cref="RunAsync(FetchContext, Func{Supplier, CancellationToken, Task{SourceUpdate}}, CancellationToken)"/>, from where the last run ended and round to there.</summary>
    /// <remarks>The checkpoint is the supplier that was committed last: a run that is cut short does not always leave out the same suppliers.</remarks>
    public static async IAsyncEnumerable<SourceUpdate> RunRoundAsync(FetchContext context, Func<Supplier, CancellationToken, Task<SourceUpdate>> check, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ILookup<bool, Supplier> isDone = context.Suppliers.ToLookup(s => context.Checkpoint is { } last && string.CompareOrdinal(s.Id.Value, last) <= 0);
        foreach (bool done in ((bool[])[false, true]).Where(d => isDone[d].Any()))
        {
            await foreach (SourceUpdate update in RunAsync(context, [.. isDone[done]], check, cancellationToken).ConfigureAwait(false))
                yield return update is SupplierUpdate { Supplier: var supplier } ? update with { Checkpoint = supplier.Value } : update;
        }
    }

    /// <summary>Whether every further request would meet the same.</summary>
    internal static bool IsAboutTheSource(FailureKind kind) => kind is FailureKind.Unreachable or FailureKind.RateLimited or FailureKind.Forbidden or FailureKind.Misconfigured;
}
