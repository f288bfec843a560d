using System.IO.Compression;
using System.Text;
using Risk.Connectors.Epss;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Epss;

public sealed class EpssConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "epss.empiricalsecurity.com/epss_scores-current.csv.gz";
    private const string File =
        "#model_version:v2026.06.15,score_date:2026-08-01T12:00:30Z\ncve,epss,percentile\nCVE-2026-1,0.62000,0.99\nCVE-2026-2,7e-05,0.01\nCVE-2026-3,0.10000,0.9\nCVE-2026-4,0.97,0.99\n";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new EpssModule(), stub);
        stub.Serve(Address, Pack(File));
        kit.OthersKnow.AddRange([Known("vulnerability", "CVE-2026-1", "Ledger", 4), Known("vulnerability", "CVE-2026-2", "Ledger", 4), Known("package_advisory", "CVE-2026-3", "npm:ledger", 2)]);
        kit.OthersKnow.AddRange([Known("known_exploited", "CVE-2026-1", "kev", 4), Known("known_exploited", "CVE-2026-4", "kev", 4), Known("package_advisory", "GHSA-1", "npm:ledger", 4)]);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_KnownCves_GetTheirProbability()
    {
        ConnectorRun run = (await kit.RunAsync([])).Ok();
        Assert.Equal(
            ["CVE-2026-1:Ledger Ledger 4 0.5 exploited", "CVE-2026-3:npm:ledger npm:ledger 3 0.1 ", "CVE-2026-4 known_exploited 4 0.9 exploited"],
            run.Events.Select(e => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{e.Id} {e.Type} {e.Severity} {e.Amount} {e.Stage}")));
        Assert.Equal("CVE-2026-1 in Ledger will probably be exploited within 30 days (EPSS at least 50 %)", run.Events[0].Title);
        Assert.Equal((4, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    // Scores move a little each day: the same band says the same words, and leaving it takes a margin.
    [Theory]
    [InlineData("0.55", 0.5)]
    [InlineData("0.41", 0.5)]
    [InlineData("0.39", 0.1)]
    [InlineData("0.91", 0.9)]
    [InlineData("0.07", null)]
    public async Task FetchAsync_ScoreMoves_BandChangesWithAMargin(string score, double? band)
    {
        EventSignal before = (await kit.RunAsync([])).Ok().Events[0];
        stub.Serve(Address, Pack(File.Replace("0.62000", score, StringComparison.Ordinal).Replace("08-01T", "08-02T", StringComparison.Ordinal)));
        EventSignal? after = (await kit.RunAsync([])).Ok().Events.FirstOrDefault(e => e.Id == before.Id);
        Assert.Equal(band, after?.Amount);
        if (band == 0.5) Assert.Equal((before.Title, before.Evidence.Excerpt), (after!.Title, after.Evidence.Excerpt));
    }

    [Fact]
    public async Task FetchAsync_UnpackedByAMirrorAndOtherZone_IsReadTheSame()
    {
        stub.Serve(Address, File.Replace("12:00:30Z", "12:00:30+0000", StringComparison.Ordinal), "text/csv");
        Assert.Equal(3, (await kit.RunAsync([])).Ok().Events.Count);
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 12, 0, 30, TimeSpan.Zero), kit.LastGood["epss_scores-current.csv.gz"].PublishedAt);
    }

    [Fact]
    public async Task FetchAsync_NewVulnerabilityAndTheSameFile_IsJoined()
    {
        await kit.RunAsync([]);
        kit.OthersKnow.Add(Known("vulnerability", "CVE-2026-4", "Abacus", 2));
        ConnectorRun run = (await kit.RunAsync([])).Ok();
        Assert.True(stub.Requests[1].Headers.ContainsKey("If-None-Match"));
        Assert.Contains(run.Events, e => e.Id == "CVE-2026-4:Abacus");
        Assert.DoesNotContain(run.Events, e => e.Type == "known_exploited");
    }

    [Fact]
    public async Task FetchAsync_FilesThatCannotBe_ChangeNothing()
    {
        await kit.RunAsync([]);
        string[] bodies =
        [
            File.Replace("08-01T", "07-31T", StringComparison.Ordinal), File.Replace("epss,", "score,", StringComparison.Ordinal), File.Replace("0.97", "97", StringComparison.Ordinal),
            File[..File.IndexOf("CVE-2026-2", StringComparison.Ordinal)], File[(File.IndexOf('\n', StringComparison.Ordinal) + 1)..], "#model_version:v1,score_date:2026-08-02T00:00:00Z\n",
        ];
        foreach (string body in bodies)
        {
            stub.Serve(Address, Pack(body));
            ConnectorRun run = await kit.RunAsync([]);
            Assert.True(run.Failure is { IsQuarantine: true }, body);
            Assert.Empty(run.Updates);
        }

        stub.Serve(Address, Pack(File));
        byte[] cut = Pack(File)[..40];
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Corrupt(), Faults.Truncate(20), Faults.Bomb(200), Faults.Status(403), Faults.Status(429), Faults.Reset, Faults.Instead(cut) })
        {
            stub.Fail(Address, fault);
            ConnectorRun run = await kit.RunAsync([]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
        }
    }

    [Fact]
    public async Task FetchAsync_ColumnsThatChanged_AreToldWithTheRowsAndTheRestIsRead()
    {
        stub.Serve(Address, Pack(File.Replace("cve,epss,percentile", "cve,epss,percentile,lev", StringComparison.Ordinal).Replace(",0.99\n", ",0.99,1\n", StringComparison.Ordinal).Replace(",0.01\n", ",0.01,1\n", StringComparison.Ordinal).Replace(",0.9\n", ",0.9,1\n", StringComparison.Ordinal)));

        ConnectorRun run = (await kit.RunAsync([])).Ok();

        Assert.Equal("Unknown lev 4", Told.Drift(run));
        Assert.Equal(3, run.Events.Count);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_IsReadWhole()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "epss", "epss_scores-2026-08-06.kev-subset.csv"), "text/csv");
        kit.OthersKnow.Add(Known("known_exploited", "CVE-2002-0367", "kev", 4));
        ConnectorRun run = (await kit.RunAsync([])).Ok();
        Assert.Equal((1661, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Empty(run.Events);
    }

    private static EventSignal Known(string feed, string story, string type, int severity) => new()
    {
        Supplier = new SupplierId("S1"), Source = new SourceId("other"), Name = feed, Id = story + feed, Type = type, Title = "A flaw", Severity = severity, Story = story,
        OccurredAt = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), ObservedAt = new DateTimeOffset(2026, 7, 2, 0, 0, 0, TimeSpan.Zero),
        Evidence = new Evidence("https://example.org", "", "", default),
    };

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
