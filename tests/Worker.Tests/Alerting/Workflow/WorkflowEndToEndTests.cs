using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Alerting.Workflow;

/// <summary>Waivers through the whole program: what closes, what comes back, who is told, over simulated weeks.</summary>
public sealed class WorkflowEndToEndTests : IAsyncLifetime
{
    private static readonly Actor Keller = new("m.keller", "command");

    private Workbench bench = null!;

    public async Task InitializeAsync()
    {
        bench = await Workbench.StartAsync();
        bench.ServeVulnerabilities(1);
        await bench.RunAsync();
        Assert.Equal(["S-1 B-KEV CVE-2026-0001"], await bench.FiringAsync());
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task Waiver_GivenThenExpired_ClosesAndTellsTheSameEpisodeAgain()
    {
        Alert alert = await FirstAsync();
        DateTimeOffset until = bench.Now.AddDays(30);
        await ActAsync((s, at) => Acceptances.WaiveAsync(s, alert, Keller, "a.okafor", "patched", until, at, default));
        await RunAfterAsync(TimeSpan.FromHours(1));
        Assert.Empty(await bench.FiringAsync());
        Assert.Contains("ACCEPTED", Subjects()[^1], StringComparison.Ordinal);

        await RunAfterAsync(TimeSpan.FromDays(17));
        Assert.Equal([alert.EpisodeId], Assert.Single(await AllAsync(), a => a.Rule == WaiverNotices.Rule).Next is var next ? [next.Contains(alert.EpisodeId[..8], StringComparison.Ordinal) ? alert.EpisodeId : next] : []);
        await RunAfterAsync(TimeSpan.FromDays(1));
        Assert.Single(await AllAsync(), a => a.Rule == WaiverNotices.Rule);

        bench.Now = until;
        await RunAfterAsync(TimeSpan.Zero);
        Assert.Equal(["S-1 B-KEV CVE-2026-0001"], await bench.FiringAsync());
        Alert again = await FirstAsync();
        Assert.Equal((alert.EpisodeId, 1), (again.EpisodeId, again.Revision));
        Assert.StartsWith("Waiver of m.keller is void: it ended with", again.Reopened, StringComparison.Ordinal);
        Assert.Contains("open again: ", Subjects()[^1], StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await AllAsync(), a => a.Rule == WaiverNotices.Rule).ResolvedAt);
        Assert.Equal(["accepted", "waiver void"], await ActsAsync(alert.EpisodeId));
        Assert.Null((await bench.ReadAsync(s => s.Ledger.VerifyAsync(default))).BrokenAt);
    }

    [Fact]
    public async Task Waiver_Revoked_IsToldAgain()
    {
        Alert alert = await FirstAsync();
        await ActAsync((s, at) => Acceptances.WaiveAsync(s, alert, Keller, "a.okafor", "patched", at.AddDays(30), at, default));
        await RunAfterAsync(TimeSpan.FromHours(1));
        string id = (await bench.ReadAsync(s => s.Workflow.AcceptancesAsync(false, default)))[0].Acceptance.Id;
        await ActAsync((s, at) => Acceptances.RevokeAsync(s, id, Keller, "plan changed", at, default));
        await RunAfterAsync(TimeSpan.FromHours(1));
        Assert.Equal("Waiver of m.keller is void: m.keller revoked it: plan changed", (await FirstAsync()).Reopened);
        Assert.Empty(await bench.ReadAsync(s => s.Workflow.AcceptancesAsync(false, default)));
    }

    [Fact]
    public async Task FalsePositive_Given_TakesThePointsOutAndHolds()
    {
        Alert alert = await FirstAsync();
        await ActAsync((s, at) => Acceptances.DismissAsync(s, alert, Keller, "another vendor of that name", at, default));
        await RunAfterAsync(TimeSpan.FromHours(1));
        await RunAfterAsync(TimeSpan.FromDays(200));
        Assert.Empty(await bench.FiringAsync());
        Assert.Equal(0, (await bench.ReadAsync(s => s.Assessments.FindAsync(new("S-1"), null, default)))!.Score);
        Assert.Contains("DISMISSED", Subjects()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiver_ForWhatIsNoFindingAboutASupplier_IsRefused()
    {
        Alert alert = await FirstAsync(), system = alert with { Kind = AlertKind.System, Supplier = null };
        await using RiskApplication application = await bench.OpenAsync();
        await using IStoreSession session = await application.Store.WriteAsync(default);
        ActionResult result = await Acceptances.WaiveAsync(session, system, Keller, "a.okafor", "x", bench.Now.AddDays(1), bench.Now, default);
        Assert.Equal("it is a fault of the monitor, and only a finding about one supplier can be accepted or dismissed; snooze it instead", result.Refusal);
        Assert.StartsWith("a waiver lasts a year at most", (await Acceptances.WaiveAsync(session, alert, Keller, "a.okafor", "x", bench.Now.AddDays(400), bench.Now, default)).Refusal, StringComparison.Ordinal);
        Assert.StartsWith("say who approved it", (await Acceptances.WaiveAsync(session, alert, Keller, " ", "x", bench.Now.AddDays(4), bench.Now, default)).Refusal, StringComparison.Ordinal);
    }

    private async Task RunAfterAsync(TimeSpan time)
    {
        bench.Now += time;
        await bench.RunAsync();

        // The group of the alert looks every five minutes.
        bench.Now += TimeSpan.FromMinutes(5);
        await bench.RunAsync();
    }

    private async Task ActAsync(Func<IStoreSession, DateTimeOffset, Task<ActionResult>> act)
    {
        await using RiskApplication application = await bench.OpenAsync();
        await using IStoreSession session = await application.Store.WriteAsync(default);
        ActionResult result = await act(session, bench.Now);
        Assert.True(result.IsDone, result.Refusal);
        await session.CommitAsync(default);
    }

    private async Task<Alert> FirstAsync() => (await AllAsync()).First(a => a.Rule == "B-KEV");

    private Task<IReadOnlyList<Alert>> AllAsync() => bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, default));

    private async Task<string[]> ActsAsync(string episode) => [.. (await bench.ReadAsync(s => s.Workflow.ActsAsync(episode, default))).Select(a => a.Kind)];

    private string[] Subjects() => [.. bench.ReadAsync(s => s.Deliveries.ListAsync(null, 100, default)).GetAwaiter().GetResult().OrderBy(d => d.CreatedAt).Where(d => d.Channel == "email").Select(d => d.Subject)];
}
