using Quartz;
using Risk.Worker.Ingestion;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Scheduling;

/// <summary>Brings the stored schedule in line with the enabled sources and their settings, once, before the scheduler starts.</summary>
internal sealed class SourceSchedules(ISchedulerFactory schedulers, SourceRegistry sources, IRiskStore store, RiskCycle cycle, DeliveryQueue queue, TimeProvider clock) : IHostedService
{
    private const string Group = "sources";
    private static readonly TimeSpan CycleEvery = TimeSpan.FromSeconds(15);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = Instants.Now(clock);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        var wanted = new HashSet<JobKey>();
        foreach (EnabledSource source in sources.Enabled)
        {
            var key = new JobKey(source.Manifest.Id.Value, Group);
            wanted.Add(key);
            IJobDetail job = JobBuilder.Create<SourceJob>().WithIdentity(key).UsingJobData(SourceJob.SourceKey, source.Manifest.Id.Value).StoreDurably().Build();
            await scheduler.ScheduleJob(job, [Trigger(key, source.Cron, source.TimeZone, now)], new ScheduleJobOptions { Replace = true }, cancellationToken);
            if (await IsOverdueAsync(source, now, cancellationToken)) await scheduler.TriggerJob(key, cancellationToken);
        }

        foreach (JobKey key in await scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(Group), cancellationToken))
            if (!wanted.Contains(key)) await scheduler.DeleteJob(key, cancellationToken);

        IJobDetail cycleJob = JobBuilder.Create<CycleJob>().WithIdentity("cycle").StoreDurably().Build();
        ITrigger everyFewSeconds = TriggerBuilder.Create().ForJob(cycleJob).WithIdentity("cycle").StartAt(now)
            .WithSimpleSchedule(CycleEvery).Build();
        await scheduler.ScheduleJob(cycleJob, [everyFewSeconds], new ScheduleJobOptions { Replace = true }, cancellationToken);
        await cycle.AdoptAsync(cancellationToken);
        await queue.RecoverAsync(now, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>When a source's job fires; after a time during which nothing ran, once at once.</summary>
    internal static ITrigger Trigger(JobKey job, string cron, TimeZoneInfo zone, DateTimeOffset from) => TriggerBuilder.Create().ForJob(job).WithIdentity(job.Name, Group).StartAt(from)
        .WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(zone).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
        .Build();

    private async Task<bool> IsOverdueAsync(EnabledSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        SourceState? state = await session.Sources.FindAsync(source.Manifest.Id, cancellationToken);
        return state?.LastSuccessAt is not { } last || now - last >= source.Manifest.Cadence;
    }
}
