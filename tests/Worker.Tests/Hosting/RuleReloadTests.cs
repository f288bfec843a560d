using Microsoft.Extensions.Logging.Abstractions;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Cli;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Hosting;

/// <summary>Semantic 38: the running service follows its files, and takes over a whole valid set or none.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class RuleReloadTests : IAsyncLifetime
{
    private const string Tests = """
        schema: tests/1
        packs: [bench.yaml]
        now: 2026-08-03T06:00:00Z
        tests:
          - name: a serious vulnerability
            given: {events: {known_exploited: [{id: C-1, at: 2026-08-01, severity: 4}]}}
            expect: {firing: [B-KEV]}
        """ + "\n";

    private Workbench bench = null!;
    private RiskApplication application = null!;
    private RiskCycle cycle = null!;
    private RuleReload reload = null!;
    private DateTimeOffset now;

    public async Task InitializeAsync()
    {
        bench = await Workbench.StartAsync();
        bench.Write("rules/bench.tests.yaml", Tests);
        await bench.RunAsync();
        now = bench.Now;
        application = await bench.OpenAsync();
        string files = WorkspaceFiles.Fingerprint(application.Options);
        var silent = new CommandOutput(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);
        RuleBook book = await PortfolioSync.ImportAsync(application, silent, static _ => { }, CancellationToken.None);
        cycle = application.Cycle(book);
        reload = new RuleReload(application, cycle, files, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        cycle.Dispose();
        await application.DisposeAsync();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Look_ThresholdChanged_MovesScoresAndSaysThatTheRulesDid()
    {
        decimal before = (await AssessmentAsync("S-1")).Score;
        string hash = reload.InForce.Hash;
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("points: 40", "points: 60", StringComparison.Ordinal));
        await SettleAsync();

        Assessment after = await AssessmentAsync("S-1");
        Assert.Equal((40m, 60m), (before, after.Score));
        Assert.NotEqual(hash, reload.InForce.Hash);
        Assert.Equal(reload.InForce.Hash, after.RuleSetHash);
        Assert.Equal((hash, 40m, Band.Guarded), (after.RuleChange!.FromRuleSet, after.RuleChange.ScoreBefore, after.RuleChange.BandBefore));
        Alert alert = Assert.Single(await AlertsAsync(), a => a.Supplier == new SupplierId("S-1"));
        Assert.True(alert.MovedByRuleChange);
        Assert.Equal(reload.InForce.Hash, alert.RuleSetHash);
    }

    [Fact]
    public async Task Look_SilenceWritten_IsInForceAndAWrongOneIsNot()
    {
        const string silence = "schema: silences/1\nsilences:\n  - {id: SIL-1, matchers: [supplier=\"S-1\"], starts: 2026-01-01, ends: 2036-01-01, author: a, approved_by: b, reason: r}\n";
        bench.Write("silences.yaml", silence);
        await SettleAsync();
        Assert.Equal("SIL-1", Assert.Single(cycle.Book.Routing.Silences.All).Id);
        bench.Write("silences.yaml", silence.Replace("reason: r", "reason: r, until: x", StringComparison.Ordinal));
        await SettleAsync();
        Assert.Contains("T002", reload.InForce.Refusal!.Summary, StringComparison.Ordinal);
        Assert.Single(cycle.Book.Routing.Silences.All);
    }

    [Fact]
    public async Task Look_AfterARuleChange_NewsMovesTheScoreInItsOwnName()
    {
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("max_points: 40", "max_points: 100", StringComparison.Ordinal).Replace("points: 40", "points: 30", StringComparison.Ordinal));
        await SettleAsync();
        Assert.NotNull((await AssessmentAsync("S-1")).RuleChange);

        // Nothing new: why the score stands where it does stays the same.
        await cycle.AssessAsync(static (_, _) => { }, CancellationToken.None);
        Assert.NotNull((await AssessmentAsync("S-1")).RuleChange);

        string second = Workbench.CatalogueOf([1, 2]).Replace("Stranger5000", "Vendor1", StringComparison.Ordinal);
        bench.Upstream.Serve(Workbench.Catalogue, second);
        await cycle.CollectAsync(new("cisa-kev"), static (_, _, _) => { }, CancellationToken.None);
        await cycle.AssessAsync(static (_, _) => { }, CancellationToken.None);
        Assert.Equal(60m, (await AssessmentAsync("S-1")).Score);
        Assert.Null((await AssessmentAsync("S-1")).RuleChange);
        Assert.NotNull((await AssessmentAsync("S-2")).RuleChange);
    }

    [Fact]
    public async Task Look_NewsAndRulesAtOnce_AreToldApart()
    {
        // Pulled, and not assessed yet, when the rules change: what the news moved is told as news.
        bench.ServeVulnerabilities(2, 3);
        await cycle.CollectAsync(new("cisa-kev"), static (_, _, _) => { }, CancellationToken.None);
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("B-KEV\n    title", "B-KEV\n    tags: [x]\n    title", StringComparison.Ordinal));
        await SettleAsync();
        Assert.Equal(40m, (await AssessmentAsync("S-3")).Score);
        Assert.Null((await AssessmentAsync("S-3")).RuleChange);
        Assert.False(Assert.Single(await AlertsAsync(), a => a.Supplier == new SupplierId("S-3")).MovedByRuleChange);
    }

    [Theory]
    [InlineData("rules/pack.yaml", "schema: rules/1\npack: bench\nrules:\n  - id: B-KEV\n    when: metri", "R002")]
    [InlineData("rules/second.yaml", "schema: rules/1\npack: second\nrules:\n  - {id: B-KEV, title: T, category: security, severity: high, when: supplier.tier == 1, message: m}\n", "R005")]
    [InlineData("rules/broken.yaml", "schema: [", "Y001")]
    [InlineData("overlay.yaml", "schema: overlay/1\npack: bench\nrules: {B-KEW: {enabled: false}}\n", "R014")]
    [InlineData("routing.yaml", "schema: routing/1\nroute: {receiver: nobody}\n", "T008")]
    [InlineData("suppliers.csv", "id,name\nS-1,One\nS-1,Two\n", "P011")]
    public async Task Look_AnyFileWrong_KeepsTheWholeOldSetAndTellsUntilItIsMended(string file, string content, string code)
    {
        string hash = reload.InForce.Hash;
        string path = Path.Combine(bench.Folder, file);
        string? good = File.Exists(path) ? await File.ReadAllTextAsync(path) : null;

        // A good change beside the bad file is not taken over alone.
        bench.Write("scoring.yaml", (await File.ReadAllTextAsync(Path.Combine(bench.Folder, "scoring.yaml"))).Replace("cap: 100", "cap: 30", StringComparison.Ordinal));
        bench.Write(file, content);
        await SettleAsync();
        Assert.Equal(hash, reload.InForce.Hash);
        Assert.Equal(hash, cycle.Book.Rules.Hash);
        Assert.Contains(reload.InForce.Refusal!.Errors, e => e.Code == code);
        Assert.Equal(40m, (await AssessmentAsync("S-1")).Score);
        Alert alert = Assert.Single(await AlertsAsync(), a => a.Rule == ReloadAlerts.Rule);
        Assert.Contains(code, alert.Message, StringComparison.Ordinal);
        Assert.Contains(hash[..12], alert.Message, StringComparison.Ordinal);

        if (good is null) File.Delete(path);
        else bench.Write(file, good);
        await SettleAsync();
        Assert.Null(reload.InForce.Refusal);
        Assert.DoesNotContain(await AlertsAsync(), a => a.Rule == ReloadAlerts.Rule);
        Assert.Equal(30m, (await AssessmentAsync("S-1")).Score);
    }

    [Fact]
    public async Task Look_OwnTestFails_KeepsTheOldSet()
    {
        string hash = reload.InForce.Hash;
        bench.Write("rules/pack.yaml", Workbench.Rules.Replace("e.severity >= 2", "e.severity >= 5", StringComparison.Ordinal));
        await SettleAsync();
        Assert.Equal(hash, reload.InForce.Hash);
        Assert.Equal(PackTests.FailedTest, Assert.Single(reload.InForce.Refusal!.Errors).Code);
        Assert.Contains("bench.tests.yaml:7:", reload.InForce.Refusal.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_OverlayChangesWhatThePacksTestsSay_IsTakenOver()
    {
        bench.Write("overlay.yaml", "schema: overlay/1\npack: bench\nrules: {B-KEV: {enabled: false, reason: noise, by: ops}}\n");
        await SettleAsync();
        Assert.Null(reload.InForce.Refusal);
        Assert.Empty(await bench.FiringAsync());
        Assert.All(await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, CancellationToken.None)), a => Assert.Equal("rule disabled", a.Resolution));
    }

    [Fact]
    public async Task Look_FileStillChanging_WaitsUntilItIsQuiet()
    {
        string hash = reload.InForce.Hash;
        string whole = Workbench.Rules.Replace("points: 40", "points: 50", StringComparison.Ordinal);

        // An editor that writes in pieces, each look a second after the last: none of the halves is judged.
        for (int length = 100; length < whole.Length; length += 100)
        {
            bench.Write("rules/pack.yaml", whole[..length]);
            await LookAsync(1);
        }

        bench.Write("rules/pack.yaml", whole);
        await LookAsync(1);
        await LookAsync(0.5);
        Assert.Equal((hash, null), (reload.InForce.Hash, reload.InForce.Refusal));
        await LookAsync(0.5);
        Assert.NotEqual(hash, reload.InForce.Hash);
        Assert.Null(reload.InForce.Refusal);
    }

    [Fact]
    public async Task Look_TheSameBrokenFile_IsToldOnce()
    {
        bench.Write("rules/broken.yaml", "schema: [");
        for (int i = 0; i < 10; i++) await LookAsync(1);
        Alert alert = Assert.Single(await bench.ReadAsync(s => s.Alerts.ListAsync(resolved: true, CancellationToken.None)), a => a.Rule == ReloadAlerts.Rule);
        Assert.Equal(0, alert.Revision);
        var ledger = await bench.ReadAsync(s => s.Ledger.ReadAsync(0, 1000, CancellationToken.None));
        Assert.Single(ledger, e => e.Kind == "alert" && e.Subject == alert.EpisodeId);
    }

    [Fact]
    public async Task Look_RoutingChanged_TakesAlertsIntoTheGroupsOfTheNewRoutes()
    {
        await FlushAsync();
        bench.Write("routing.yaml", bench.Routing().Replace("routes:\n", "routes:\n    - {matchers: ['severity=\"high\"'], receiver: platform, group_by: [rule]}\n", StringComparison.Ordinal));
        await SettleAsync();
        Assert.Null(reload.InForce.Refusal);
        bench.Now += TimeSpan.FromHours(1);
        await FlushAsync();
        Assert.NotEmpty(await bench.ReadAsync(async s => (await s.Deliveries.ListAsync(null, 100, CancellationToken.None)).Where(d => d.Channel == "webhook").ToArray()));
    }

    [Fact]
    public async Task Look_PortfolioChanged_ImportsItAndAssessesTheNewcomer()
    {
        bench.Write("suppliers.csv", Workbench.Suppliers(5));
        await SettleAsync();
        Assert.Null(reload.InForce.Refusal);
        Assert.NotNull(await bench.ReadAsync(s => s.Assessments.FindAsync(new SupplierId("S-5"), null, CancellationToken.None)));
    }

    [Theory]
    [InlineData("rules/.bench.yaml.swp.yaml")]
    [InlineData("rules/..data/pack.yaml")]
    [InlineData("sources/.#own.yaml")]
    public async Task Look_HiddenFiles_AreNotRules(string file)
    {
        bench.Write(file, "schema: [");
        await SettleAsync();
        Assert.Null(reload.InForce.Refusal);
    }

    /// <summary>A source of the workspace's own runs as soon as its file is there, with the rules that name what it gives; a wrong one changes nothing.</summary>
    [Fact]
    public async Task Look_SourceWritten_RunsWithTheRulesThatNameIt()
    {
        string source = Workbench.Source("own-score");
        bench.Settings["Risk:Sources:Enabled"] = null;
        await using RiskApplication service = await bench.OpenAsync();
        using RiskCycle running = service.Cycle(await service.LoadBookAsync(static _ => { }, CancellationToken.None));
        int followed = 0;
        var looking = new RuleReload(service, running, WorkspaceFiles.Fingerprint(service.Options), NullLoggerFactory.Instance) { WhenTakenOver = _ => Task.FromResult(++followed) };
        bench.Upstream.Serve("api.example.org/own-score", """[{"id": "S-4", "score": 90}]""");

        bench.Write("sources/own.yaml", source.Replace("row.score", "row.skore", StringComparison.Ordinal));
        await SettleAsync(looking);
        Assert.Contains("own.yaml:13:", looking.InForce.Refusal!.Summary, StringComparison.Ordinal);
        Assert.Null(service.Sources.Find(new("own-score")));
        bench.Write("sources/own.yaml", source);
        bench.Write("rules/own.yaml", "schema: rules/1\npack: own\nowner: ops\nrules:\n  - {id: O-1, title: Own, category: security, severity: high, when: metrics.own_score > 50.0, points: 10, message: own}\n");
        await SettleAsync(looking);
        Assert.Null(looking.InForce.Refusal);
        await running.CollectAsync(new("own-score"), static (_, _, _) => { }, CancellationToken.None);
        await running.AssessAsync(static (_, _) => { }, CancellationToken.None);
        Assert.Contains("S-4 O-1", await bench.FiringAsync());

        // The first table of its kind switches its source on; another one in its folder changes nothing.
        Assert.Null(service.Sources.Find(new("kpi-file")));
        bench.Write("kpi/a.csv", "supplier_id,date,otd\n");
        await SettleAsync(looking);
        Assert.NotNull(service.Sources.Find(new("kpi-file")));
        DateTimeOffset since = looking.InForce.Since;
        bench.Write("kpi/b.csv", "supplier_id,date,otd\n");
        await SettleAsync(looking);
        Assert.Equal((since, 2), (looking.InForce.Since, followed));
    }

    [Fact]
    public async Task Start_WithGoodFiles_EndsTheAlertOfAnEarlierRefusal()
    {
        bench.Write("rules/broken.yaml", "schema: [");
        await SettleAsync();
        File.Delete(Path.Combine(bench.Folder, "rules/broken.yaml"));
        await bench.RunAsync();
        Assert.DoesNotContain(await AlertsAsync(), a => a.Rule == ReloadAlerts.Rule);
    }

    /// <summary>As many looks as it takes a change to be taken over or refused.</summary>
    private async Task SettleAsync(RuleReload? looking = null)
    {
        await LookAsync(1, looking);
        await LookAsync(1, looking);
    }

    private Task LookAsync(double secondsLater, RuleReload? looking = null)
    {
        now += TimeSpan.FromSeconds(secondsLater);
        return (looking ?? reload).LookAsync(now, CancellationToken.None);
    }

    private async Task FlushAsync()
    {
        await using RiskApplication other = await bench.OpenAsync();
        using RiskCycle flushing = other.Cycle(cycle.Book);
        await flushing.FlushAsync(everythingNow: true, schedule: null, CancellationToken.None);
    }

    private async Task<Assessment> AssessmentAsync(string supplier) => (await bench.ReadAsync(s => s.Assessments.FindAsync(new SupplierId(supplier), null, CancellationToken.None)))!;

    private Task<IReadOnlyList<Alert>> AlertsAsync() => bench.ReadAsync(s => s.Alerts.ListAsync(resolved: false, CancellationToken.None));
}
