using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Process;

/// <summary>kill -9 while somebody acts: the act, its effect and its ledger entry are there together, or not at all.</summary>
public sealed class WorkflowKillTests
{
    [Fact]
    public async Task Kill_AtAnyMomentOfAnAct_LeavesAllOfItOrNothing()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.ServeVulnerabilities(1);
        (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
        string episode = (await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, default))).Single(a => a.Rule == "B-KEV").EpisodeId;
        TimeSpan whole = TimeSpan.FromSeconds(2);
        for (int round = 0; round < 4; round++)
        {
            await using RiskProcess risk = RiskProcess.Start(bench, "alerts", "ack", episode, "--by", $"person-{round}", "--note", "on it");
            long startedAt = TimeProvider.System.GetTimestamp();
            if (risk.EndsWithin(whole * Random.Shared.NextDouble())) whole = TimeProvider.System.GetElapsedTime(startedAt);
            await risk.KillAsync();
            (AlertWorkflow? work, IReadOnlyList<AlertAct> acts, string[] ledger) = await StateAsync(bench, episode);
            Assert.Equal(acts.Count == 0 ? null : acts[^1].By, work?.Acknowledged?.By);
            Assert.Equal(acts.Count, ledger.Length);
        }

        int before = (await StateAsync(bench, episode)).Acts.Count;
        await using (RiskProcess risk = RiskProcess.Start(bench, "alerts", "false-positive", episode, "--by", "m.keller", "--reason", "another vendor"))
        {
            risk.EndsWithin(whole * Random.Shared.NextDouble());
            await risk.KillAsync();
        }

        int given = (await bench.ReadAsync(s => s.Workflow.AcceptancesAsync(false, default))).Count;
        Assert.Equal(before + given, (await StateAsync(bench, episode)).Acts.Count);
        (await RiskProcess.RunAsync(bench, "run", "--once")).Expect(0);
        Assert.Equal(1 - given, (await bench.FiringAsync()).Length);
        (await RiskProcess.RunAsync(bench, "ledger", "verify")).Expect(0);
    }

    private static Task<(AlertWorkflow? Work, IReadOnlyList<AlertAct> Acts, string[] Ledger)> StateAsync(Workbench bench, string episode) => bench.ReadAsync(async s =>
        (await s.Workflow.FindAsync(episode, default), await s.Workflow.ActsAsync(episode, default),
            (await s.Ledger.ReadAsync(0, 10_000, default)).Where(e => e.Kind == "act").Select(e => e.Subject).ToArray()));
}
