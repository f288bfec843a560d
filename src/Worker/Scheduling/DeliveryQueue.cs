using Quartz;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Scheduling;

/// <summary>Outgoing deliveries as durable one-off jobs. The stored delivery is the truth; a job only says when to look at it again.</summary>
internal sealed class DeliveryQueue(ISchedulerFactory schedulers, IRiskStore store, RiskCycle cycle)
{
    private const string Group = "deliveries";

    /// <summary>Schedules first attempts in the session's own transaction: deliveries and their jobs are there together, or not at all.</summary>
    public async Task ScheduleAsync(IStoreSession session, IReadOnlyList<string> deliveryIds, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (deliveryIds.Count == 0) return;
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        using (scheduler.EnlistTransaction(session.Transaction))
        {
            foreach (string id in deliveryIds) await ScheduleAsync(scheduler, id, at, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Attempts the delivery and, if it must be tried again, plans when.</summary>
    public async Task AttemptAsync(string deliveryId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await cycle.DeliverAsync(deliveryId, at, cancellationToken) is not { } next) return;
        await ScheduleAsync(await schedulers.GetScheduler(cancellationToken), deliveryId, next, CancellationToken.None);
    }

    /// <summary>After a start: every pending delivery gets its job again, also those whose job a crash took.</summary>
    public async Task RecoverAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<Delivery> pending;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken)) pending = await session.Deliveries.ListAsync(DeliveryState.Pending, int.MaxValue, cancellationToken);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (Delivery delivery in pending) await ScheduleAsync(scheduler, delivery.Id, delivery.NextAttemptAt > at ? delivery.NextAttemptAt.Value : at, cancellationToken);
    }

    /// <summary>Gives a job to what is due and has none: what a command put into the store, or back into it.</summary>
    public async Task TakeUpAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<Delivery> pending;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken)) pending = await session.Deliveries.ListAsync(DeliveryState.Pending, int.MaxValue, cancellationToken);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);

        // A trigger whose job runs is still there, so no delivery is attempted twice at once.
        foreach (Delivery delivery in pending.Where(d => d.NextAttemptAt <= at))
            if (!await scheduler.Exists(new TriggerKey(delivery.Id, Group), cancellationToken)) await ScheduleAsync(scheduler, delivery.Id, at, cancellationToken);
    }

    private static async Task ScheduleAsync(IScheduler scheduler, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        await scheduler.ScheduleJob<DeliveryJob, string>(id, at, OneOffJobOptions.Replacing(id) with { Group = Group }, cancellationToken);
}
