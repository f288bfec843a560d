using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting;
using Risk.Worker.Observability;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Evaluation;

/// <summary>A supplier whose score or band is another than before.</summary>
internal sealed record ScoreChange(Supplier Supplier, decimal? ScoreBefore, Band? BandBefore, Assessment After);

/// <param name="Changed">Suppliers whose score or band is another than before.</param>
/// <param name="Worst">The changed ones with the worst scores, at most <see cref="MostShown"/>, worst first: a portfolio assessed for the first time is all changes.</param>
internal sealed record EvaluationSummary(int Assessed, int Opened, int Worsened, int Resolved, int Changed, ImmutableArray<ScoreChange> Worst)
{
    public const int MostShown = 1_000;
}

/// <summary>Assesses every supplier that is due: loads what is known, evaluates, and saves assessment, alert transitions and their groups in one transaction a batch.</summary>
internal sealed class EvaluationCycle(IRiskStore store, RuleBook book, AlertDispatcher dispatcher, ILogger<EvaluationCycle> logger)
{
    /// <summary>Suppliers loaded, evaluated and saved together: enough to batch SQL, small enough for memory.</summary>
    private const int BatchSize = 1_000;

    private readonly PortfolioPass portfolio = new(store, dispatcher);

    /// <param name="progress">Told: done, total (0: unknown).</param>
    public async Task<EvaluationSummary> RunAsync(DateTimeOffset at, Action<int, int> progress, CancellationToken cancellationToken)
    {
        int assessed = 0, opened = 0, worsened = 0, resolved = 0, changed = 0;
        ImmutableArray<ScoreChange> worst = [];
        while (true)
        {
            // One transaction from reading to saving: a signal that came in between would otherwise lose its mark.
            await using IStoreSession session = await store.WriteAsync(cancellationToken);
            IReadOnlyList<SupplierId> due = await session.Assessments.DueAsync(at, BatchSize, cancellationToken);
            if (due.Count == 0) break;
            Batch batch = await LoadAsync(session, due, at, cancellationToken);
            (EvaluationResult[] results, GroupMemberships[] memberships) = Evaluate(batch, at, cancellationToken);
            AlertTransition[] transitions = await MatchResolutions.ExplainAsync(session, [.. results.SelectMany(r => r.Transitions)], cancellationToken);
            await session.Assessments.SaveAsync(results, cancellationToken);
            await PortfolioPass.RecordAsync(session, results, memberships, cancellationToken);
            if (transitions.Length > 0)
            {
                await session.Alerts.SaveAsync(transitions, at, cancellationToken);
                await dispatcher.OnTransitionsAsync(session, transitions, at, cancellationToken);
            }

            await session.CommitAsync(cancellationToken);
            assessed += due.Count;
            opened += transitions.Count(t => t.Kind == AlertTransitionKind.Opened);
            worsened += transitions.Count(t => t.Kind == AlertTransitionKind.Worsened);
            resolved += transitions.Count(t => t.Kind == AlertTransitionKind.Resolved);
            ScoreChange[] changes = [.. ChangesOf(batch, results)];
            changed += changes.Length;
            worst = [.. worst.Concat(changes).OrderByDescending(c => c.After.Score).ThenBy(c => c.Supplier.Tier).ThenBy(c => c.Supplier.Id).Take(EvaluationSummary.MostShown)];
            progress(assessed, 0);
        }

        ImmutableArray<AlertTransition> whole = await portfolio.RunAsync(book.Rules, at, cancellationToken);
        opened += whole.Count(t => t.Kind == AlertTransitionKind.Opened);
        worsened += whole.Count(t => t.Kind == AlertTransitionKind.Worsened);
        resolved += whole.Count(t => t.Kind == AlertTransitionKind.Resolved);
        if (assessed > 0) logger.Assessed(assessed, opened, resolved);
        return new EvaluationSummary(assessed, opened, worsened, resolved, changed, worst);
    }

    /// <summary>All that evaluating some suppliers at an instant needs.</summary>
    internal sealed record Batch(
        ImmutableArray<StoredSupplier> Suppliers, ILookup<SupplierId, Signal> Signals, IReadOnlyDictionary<SupplierId, IReadOnlyDictionary<SourceId, DateTimeOffset>> Checks,
        IReadOnlyDictionary<SupplierId, SupplierState> States);

    private static async Task<Batch> LoadAsync(IStoreSession session, IReadOnlyList<SupplierId> ids, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredSupplier> suppliers = await session.Suppliers.FindManyAsync(ids, cancellationToken);
        return new Batch(
            [.. suppliers],
            await session.Signals.LoadAsync(ids, at, cancellationToken),
            await session.Sources.LastChecksAsync(suppliers, at, cancellationToken),
            await session.Assessments.StatesAsync(ids, cancellationToken));
    }

    /// <summary>One supplier's dossier at an instant, as the store knows it.</summary>
    public static async Task<Dossier> DossierAsync(IStoreSession session, Catalog catalog, StoredSupplier supplier, DateTimeOffset at, CancellationToken cancellationToken)
    {
        SupplierId id = supplier.Supplier.Id;
        ILookup<SupplierId, Signal> signals = await session.Signals.LoadAsync([id], at, cancellationToken);
        var checks = await session.Sources.LastChecksAsync([supplier], at, cancellationToken);
        return DossierBuilder.Build(catalog, supplier.Supplier, signals[id], checks.GetValueOrDefault(id, NoChecks), at);
    }

    private (EvaluationResult[] Results, GroupMemberships[] Memberships) Evaluate(Batch batch, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var results = new EvaluationResult[batch.Suppliers.Length];
        var memberships = new GroupMemberships[batch.Suppliers.Length];
        Parallel.For(0, results.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            StoredSupplier stored = batch.Suppliers[i];
            SupplierState state = batch.States.GetValueOrDefault(stored.Supplier.Id, SupplierState.Initial);
            Dossier dossier = DossierBuilder.Build(
                book.Catalog, stored.Supplier, batch.Signals[stored.Supplier.Id], batch.Checks.GetValueOrDefault(stored.Supplier.Id, NoChecks), at);
            memberships[i] = stored.RetiredAt is null ? book.Rules.MembershipsOf(dossier) : GroupMemberships.None;
            results[i] = stored.RetiredAt is null ? DueWith(book.Rules.Evaluate(dossier, state), memberships[i]) : Retirement.Close(stored.Supplier.Id, state, book.Rules.Hash, at);
        });
        return (results, memberships);
    }

    /// <summary>A supplier is looked at again when its spend becomes too old, too.</summary>
    private static EvaluationResult DueWith(EvaluationResult result, GroupMemberships memberships)
    {
        if (memberships.NextDueAt is not { } due || result.Assessment.NextDueAt <= due) return result;
        return result with { Assessment = result.Assessment with { NextDueAt = due } };
    }

    private static IEnumerable<ScoreChange> ChangesOf(Batch batch, EvaluationResult[] results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            StoredSupplier stored = batch.Suppliers[i];
            SupplierState before = batch.States.GetValueOrDefault(stored.Supplier.Id, SupplierState.Initial);
            Assessment after = results[i].Assessment;
            if (stored.RetiredAt is null && (before.Score != after.Score || before.Band != after.Band)) yield return new ScoreChange(stored.Supplier, before.Score, before.Band, after);
        }
    }

    private static readonly ImmutableDictionary<SourceId, DateTimeOffset> NoChecks = ImmutableDictionary<SourceId, DateTimeOffset>.Empty;
}
