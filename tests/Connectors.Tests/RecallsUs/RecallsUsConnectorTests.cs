using Risk.Connectors.RecallsUs;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.RecallsUs;

public sealed class RecallsUsConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.saferproducts.gov/RestWebServices/Recall";
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "RecallsUs", "Fixtures", "recalls.json"));
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Purchasing LLC", "US"), Ningbo = ListFaults.Supplier("S2", "Ningbo Contoso Tools Co Ltd", "CN"), Fabrikam = ListFaults.Supplier("S3", "Fabrikam Home", "US");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new RecallsUsModule(), stub);
        stub.Serve(Address, Fixture);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_SentencesWithNames_GiveEachItsPart()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, Ningbo, Fabrikam])).Ok();
        Assert.Equal(
            ["S1 cpsc-26001 cpsc-importer 3 ongoing", "S1 cpsc-26004 cpsc-distributor 2 ongoing", "S2 cpsc-26001 cpsc-manufacturer 3 ongoing", "S3 cpsc-26002 cpsc-retailer 1 ongoing"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Severity} {e.Stage}").Order(StringComparer.Ordinal));
        Assert.Equal((1, "recall "), run.Audit.Reasons["names no company"]);
        Assert.Contains("the country agrees", run.Events.Single(e => e.Supplier.Value == "S2").Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(4, kit.LastGood["recalls.json"].Rows);
        Assert.Equal("?format=json", stub.Requests[0].Query);
    }

    [Fact]
    public async Task FetchAsync_FewerRecalls_AreRefused()
    {
        await kit.RunAsync([]);
        stub.Serve(Address, "[" + Fixture[(Fixture.LastIndexOf("\n {", StringComparison.Ordinal) + 1)..]);
        Assert.Equal(FailureKind.Shrunk, (await kit.RunAsync([])).Failure?.Kind);
        stub.Serve(Address, "[]");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_RecordsOfSomethingElse_AreRefused()
    {
        stub.Serve(Address, """[{"id":1},{"id":2}]""");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCount()
    {
        stub.Serve(Address, Fixture.Replace("\"Title\"", "\"Heading\"", StringComparison.Ordinal).Replace("\"RecallNumber\": \"26001\"", "\"RecallNumber\": 26001", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Contoso, Ningbo, Fabrikam])).Ok();
        Assert.Equal(4, run.Events.Count);
        string[] drift = [.. run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}")];
        Assert.Contains("Unknown Heading 4", drift);
        Assert.Contains("Missing Title 4", drift);
        Assert.Contains("Retyped RecallNumber 1", drift);
    }

    [Fact]
    public async Task FetchAsync_MarkupInNames_IsText()
    {
        stub.Serve(Address, Fixture.Replace("Contoso Purchasing LLC, of", "<p>Contoso&nbsp;Purchasing LLC</p>, of", StringComparison.Ordinal));
        Assert.Contains((await kit.RunAsync([Contoso])).Ok().Events, e => e.Id == "cpsc-26001" && e.Stage == "ongoing");
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_LoseNothing() => SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso, Ningbo, Fabrikam], Address);

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "recalls-us", "cpsc-recall.json"));
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("A", "Best Buy Purchasing LLC", "US")])).Ok();
        // Counted with Python: two recalls, one of them imported by Best Buy.
        Assert.Equal(2, run.Audit.Read);
        Assert.Empty(run.Audit.Drifted);
        Assert.Equal("cpsc-26606 cpsc-importer 2026-07-09", Assert.Single(run.Events.Select(e => $"{e.Id} {e.Type} {e.OccurredAt:yyyy-MM-dd}")));
    }
}
