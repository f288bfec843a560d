using Quartz;
using Risk.Rules.Signals;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;

namespace Risk.Worker.Scheduling;

/// <summary>Pulls one source, then assesses what it touched. One key a source, so that no source overlaps itself and none waits for another.</summary>
[DisallowConcurrentExecution]
internal sealed class SourceJob(RiskCycle cycle, SourceRegistry sources, TimeProvider clock) : IJob
{
    public const string SourceKey = "source";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var source = new SourceId(context.MergedJobDataMap.GetString(SourceKey)!);

        // Taken out since its time came.
        if (sources.Find(source) is not { } enabled) return;
        if (context.Trigger is ICronTrigger && enabled.Jitter is { Ticks: > 0 } jitter) await Task.Delay(jitter * Random.Shared.NextDouble(), clock, cancellationToken);
        SourceRunResult result = await cycle.CollectAsync(source, static (_, _, _) => { }, cancellationToken);
        await cycle.AssessAsync(static (_, _) => { }, cancellationToken);
        if (result.Failure is { } failure) throw new JobExecutionException(failure.Message, failure);
    }
}

/// <summary>Assesses suppliers that became due by themselves (deadlines, staleness, fading points) flushes alert groups, and takes up deliveries that were put back.</summary>
[DisallowConcurrentExecution]
internal sealed class CycleJob(RiskCycle cycle, DeliveryQueue queue, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await cycle.AssessAsync(static (_, _) => { }, cancellationToken);
        await cycle.FlushAsync(everythingNow: false, (session, ids, at) => queue.ScheduleAsync(session, ids, at, cancellationToken), cancellationToken);
        await queue.TakeUpAsync(Instants.Now(clock), cancellationToken);
        await cycle.BeatAsync(cancellationToken);
    }
}

/// <summary>One attempt at one delivery. What the receiver refuses for now is planned anew by the attempt itself; the policy covers what breaks unexpectedly.</summary>
[RetryPolicy(10, "00:00:30", 2.0)]
internal sealed class DeliveryJob(DeliveryQueue queue, TimeProvider clock) : IJob<string>
{
    public async ValueTask Execute(IJobExecutionContext context, string input, CancellationToken cancellationToken = default) =>
        await queue.AttemptAsync(input, Instants.Now(clock), cancellationToken);
}
