using Microsoft.AspNetCore.Http;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Testing;
using Risk.Worker.Cli.Commands;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Ingestion;

/// <summary>Refused files, announced ends, data that grows too old, recordings, and the trial of every fault.</summary>
public sealed class SourceUpkeepTests
{
    private static readonly SourceId Kev = new("cisa-kev");

    private static readonly string OwnSource = Workbench.Source("own-scores", more: "sunset: 2026-09-01");

    [Fact]
    public async Task Release_OfARefusedFile_AppliesItOnceAndOnRecord()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        bench.Upstream.Serve(Workbench.Catalogue, Workbench.CatalogueOf([1], strangers: 20));
        bench.Now += TimeSpan.FromHours(7);
        Assert.Equal(FailureKind.Shrunk, (await bench.RunAsync()).Sources.Single().Failure?.Kind);
        QuarantinedFile refused = Assert.Single(await bench.ReadAsync(s => s.Sources.QuarantinedAsync(Kev, CancellationToken.None)));

        bench.Settings["Risk:Clock"] = "2026-08-04T06:00:00Z";
        Assert.Equal(2, (await RiskProcess.RunAsync(bench, "sources", "quarantine", "release", "cisa-kev", "ffff", "--by", "r.lind", "--reason", "x")).ExitCode);
        CommandResult released = await RiskProcess.RunAsync(bench, "sources", "quarantine", "release", "cisa-kev", refused.File.Sha256[..8], "--by", "r.lind", "--reason", "CISA withdrew them");
        Assert.True(released.ExitCode == 0, released.Error + released.Output);
        QuarantinedFile now = Assert.Single(await bench.ReadAsync(s => s.Sources.QuarantinedAsync(Kev, CancellationToken.None)));
        Assert.Equal(("r.lind", "CISA withdrew them"), (now.ReleasedBy, now.Reason));
        Assert.Equal(refused.File.Sha256, (await bench.ReadAsync(s => s.Sources.SnapshotsAsync(Kev, CancellationToken.None)))[0].Sha256);
        Assert.Equal(0, (await RiskProcess.RunAsync(bench, "sources", "pull", "cisa-kev")).ExitCode);
        Assert.Equal(1, (await RiskProcess.RunAsync(bench, "sources", "quarantine", "release", "cisa-kev", refused.File.Sha256[..8], "--by", "r.lind", "--reason", "again")).ExitCode);
    }

    [Fact]
    public async Task Pull_NothingImported_SaysThatNobodyWasLookedFor()
    {
        await using Workbench bench = await Workbench.StartAsync();
        Assert.Contains("no supplier is imported yet", (await RiskProcess.RunAsync(bench, "sources", "pull", "cisa-kev")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RiskProcess.RunAsync(bench, "suppliers", "import")).ExitCode);
        Assert.DoesNotContain("imported", (await RiskProcess.RunAsync(bench, "sources", "pull", "cisa-kev")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_DataTooOld_MakesTheAlertGraverOnce()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        bench.Upstream.Fail(Workbench.Catalogue, Faults.Status(403));
        bench.Now += TimeSpan.FromDays(1);
        await bench.RunAsync();
        Alert first = Assert.Single(await SystemAlertsAsync(bench));
        Assert.Equal((Severity.Warning, 0), (first.Severity, first.Revision));
        for (int day = 0; day < 2; day++)
        {
            bench.Now += TimeSpan.FromDays(7);
            await bench.RunAsync();
            Alert graver = Assert.Single(await SystemAlertsAsync(bench));
            Assert.Equal((Severity.High, 1), (graver.Severity, graver.Revision));
            Assert.Contains("too old to count", graver.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Health_AnnouncedEndNear_IsToldOnce()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own.yaml", OwnSource);
        bench.Settings["Risk:Sources:Enabled"] = "own-scores";
        bench.Upstream.Serve("api.example.org/own-scores", """[{"id": "S-1", "score": 7}]""");
        for (int day = 0; day < 2; day++)
        {
            await bench.RunAsync();
            Alert ends = Assert.Single(await SystemAlertsAsync(bench));
            Assert.Equal((SourceHealth.SunsetRule, "Source own-scores ends on 2026-09-01"), (ends.Rule, ends.Title));
            bench.Now += TimeSpan.FromDays(1);
        }
    }

    [Fact]
    public async Task Recording_SourceChanged_SaysWhichSignals()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own.yaml", OwnSource);
        bench.Settings["Risk:Sources:Enabled"] = "own-scores";
        bench.Upstream.Serve("api.example.org/own-scores", """[{"id": "S-1", "score": 7}, {"id": "S-2", "score": 9}]""");
        Assert.Equal(0, (await RiskProcess.RunAsync(bench, "suppliers", "import")).ExitCode);
        CommandResult recorded = await RiskProcess.RunAsync(bench, "sources", "record", "own-scores");
        Assert.True(recorded.ExitCode == 0, recorded.Error + recorded.Output);
        Assert.Equal(0, (await RiskProcess.RunAsync(bench, "sources", "test")).ExitCode);
        bench.Write("sources/own.yaml", OwnSource.Replace("value: row.score", "value: row.score * 2.0", StringComparison.Ordinal));
        CommandResult changed = await RiskProcess.RunAsync(bench, "sources", "test", "own-scores");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("no longer: S-1", changed.Error, StringComparison.Ordinal);
        Assert.Contains("own_scores = 14", changed.Error, StringComparison.Ordinal);
    }

    /// <summary>A damaged answer carries the validator of the good one: the next request must not be confirmed by it.</summary>
    [Fact]
    public async Task Answer_ThatCouldNotBeRead_IsAskedForWholeAndOthersAreConfirmed()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own.yaml", """
            schema: source/1
            id: own-scores
            title: Scores
            publisher: Example
            terms: none
            format: json
            ask: each-supplier
            needs: domain
            url: https://api.example.org/scores/{supplier.domain}
            every: 1h
            limit: {requests: 100, per: 1s}
            fields: {score: double}
            gives: [{metric: own_score, range: [0, 100], max_age: 30d, value: row.score, at: now}]
            """);
        bench.Settings["Risk:Sources:Enabled"] = "own-scores";
        bench.Write("suppliers.csv", "id,name,tier,owner,domain\nS-1,A,2,owner1@buyer.example,a.example\nS-2,B,2,owner2@buyer.example,b.example\n");
        foreach (string domain in (string[])["a.example", "b.example"]) bench.Upstream.Serve($"api.example.org/scores/{domain}", """[{"score": 7}]""");
        bench.Upstream.Fail("api.example.org/scores/a.example", static async (context, body) =>
        {
            context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body.Span))[..16]}\"";
            await context.Response.WriteAsync("[{\"score\": 7");
        }, times: 1);
        Assert.Single((await bench.RunAsync()).Sources.Single().SupplierFailures);
        bench.Now += TimeSpan.FromHours(2);

        Assert.Empty((await bench.RunAsync()).Sources.Single().SupplierFailures);

        string?[] asked = [.. bench.Upstream.Requests.TakeLast(2).OrderBy(r => r.Path, StringComparer.Ordinal).Select(r => r.Headers.GetValueOrDefault("If-None-Match"))];
        Assert.Equal([true, false], asked.Select(string.IsNullOrEmpty));
    }

    [Fact]
    public async Task BenchFaults_EverySource_NothingClearedAndEveryReasonNamed()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own.yaml", OwnSource);
        bench.Settings["Risk:Sources:Enabled"] = "certificate-file,cisa-kev,own-scores";
        bench.Write("certificates.csv", "supplier,certificate,issued,expires\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"S-1,c{i},2026-01-15,2027-01-14\n")));
        bench.Upstream.Serve("api.example.org/own-scores", $"[{string.Join(',', Enumerable.Range(1, 40).Select(i => $$"""{"id": "S-{{i}}", "score": 7}"""))}]");
        CommandResult matrix = await RiskProcess.RunAsync(bench, "bench", "faults");
        Assert.True(matrix.ExitCode == 0, matrix.Error + matrix.Output);
        Assert.Contains("3 sources, 36 trials: nothing cleared, nothing lost, every reason named", matrix.Output, StringComparison.Ordinal);
        Assert.Matches(@"cisa-kev +2 +ServerError +RateLimited +NotFound +Forbidden +Malformed +Malformed +Truncated +Unreachable +Timeout +Malformed +TooLarge +Shrunk", matrix.Output);
        Assert.Matches(@"certificate-file +30 +- +- +Misconfigured +- +Malformed +Malformed +Shrunk +- +- +Malformed +- +Shrunk", matrix.Output);
    }

    private static async Task<Alert[]> SystemAlertsAsync(Workbench bench) =>
        [.. (await bench.ReadAsync(s => s.Alerts.ListAsync(false, CancellationToken.None))).Where(a => a.Kind == AlertKind.System)];
}
