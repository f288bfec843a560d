using Risk.Connectors.Sdk;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Testing;
using Risk.Worker.Cli.Commands;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Ingestion;

/// <summary>Whatever an upstream answers, what was known stays known: no score moves, no hit is cleared, nobody is told that all is well.</summary>
public sealed class UpstreamFaultTests
{
    public static TheoryData<string, FailureKind> Kinds => new()
    {
        { "status 500", FailureKind.ServerError },
        { "status 404", FailureKind.NotFound },
        { "status 429", FailureKind.RateLimited },
        { "hang", FailureKind.Timeout },
        { "stall", FailureKind.Timeout },
        { "truncate", FailureKind.Truncated },
        { "reset", FailureKind.Unreachable },
        { "garbage", FailureKind.Malformed },
        { "empty", FailureKind.Malformed },
        { "corrupt", FailureKind.Malformed },
        { "bomb", FailureKind.TooLarge },
        { "shrunk", FailureKind.Shrunk },
        { "miscounted", FailureKind.SentinelMissing },
        { "no entries", FailureKind.Malformed },
    };

    // X12: The process died when a list could not be fetched, or went on without it (watchman#118, #623).
    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Defect", "X12")]
    public async Task Run_Fault_KeepsLastGoodAndClearsNothing(string fault, FailureKind kind)
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        string[] firing = await bench.FiringAsync();
        (string? Sha, string Scores) before = await StateAsync(bench);
        string half = Workbench.CatalogueOf([1], strangers: 50);
        bench.Upstream.Fail(Workbench.Catalogue, fault switch
        {
            "status 500" => Faults.Status(500),
            "status 404" => Faults.Status(404),
            "status 429" => Faults.Status(429, retryAfter: "3600"),
            "hang" => Faults.Hang,
            "stall" => Faults.Stall(200),
            "truncate" => Faults.Truncate(200),
            "reset" => Faults.Reset,
            "garbage" => Faults.Garbage,
            "empty" => Faults.Empty,
            "corrupt" => Faults.Corrupt(),
            "bomb" => Faults.Bomb(80),
            "shrunk" => Faults.Instead(System.Text.Encoding.UTF8.GetBytes(half)),
            "miscounted" => Faults.Instead(System.Text.Encoding.UTF8.GetBytes(half.Replace("\"count\": 51", "\"count\": 510", StringComparison.Ordinal))),
            _ => Faults.Instead("""{"dateReleased": "2026-08-02T15:00:00Z", "count": 0, "vulnerabilities": []}"""u8.ToArray()),
        });

        // The catalogue lost entry 2 as well; a reader that trusts the fault would clear it.
        bench.Upstream.Serve(Workbench.Catalogue, Workbench.CatalogueOf([1], strangers: 100));
        bench.Now += TimeSpan.FromHours(6);
        RunOutcome run = await bench.RunAsync(isHurried: kind == FailureKind.Timeout);
        Assert.Equal(kind, run.Sources.Single().Failure?.Kind);
        Assert.Equal((0, 0, 0), (run.Evaluation.Resolved, run.Sources.Single().Withdrawn, run.Enqueued - bench.Hooks.Hooks.Count));
        Assert.Equal(firing, await bench.FiringAsync());
        Assert.Equal(before, await StateAsync(bench));
        Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*.tmp", SearchOption.AllDirectories));
        Assert.Equal(2, bench.Smtp.Mails.Count);
    }

    // X26: What was shown as failed or fine did not follow from the data's own age (dependency-track#6500).
    [Fact]
    [Trait("Defect", "X26")]
    public async Task Run_ListStale_IsNeverClear()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        bench.Upstream.Fail(Workbench.Catalogue, Faults.Status(404));

        // The feed may be seven days old; on the eighth, "nothing known" is not known any more, and what fired still fires.
        bench.Now += TimeSpan.FromDays(8);
        RunOutcome run = await bench.RunAsync();
        Assert.Equal(0, run.Evaluation.Resolved);
        Assert.Equal(["S-1 B-KEV CVE-2026-0001", "S-2 B-KEV CVE-2026-0002"], await bench.FiringAsync());
        IReadOnlyList<Assessment> latest = await bench.ReadAsync(s => s.Assessments.LatestAsync(CancellationToken.None));
        Assert.Equal(4, latest.Count);
        Assert.All(latest, a => Assert.True(a.Coverage < 1 || a.Degraded, $"{a.Supplier} looks sure of itself"));
    }

    private static Task<(string? Sha, string Scores)> StateAsync(Workbench bench) => bench.ReadAsync(async session =>
    {
        Snapshot? lastGood = await session.Sources.LastGoodAsync(new SourceId("cisa-kev"), "known_exploited_vulnerabilities.json", CancellationToken.None);
        IReadOnlyList<Assessment> assessments = await session.Assessments.LatestAsync(CancellationToken.None);
        return (lastGood?.Sha256, string.Join(' ', assessments.Select(a => FormattableString.Invariant($"{a.Supplier}={a.Score}"))));
    });
}
