using Quartz;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Scheduling;

public sealed class SourceSchedulesTests
{
    private static readonly GroupMatcher<JobKey> OfSources = GroupMatcher<JobKey>.GroupEquals("sources");

    /// <summary>A source that was added is due at once, one that was taken out is never again, and the others keep what they have.</summary>
    [Fact]
    public async Task Follow_SourcesChanged_SchedulesThoseAndNoOthers()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        bench.Write("sources/own.yaml", Workbench.Source("own-a", "1d"));
        bench.Settings.Remove("Risk:Sources:Enabled");
        await using SchedulingBench scheduling = await SchedulingBench.OpenAsync(bench);
        IScheduler scheduler = await scheduling.SchedulerAsync();
        await scheduling.Sources.StartAsync(CancellationToken.None);
        Assert.Contains("own-a", await JobsAsync(scheduler));
        IReadOnlyCollection<string> before = await TriggersAsync(scheduler, "cisa-kev");

        bench.Write("sources/own.yaml", Workbench.Source("own-b", "2h"));
        scheduling.Application.Sources.Become(scheduling.Application.ReadSources());
        await scheduling.Sources.FollowAsync(CancellationToken.None);

        string[] jobs = await JobsAsync(scheduler);
        Assert.Contains("own-b", jobs);
        Assert.DoesNotContain("own-a", jobs);
        Assert.Equal(before, await TriggersAsync(scheduler, "cisa-kev"));
        IReadOnlyCollection<string> added = await TriggersAsync(scheduler, "own-b");
        Assert.Equal(2, added.Count);
        await scheduling.Sources.FollowAsync(CancellationToken.None);
        Assert.Equal(added, await TriggersAsync(scheduler, "own-b"));

        bench.Write("sources/own.yaml", Workbench.Source("own-b", "6h"));
        scheduling.Application.Sources.Become(scheduling.Application.ReadSources());
        await scheduling.Sources.FollowAsync(CancellationToken.None);
        Assert.NotEqual(added.Order(StringComparer.Ordinal), (await TriggersAsync(scheduler, "own-b")).Order(StringComparer.Ordinal));
    }

    private static async Task<string[]> JobsAsync(IScheduler scheduler) => [.. (await scheduler.GetJobKeys(OfSources, CancellationToken.None)).Select(k => k.Name)];

    private static async Task<string[]> TriggersAsync(IScheduler scheduler, string source) =>
        [.. (await scheduler.GetTriggersOfJob(new JobKey(source, "sources"), CancellationToken.None)).Select(t => $"{t.Key} {(t as ICronTrigger)?.CronExpressionString} {t.StartTimeUtc:O}").Order(StringComparer.Ordinal)];
}
