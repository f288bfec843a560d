using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Risk.Worker.Cli;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
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
        await using Scheduling scheduling = await OpenAsync();
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
        await using Scheduling scheduling = await OpenAsync();
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
            await using Scheduling scheduling = await OpenAsync();
            IScheduler scheduler = await scheduling.SchedulerAsync();
            if (restart == 0) Assert.Empty(await scheduler.GetTriggerKeys(Planned, CancellationToken.None));
            await scheduling.Queue.RecoverAsync(bench.Now, CancellationToken.None);
            Assert.Equal(pending, (await scheduler.GetTriggerKeys(Planned, CancellationToken.None)).Select(k => k.Name).Order(StringComparer.Ordinal));
        }
    }

    private async Task<Scheduling> OpenAsync()
    {
        RiskApplication application = await bench.OpenAsync();
        var silent = new CommandOutput(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);
        RuleBook book = await PortfolioSync.ImportAsync(application, silent, static _ => { }, CancellationToken.None);
        RiskCycle cycle = application.Cycle(book);
        var services = new ServiceCollection();
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(application.Clock);
        services.AddSingleton(application.Store);
        services.AddSingleton(application.Sources);
        services.AddSingleton(cycle);
        services.AddScheduling(application.Options.StorePath, 0, TimeProvider.System);
        return new Scheduling(application, services.BuildServiceProvider());
    }

    private sealed record Scheduling(RiskApplication Application, ServiceProvider Services) : IAsyncDisposable
    {
        public DeliveryQueue Queue => Services.GetRequiredService<DeliveryQueue>();

        public async Task<IScheduler> SchedulerAsync() => await Services.GetRequiredService<ISchedulerFactory>().GetScheduler(CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await Services.DisposeAsync();
            await Application.DisposeAsync();
        }
    }
}
