using Risk.Connectors.MozillaObservatory;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.MozillaObservatory;

public sealed class MozillaObservatoryConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Scan = "observatory-api.mdn.mozilla.net/api/v2/scan?host=acme.example";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new MozillaObservatoryModule(), stub);
        stub.ServeFile(Scan, Path.Combine(AppContext.BaseDirectory, "MozillaObservatory", "Fixtures", "scan.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Scan_GivesGradeAndScoreAtItsOwnTime()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(("observatory_grade", "B-"), (run.Facts.Single().Name, run.Facts.Single().Value.Text));
        Assert.Equal(("observatory_score", 65.0), (run.Metrics.Single().Name, run.Metrics.Single().Value));
        Assert.All(run.Signals, s => Assert.Equal(new DateTimeOffset(2026, 7, 26, 8, 20, 18, 926, TimeSpan.Zero), s.OccurredAt));
        Assert.Equal("https://developer.mozilla.org/en-US/observatory/analyze?host=acme.example", run.Metrics.Single().Evidence.Url);
        Assert.False(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete, "readings of earlier weeks would be withdrawn");
        Assert.Equal("POST", stub.Requests.Single().Method);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Fetch_HostThatCannotBeScanned_IsToldAndNothingIsChanged(int status)
    {
        stub.ServeStatus(Scan, status, """{"error":"invalid-hostname-lookup","message":"acme.example cannot be resolved"}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.NotFound, Assert.Single(run.Failures).Failure.Kind);
        Assert.Contains("invalid-hostname-lookup acme.example cannot be resolved", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Signals);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"error":null,"grade":null,"score":null,"scanned_at":"2026-07-26T08:20:18.926Z"}""")]
    [InlineData("""{"details_url":"https://developer.mozilla.org/en-US/observatory/analyze?host=other.example","grade":"A+","score":105,"scanned_at":"2026-07-26T08:20:18.926Z"}""")]
    [InlineData("""{"grade":"A+","score":"105","scanned_at":"2026-07-26T08:20:18.926Z"}""")]
    [InlineData("""{"grade":"excellent","score":105,"scanned_at":"2026-07-26T08:20:18.926Z"}""")]
    [InlineData("""{"grade":"A+","score":105,"end_time":"Wed, 05 Sep 2018 15:46:34 GMT","state":"FINISHED"}""")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Scan, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_Throttled_EndsTheRun()
    {
        stub.Fail(Scan, Faults.Status(429, "120"));

        Assert.Equal(FailureKind.RateLimited, (await kit.RunAsync([Acme])).Failure!.Kind);
    }

    [Theory]
    [InlineData("acme.example")]
    [InlineData("www.acme.example")]
    [InlineData("ACME.example&hidden=1")]
    [InlineData("acme.example.")]
    public async Task Fetch_LinkToTheSameSite_IsAboutTheDomain(string host)
    {
        stub.Serve(Scan, $$"""{"details_url":"https://developer.mozilla.org/en-US/observatory/analyze?host={{host}}","grade":"B","score":70,"scanned_at":"2026-07-26T08:20:18.926Z","tests_failed":1,"tests_quantity":10}""");

        Assert.Equal("B", (await kit.RunAsync([Acme])).Ok().Facts.Single().Value.Text);
    }

    [Fact]
    public async Task Fetch_OneAnswerForAllDomains_IsToldAlikeAndTheRightOneIsRead()
    {
        const string Answer = """{"details_url":"https://developer.mozilla.org/en-US/observatory/analyze?host=acme.example","grade":"B","score":70,"scanned_at":"2026-07-26T08:20:18.926Z","tests_failed":1,"tests_quantity":10}""";
        foreach (string name in (string[])["acme", "beta", "gamma"]) stub.Serve($"observatory-api.mdn.mozilla.net/api/v2/scan?host={name}.example", Answer);

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("b", "beta.example"), Acme, Identified.WithDomain("c", "gamma.example")])).Ok();

        Assert.Equal("The Observatory's answer is about another host (acme.example) than the one asked for; nothing of it was kept.", Assert.Single(run.Failures.Select(f => f.Failure.Message).Distinct()));
        Assert.Equal(["acme"], run.Signals.Select(s => s.Supplier.Value).Distinct());
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCountAndTheRestIsRead()
    {
        stub.Serve(Scan, """{"id":"1","details_url":"https://x/analyze?host=acme.example","algorithm":5,"scanned_at":"2026-07-26T08:20:18.926Z","error":null,"grade":"B","score":70,"status_code":null,"tests_failed":1,"tests_passed":9,"tests_quantity":10}""");

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal("Unknown algorithm 1, Missing algorithm_version 1, Retyped id 1", Told.Drift(run));
        Assert.Single(run.Facts);
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        const string Observatory = "observatory-api.mdn.mozilla.net/api/v2/scan?host=";
        stub.ServeFile(Observatory + "mdn.dev", SharedFactAttribute.Path("sources", "mozilla-observatory", "v2", "scan.mdn.dev.json"));
        stub.ServeFile(Observatory + "some.invalid.hostname.dev", SharedFactAttribute.Path("sources", "mozilla-observatory", "v2", "scan.error.json"));
        stub.ServeFile(Observatory + "ssllabs.com", SharedFactAttribute.Path("sources", "mozilla-observatory", "v1", "ssllabs-get.json"));
        stub.ServeFile(Observatory + "down.example", SharedFactAttribute.Path("sources", "mozilla-observatory", "v1", "ssllabs-error.json"));

        ConnectorRun run = (await kit.RunAsync(
            [Identified.WithDomain("m", "mdn.dev"), Identified.WithDomain("n", "some.invalid.hostname.dev"), Identified.WithDomain("o", "ssllabs.com"), Identified.WithDomain("p", "down.example")])).Ok();

        Assert.Equal(("A+", 105.0), (run.Facts.Single().Value.Text, run.Metrics.Single().Value));
        Assert.Equal([("n", FailureKind.NotFound), ("o", FailureKind.Malformed), ("p", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)).Order());
    }

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");
}
