using Risk.Rules.Signals;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting;

/// <summary>The steps of the worker's one loop: collect, assess, flush, deliver. The service runs them by schedule, <c>run --once</c> one after the other.</summary>
internal sealed class RiskCycle(SourceRunner runner, SourceHealth health, EvaluationCycle evaluation, AlertDispatcher dispatcher, DeliveryAttempt attempt, IRiskStore store, TimeProvider clock) : IDisposable
{
    /// <summary>Deliveries attempted side by side by a one-shot run.</summary>
    private const int ParallelDeliveries = 8;

    private readonly SemaphoreSlim assessing = new(1, 1);

    /// <summary>Pulls one source and raises or ends the ops alert about it.</summary>
    public async Task<SourceRunResult> CollectAsync(SourceId source, Action<int, int, string> progress, CancellationToken cancellationToken)
    {
        SourceRunResult result = await runner.RunAsync(source, progress, cancellationToken);
        await health.ReportAsync(result, cancellationToken);
        return result;
    }

    /// <summary>Assesses what is due. One at a time: a second caller waits and then finds less to do.</summary>
    public async Task<EvaluationSummary> AssessAsync(Action<int, int> progress, CancellationToken cancellationToken)
    {
        await assessing.WaitAsync(cancellationToken);
        try
        {
            return await evaluation.RunAsync(Instants.Now(clock), progress, cancellationToken);
        }
        finally
        {
            assessing.Release();
        }
    }

    /// <summary>Decides which groups are told now and stores the deliveries; <paramref name="schedule"/> joins the same transaction and commits it.</summary>
    public async Task<IReadOnlyList<string>> FlushAsync(bool everythingNow, Func<IStoreSession, IReadOnlyList<string>, DateTimeOffset, Task>? schedule, CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(clock);
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            // Most looks find nothing: they must not wait for, or hold, the writer.
            if (!everythingNow && (await session.Alerts.DueGroupsAsync(at, cancellationToken)).Count == 0) return [];
        }

        await using IStoreSession writing = await store.WriteAsync(cancellationToken);
        IReadOnlyList<string> ids = await dispatcher.FlushDueAsync(writing, at, everythingNow, cancellationToken);
        if (schedule is not null && ids.Count > 0) await schedule(writing, ids, at);
        else await writing.CommitAsync(cancellationToken);
        return ids;
    }

    /// <summary>Attempts every delivery that is due, once.</summary>
    public async Task DeliverDueAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset at = Instants.Now(clock);
        IReadOnlyList<Delivery> pending;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken)) pending = await session.Deliveries.ListAsync(DeliveryState.Pending, int.MaxValue, cancellationToken);
        await Parallel.ForEachAsync(
            pending.Where(d => d.NextAttemptAt is null || d.NextAttemptAt <= at).Reverse(),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDeliveries, CancellationToken = cancellationToken },
            async (delivery, token) => await attempt.RunAsync(store, delivery.Id, at, token));
    }

    /// <summary>After a start: alerts whose routes changed join the groups that take them now.</summary>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await dispatcher.AdoptAsync(session, Instants.Now(clock), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    public void Dispose()
    {
        runner.Dispose();
        assessing.Dispose();
    }
}
