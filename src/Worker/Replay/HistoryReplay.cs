using System.Collections.Immutable;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Replay;

/// <summary>What was gone over.</summary>
internal sealed record ReplayedHistory(int Suppliers, long Signals, long Checks);

/// <summary>Replays the stored history with one or more rule sets. Reads only, in one consistent view of the store.</summary>
/// <remarks>Suppliers are read in chunks, the next one while the last is evaluated on every core: memory holds two chunks and the outcomes, whatever the portfolio's size.</remarks>
internal sealed class HistoryReplay(IRiskStore store, RoutingModel routing, ReplayPeriod period)
{
    private const int SuppliersAtOnce = 100;

    /// <param name="progress">Told: suppliers done, suppliers in all.</param>
    /// <returns>For each rule set, in the order given, the outcome of every supplier by id.</returns>
    public async Task<(ReplayedHistory History, ImmutableArray<ImmutableArray<SupplierOutcome>> Outcomes)> RunAsync(
        ImmutableArray<RuleSet> ruleSets, Action<int, int> progress, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        IReadOnlyList<SupplierId> suppliers = await session.History.SuppliersAsync(period.From, period.To, cancellationToken);
        ImmutableArray<SourceCheck> wholeChecks = await session.History.WholeChecksAsync(period.From, period.To, cancellationToken);
        SupplierReplay[] replays = [.. ruleSets.Select(rules => new SupplierReplay(rules, routing, period))];
        List<SupplierOutcome>[] outcomes = [.. ruleSets.Select(_ => new List<SupplierOutcome>(suppliers.Count))];
        long signals = 0, checks = wholeChecks.Length;
        Task<IReadOnlyList<SupplierHistory>> loading = LoadAsync(0);
        for (int start = 0; start < suppliers.Count; start += SuppliersAtOnce)
        {
            IReadOnlyList<SupplierHistory> chunk = await loading;
            loading = LoadAsync(start + SuppliersAtOnce);
            signals += chunk.Sum(h => (long)h.Signals.Length);
            checks += chunk.Sum(h => (long)h.Checks.Length);
            try
            {
                Evaluate(chunk);
            }
            catch
            {
                // The session must not be closed under the reader's feet.
                await loading;
                throw;
            }

            progress(Math.Min(start + SuppliersAtOnce, suppliers.Count), suppliers.Count);
        }

        await loading;
        return (new ReplayedHistory(suppliers.Count, signals, checks), [.. outcomes.Select(o => o.ToImmutableArray())]);

        // On another thread: SQLite reads as it is asked, and would keep the evaluation waiting.
        Task<IReadOnlyList<SupplierHistory>> LoadAsync(int start) =>
            Task.Run(() => session.History.LoadAsync([.. suppliers.Skip(start).Take(SuppliersAtOnce)], period.From, period.To, cancellationToken), CancellationToken.None);

        void Evaluate(IReadOnlyList<SupplierHistory> chunk)
        {
            for (int i = 0; i < replays.Length; i++)
            {
                var results = new SupplierOutcome[chunk.Count];
                SupplierReplay replay = replays[i];
                Parallel.For(0, chunk.Count, new ParallelOptions { CancellationToken = cancellationToken }, s => results[s] = replay.Run(chunk[s], wholeChecks));
                outcomes[i].AddRange(results);
            }
        }
    }
}
