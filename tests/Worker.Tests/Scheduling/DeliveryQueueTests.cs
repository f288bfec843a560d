using Quartz;
using Risk.Worker.Scheduling;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Scheduling;

/// <summary>Deliveries and their jobs over the real scheduler tables, in the store's own file.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class DeliveryQueueTests : IAsyncLifetime
{
    private static readonly GroupMatcher<TriggerKey> Planned = GroupMatcher<TriggerKey>.GroupEquals("deliveries");
    private Workbench bench = null!;

    public async Task InitializeAsync()
    {
        bench = await Workbench.StartAsync();

        // Two mails wait in the store, as after an outage.
        bench.Smtp.Faults["EHLO"] = "drop";
        await bench.RunAsync();
        bench.Smtp.Faults.Clear();
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Schedule_RolledBack_LeavesNoJob()
    {
        await using SchedulingBench scheduling = await SchedulingBench.OpenAsync(bench);
        IScheduler scheduler = await scheduling.SchedulerAsync();
        await using (IStoreSession session = await scheduling.Application.Store.WriteAsync(CancellationToken.None))
        {
            using (scheduler.EnlistTransaction(session.Transaction))
                await scheduler.ScheduleJob<DeliveryJob, string>("some-id", bench.Now, OneOffJobOptions.Replacing("some-id") with { Group = "deliveries" }, CancellationToken.None);
        }

        Assert.Empty(await scheduler.GetTriggerKeys(Planned, CancellationToken.None));
    }

    [Fact]
    public async Task Schedule_Committed_LeavesOneJobForEachDelivery()
    {
        await using SchedulingBench scheduling = await SchedulingBench.OpenAsync(bench);
        IScheduler scheduler = await scheduling.SchedulerAsync();
        for (int again = 0; again < 2; again++)
        {
            await using IStoreSession session = await scheduling.Application.Store.WriteAsync(CancellationToken.None);
            await scheduling.Queue.ScheduleAsync(session, ["id-1", "id-2"], bench.Now, CancellationToken.None);
        }

        Assert.Equal(["id-1", "id-2"], (await scheduler.GetTriggerKeys(Planned, CancellationToken.None)).Select(k => k.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Recover_AfterARestart_GivesEveryPendingDeliveryItsJobAgain()
    {
        string[] pending = [.. (await bench.ReadAsync(s => s.Deliveries.ListAsync(DeliveryState.Pending, 10, CancellationToken.None))).Select(d => d.Id).Order(StringComparer.Ordinal)];
        Assert.Equal(2, pending.Length);
        for (int restart = 0; restart < 2; restart++)
        {
            await using SchedulingBench scheduling = await SchedulingBench.OpenAsync(bench);
            IScheduler scheduler = await scheduling.SchedulerAsync();
            if (restart == 0) Assert.Empty(await scheduler.GetTriggerKeys(Planned, CancellationToken.None));
            await scheduling.Queue.RecoverAsync(bench.Now, CancellationToken.None);
            Assert.Equal(pending, (await scheduler.GetTriggerKeys(Planned, CancellationToken.None)).Select(k => k.Name).Order(StringComparer.Ordinal));
        }
    }
}
