using System.Collections.Immutable;
using Quartz;
using Risk.Worker.Ingestion;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Scheduling;

/// <summary>Brings the stored schedule in line with the enabled sources and their settings: before the scheduler starts, and whenever the sources change.</summary>
internal sealed class SourceSchedules(ISchedulerFactory schedulers, SourceRegistry sources, IRiskStore store, RiskCycle cycle, DeliveryQueue queue, TimeProvider clock) : IHostedService
{
    private const string Group = "sources";
    private static readonly TimeSpan CycleEvery = TimeSpan.FromSeconds(15);

    private HashSet<(JobKey Key, string Cron, string Zone)> scheduled = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = Instants.Now(clock);
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        await ScheduleAsync(scheduler, sources.Enabled, now, cancellationToken);
        IJobDetail cycleJob = JobBuilder.Create<CycleJob>().WithIdentity("cycle").StoreDurably().Build();
        ITrigger everyFewSeconds = TriggerBuilder.Create().ForJob(cycleJob).WithIdentity("cycle").StartAt(now)
            .WithSimpleSchedule(CycleEvery).Build();
        await scheduler.ScheduleJob(cycleJob, [everyFewSeconds], new ScheduleJobOptions { Replace = true }, cancellationToken);
        await cycle.AdoptAsync(cancellationToken);
        await queue.RecoverAsync(now, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Follows the sources that run by now. Those whose settings are as they were keep their schedule; a run that is on goes on to its end.</summary>
    /// <exception cref="StoreException">The schedule cannot be written; what was not changed yet is changed by the next call.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<EnabledSource> enabled = sources.Enabled;
        EnabledSource[] changed = [.. enabled.Where(s => !scheduled.Contains(TermsOf(s)))];
        if (changed.Length == 0 && enabled.Length == scheduled.Count) return;
        try
        {
            await ScheduleAsync(await schedulers.GetScheduler(cancellationToken), changed, Instants.Now(clock), cancellationToken);
        }
        catch (SchedulerException e)
        {
            throw new StoreException($"the schedule could not be changed: {e.Message}", e);
        }
    }

    /// <summary>Schedules these sources, takes out those that no longer run, and remembers.</summary>
    private async Task ScheduleAsync(IScheduler scheduler, IEnumerable<EnabledSource> some, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (EnabledSource source in some)
        {
            JobKey key = KeyOf(source);
            IJobDetail job = JobBuilder.Create<SourceJob>().WithIdentity(key).UsingJobData(SourceJob.SourceKey, source.Manifest.Id.Value).StoreDurably().Build();
            await scheduler.ScheduleJob(job, [Trigger(key, source.Cron, source.TimeZone, now)], new ScheduleJobOptions { Replace = true }, cancellationToken);
            if (await IsOverdueAsync(source, now, cancellationToken)) await scheduler.TriggerJob(key, cancellationToken);
        }

        ImmutableArray<EnabledSource> enabled = sources.Enabled;
        HashSet<JobKey> wanted = [.. enabled.Select(KeyOf)];
        foreach (JobKey key in await scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(Group), cancellationToken))
            if (!wanted.Contains(key)) await scheduler.DeleteJob(key, cancellationToken);
        scheduled = [.. enabled.Select(TermsOf)];
    }

    private static JobKey KeyOf(EnabledSource source) => new(source.Manifest.Id.Value, Group);

    /// <summary>What the schedule rests on.</summary>
    private static (JobKey Key, string Cron, string Zone) TermsOf(EnabledSource source) => (KeyOf(source), source.Cron, source.TimeZone.Id);

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
