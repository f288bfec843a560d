using Risk.Connectors.MozillaObservatory;
using Risk.Connectors.Sdk;
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

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        const string Observatory = "observatory-api.mdn.mozilla.net/api/v2/scan?host=";
        stub.ServeFile(Observatory + "mdn.dev", SharedFactAttribute.Path("sources", "mozilla-observatory", "v2", "scan.mdn.dev.json"));
        stub.ServeFile(Observatory + "some.invalid.hostname.dev", SharedFactAttribute.Path("sources", "mozilla-observatory", "v2", "scan.error.json"));
        stub.ServeFile(Observatory + "ssllabs.com", SharedFactAttribute.Path("sources", "mozilla-observatory", "v1", "ssllabs-get.json"));
        stub.ServeFile(Observatory + "www.ssllabs.com", SharedFactAttribute.Path("sources", "mozilla-observatory", "v1", "ssllabs-error.json"));

        ConnectorRun run = (await kit.RunAsync(
            [Identified.WithDomain("m", "mdn.dev"), Identified.WithDomain("n", "some.invalid.hostname.dev"), Identified.WithDomain("o", "ssllabs.com"), Identified.WithDomain("p", "www.ssllabs.com")])).Ok();

        Assert.Equal(("A+", 105.0), (run.Facts.Single().Value.Text, run.Metrics.Single().Value));
        Assert.Equal([("n", FailureKind.NotFound), ("o", FailureKind.Malformed), ("p", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)).Order());
    }

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");
}
