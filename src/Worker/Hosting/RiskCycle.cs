using Risk.Rules.Signals;
using Risk.Worker.Alerting;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Ingestion;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting;

/// <summary>The steps of the worker's one loop: collect, assess, flush, deliver. The service runs them by schedule, <c>run --once</c> one after the other.</summary>
/// <remarks>Each step takes the running set once, at its start, and finishes with it; a reload between two steps changes the next.</remarks>
internal sealed class RiskCycle(SourceRunner runner, RunningSet first, IRiskStore store, TimeProvider clock) : IDisposable
{
    /// <summary>Deliveries attempted side by side by a one-shot run.</summary>
    private const int ParallelDeliveries = 8;

    private readonly SemaphoreSlim assessing = new(1, 1);
    private volatile RunningSet running = first;

    /// <summary>What of the watch over the way itself this process has stored, or found stored.</summary>
    private string assured = "";

    /// <summary>The book in force.</summary>
    public RuleBook Book => running.Book;

    /// <summary>Pulls one source and raises or ends the ops alert about it.</summary>
    public async Task<SourceRunResult> CollectAsync(SourceId source, Action<int, int, string> progress, CancellationToken cancellationToken)
    {
        RunningSet set = running;
        SourceRunResult result = await runner.RunAsync(source, set.Book.Catalog, progress, cancellationToken);
        await set.Health.ReportAsync(result, cancellationToken);
        return result;
    }

    /// <summary>Assesses what is due. One at a time: a second caller waits and then finds less to do.</summary>
    public async Task<EvaluationSummary> AssessAsync(Action<int, int> progress, CancellationToken cancellationToken)
    {
        await assessing.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset at = Instants.Now(clock);
            await ReopenAsync(at, cancellationToken);
            return await running.Evaluation.RunAsync(at, progress, cancellationToken);
        }
        finally
        {
            assessing.Release();
        }
    }

    /// <summary>Matches whose decision's time is over are open again before the assessment, so that it tells.</summary>
    private async Task ReopenAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            if ((await session.Screening.ExpiredAsync(at, cancellationToken)).Count == 0) return;
        }

        await using IStoreSession writing = await store.WriteAsync(cancellationToken);
        await MatchDecisions.ExpireAsync(writing, at, cancellationToken);
        await writing.CommitAsync(cancellationToken);
    }

    /// <summary>Decides which groups are told now and stores the deliveries; <paramref name="schedule"/> joins the same transaction and commits it.</summary>
    public async Task<IReadOnlyList<string>> FlushAsync(bool everythingNow, Func<IStoreSession, IReadOnlyList<string>, DateTimeOffset, Task>? schedule, CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(clock);
        RunningSet set = running;
        string mark = set.Assurance.MarkAt(at);
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            // Most looks find nothing: they must not wait for, or hold, the writer.
            if (!everythingNow && mark == assured && !await AlertDispatcher.IsAnythingDueAsync(session, at, cancellationToken)) return [];
        }

        var told = new List<string>();
        for (string? after = ""; after is not null;)
        {
            await using IStoreSession writing = await store.WriteAsync(cancellationToken);
            (IReadOnlyList<string> ids, after) = await set.Dispatcher.FlushSomeAsync(writing, at, everythingNow, after, cancellationToken);
            if (after is null && mark != assured) ids = [.. ids, .. await set.Assurance.EnqueueDueAsync(writing, at, cancellationToken)];
            if (schedule is not null && ids.Count > 0) await schedule(writing, ids, at);
            else await writing.CommitAsync(cancellationToken);
            told.AddRange(ids);
        }

        assured = mark;
        return told;
    }

    /// <summary>Tells the dead-man switch that the worker works; to be called when a round went well.</summary>
    public Task BeatAsync(CancellationToken cancellationToken) => running.Heart.BeatAsync(Instants.Now(clock), cancellationToken);

    /// <summary>Attempts one delivery.</summary>
    /// <returns>When to attempt it again, or null when it has ended (or is unknown).</returns>
    public Task<DateTimeOffset?> DeliverAsync(string deliveryId, DateTimeOffset at, CancellationToken cancellationToken) => running.Attempt.RunAsync(store, deliveryId, at, cancellationToken);

    /// <summary>Attempts every delivery that is due, once.</summary>
    public async Task DeliverDueAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(clock);
        IReadOnlyList<Delivery> pending;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken)) pending = await session.Deliveries.ListAsync(DeliveryState.Pending, int.MaxValue, cancellationToken);

        // Oldest first, and what one recipient gets of one group in its order.
        await Parallel.ForEachAsync(
            pending.Where(d => d.NextAttemptAt is null || d.NextAttemptAt <= at).Reverse().GroupBy(d => (d.GroupKey, d.Receiver, d.Channel, d.ChannelIndex, d.Recipient)),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDeliveries, CancellationToken = cancellationToken },
            async (sequence, token) =>
            {
                foreach (Delivery delivery in sequence) await DeliverAsync(delivery.Id, at, token);
            });
    }

    /// <summary>After a start: suppliers assessed with other rules become due, alerts whose routes changed join the groups that take them now.</summary>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await AdoptAsync(session, running, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Puts another set in force, between two assessments. What is due by then is assessed with the old set first, so that what moves afterwards was moved by the rules.
    /// </summary>
    /// <param name="next">Makes the set inside the session that adopts it, so that what it rests on in the store and the set are there together, or not at all. Null: nothing is adopted.</param>
    /// <returns>True when a set was adopted.</returns>
    public async Task<bool> SwapAsync(Func<IStoreSession, Task<RunningSet?>> next, CancellationToken cancellationToken)
    {
        await assessing.WaitAsync(cancellationToken);
        try
        {
            await running.Evaluation.RunAsync(Instants.Now(clock), static (_, _) => { }, cancellationToken);
            await using IStoreSession session = await store.WriteAsync(cancellationToken);
            if (await next(session) is not { } set) return false;
            await AdoptAsync(session, set, cancellationToken);
            await session.CommitAsync(cancellationToken);

            // A crash before this line is a start: the files are read again, and what the store says of them is there already.
            running = set;
            return true;
        }
        finally
        {
            assessing.Release();
        }
    }

    /// <summary>Tells that changed files were refused; the running set stays.</summary>
    public async Task ReportRefusalAsync(string summary, CancellationToken cancellationToken)
    {
        RunningSet set = running;
        DateTimeOffset at = Instants.Now(clock);
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await ReloadAlerts.RefusedAsync(session, set, summary, at, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private async Task AdoptAsync(IStoreSession session, RunningSet set, CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(clock);
        if (await session.Assessments.RuleSetInForceAsync(cancellationToken) != set.Book.Identity)
        {
            await session.Assessments.AdoptRuleSetAsync(set.Book.Identity, at, cancellationToken);
            await session.PortfolioRules.TouchAsync([.. set.Book.Rules.Rules.Select(r => r.Id)], cancellationToken);
        }

        await ReloadAlerts.AcceptedAsync(session, set.Dispatcher, at, cancellationToken);
        await set.Dispatcher.AdoptAsync(session, at, cancellationToken);
    }

    public void Dispose()
    {
        runner.Dispose();
        assessing.Dispose();
    }
}
