using System.Collections.Immutable;
using Risk.Connectors.Gleif;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Gleif;

public sealed class GleifConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Lei = "ACMEACMEACMEACME0159";
    private const string Record = "api.gleif.org/api/v1/lei-records/" + Lei;

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new GleifModule(), stub);
        stub.ServeFile(Record, Fixture("record-with-parents.json"), "application/vnd.api+json");
        stub.ServeFile(Record + "/direct-parent", Fixture("parent.json"), "application/vnd.api+json");
        stub.ServeFile(Record + "/ultimate-parent-reporting-exception", Fixture("exception.json"), "application/vnd.api+json");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Record_GivesStatusesRenewalAndParents()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.True(Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Complete);
        Assert.Equal(
            [("lei_status", "LAPSED"), ("lei_entity_status", "ACTIVE"), ("lei_renewal", "2026-05-04T00:00:00Z"), ("lei_direct_parent", "PARENTPARENTPARE0262"), ("lei_ultimate_parent", "NATURAL_PERSONS")],
            run.Facts.Select(f => (f.Name, f.Value.ToString())));
        Assert.Equal(FactType.Timestamp, run.Facts[2].Value.Type);
        Assert.All(run.Facts, f => Assert.Equal(new DateTimeOffset(2026, 3, 28, 8, 58, 24, TimeSpan.Zero), f.OccurredAt));
        Assert.All(run.Facts, f => Assert.StartsWith("https://search.gleif.org/#/record/" + Lei, f.Evidence.Url, StringComparison.Ordinal));
        Assert.Contains("Acme Bearings AB: registration LAPSED, entity ACTIVE", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(["", "/direct-parent", "/ultimate-parent-reporting-exception"], stub.Requests.Select(r => r.ToString()[Record.Length..]));
    }

    [Fact]
    public async Task Fetch_NeitherParentNorException_GivesEmptyParents()
    {
        stub.ServeStatus(Record + "/direct-parent", 404);
        stub.ServeStatus(Record + "/ultimate-parent-reporting-exception", 404);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["", ""], run.Facts.Where(f => f.Name.EndsWith("_parent", StringComparison.Ordinal)).Select(f => f.Value.Text));
        Assert.Contains(stub.Requests, r => r.ToString() == Record + "/direct-parent-reporting-exception");
    }

    [Fact]
    public async Task Fetch_ManifestsFacts_AreAllSuppliedWithTheirTypes()
    {
        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(new GleifModule().Manifest.Facts.Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
    }

    [Fact]
    public async Task Fetch_UnknownOrImpossibleLei_FailsThatSupplierAndGoesOn()
    {
        ConnectorRun run = (await kit.RunAsync([Company("a", "UNKNOWNUNKNOWNUN0463"), Company("b", "ACMEACMEACMEACME0158"), Company("c", "../../evil"), Acme])).Ok();

        Assert.Equal([("a", FailureKind.NotFound), ("b", FailureKind.NotFound), ("c", FailureKind.NotFound)], run.Failures.Select(f => (f.Supplier.Value, f.Failure.Kind)));
        Assert.Contains("GLEIF knows no LEI UNKNOWNUNKNOWNUN0463", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Contains("check digits", run.Failures[1].Failure.Message, StringComparison.Ordinal);
        Assert.Single(run.Updates.OfType<SupplierUpdate>());
        Assert.Equal(4, stub.Requests.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"PARENTPARENTPARE0262\"}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"ACMEACMEACMEACME0159\",\"registration\":{\"lastUpdateDate\":\"2026-01-01T00:00:00Z\"}}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"lei\":\"ACMEACMEACMEACME0159\",\"registration\":{\"status\":\"ISSUED\",\"lastUpdateDate\":\"yesterday\"}}}}")]
    [InlineData("<html>We are back soon</html>")]
    [InlineData("")]
    public async Task Fetch_NotTheFormat_IsMalformedAndGivesNothing(string body)
    {
        stub.Serve(Record, body);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.Malformed, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_ParentFails_GivesNothingOfTheSupplier()
    {
        stub.Fail(Record + "/direct-parent", Faults.Status(500));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(FailureKind.ServerError, Assert.Single(run.Failures).Failure.Kind);
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_Throttled_EndsTheRun()
    {
        stub.Fail(Record, Faults.Status(429, "120"));

        ConnectorRun run = await kit.RunAsync([Acme]);

        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromSeconds(120)), (run.Failure!.Kind, run.Failure.RetryAfter));
    }

    /// <summary>Real answers, read when RISK_SHARED names the folder that holds the recordings.</summary>
    [Fact]
    public async Task Fetch_Recordings_AreRead()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { } shared) return;
        const string Microsoft = "INR2EJN1ERAN0W5ZP974";
        string folder = Path.Combine(shared, "sources", "gleif");
        stub.ServeFile($"api.gleif.org/api/v1/lei-records/{Microsoft}", Path.Combine(folder, "lei-records", Microsoft + ".json"));
        stub.ServeFile($"api.gleif.org/api/v1/lei-records/{Microsoft}/direct-parent-reporting-exception", Path.Combine(folder, "reporting_exceptions", $"direct-parent-reporting-exception_{Microsoft}.json"));

        ConnectorRun run = (await kit.RunAsync([Company("microsoft", Microsoft)])).Ok();

        Assert.Equal(["ISSUED", "ACTIVE", "2026-05-04T00:00:00Z", "NON_CONSOLIDATING", ""], run.Facts.Select(f => f.Value.ToString()));
    }

    private static Supplier Acme { get; } = Company("zacme", Lei);

    private static Supplier Company(string id, string lei) => new()
    {
        Id = new SupplierId(id),
        Name = id,
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Lei, lei),
    };

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Gleif", "Fixtures", name);
}
