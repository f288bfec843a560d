using Risk.Connectors.FdaIres;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.FdaIres;

public sealed class FdaIresConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.accessdata.fda.gov/rest/iresapi/recalls/";
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Imaging Inc.", "US"), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Surgical", "US");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new FdaIresModule(), stub);
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret");
        kit.Options["AuthorizationUser"] = kit.Options["AuthorizationKey"] = "file:" + file;
        stub.ServeFile(Address, Path.Combine(AppContext.BaseDirectory, "FdaIres", "Fixtures", "recalls.json"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_Products_AreOneEventForEachRecall()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(
            ["S1 fda-98001 fda-class-1 4 ongoing 2026-04-14", "S2 fda-98002 fda-unclassified 2 ongoing 2026-05-06"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Severity} {e.Stage} {e.OccurredAt:yyyy-MM-dd}"));
        Assert.Equal("Class I recall of 2 products (Devices), Contoso Imaging: Wrong values", run.Events[0].Title);
        Assert.Contains("FEI 3000000001", run.Events[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal((1, "product 4"), run.Audit.Reasons["no RECALLEVENTID"]);
        Assert.True(run.Updates[0].Complete);
        Assert.Equal("s3cret", stub.Requests[0].Headers["Authorization-Key"]);
    }

    // The server gives a remembered refusal again when the address is the same.
    [Fact]
    public async Task FetchAsync_TwoRuns_AskAtDifferentAddresses()
    {
        await kit.RunAsync([Contoso]);
        kit.Now = kit.Now.AddMinutes(1);
        await kit.RunAsync([Contoso]);
        Assert.Equal(2, stub.Requests.Select(r => r.Query).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"MESSAGE":"Authorization has been denied for this request.","STATUSCODE":401}""", FailureKind.Forbidden, "AuthorizationKey")]
    [InlineData("""{"MESSAGE":"No results found","STATUSCODE":412}""", FailureKind.SentinelMissing, "no recall at all")]
    [InlineData("""{"MESSAGE":"The payload displaycolumns does not match","STATUSCODE":406}""", FailureKind.Malformed, "STATUSCODE 406 (\"The payload displaycolumns does not match\")")]
    [InlineData("""{"MESSAGE":"success","STATUSCODE":400}""", FailureKind.Malformed, "without recalls")]
    public async Task FetchAsync_OutcomeInTheBody_IsNotTakenForNone(string body, FailureKind kind, string says)
    {
        (await kit.RunAsync([Contoso])).Ok();
        stub.Serve(Address, body);
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.Equal(kind, run.Failure?.Kind);
        Assert.Contains(says, run.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_FewerProductsThanCounted_WithdrawsNothing()
    {
        stub.Serve(Address, (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "FdaIres", "Fixtures", "recalls.json"))).Replace("\"RESULTCOUNT\": 4", "\"RESULTCOUNT\": 9", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Single(run.Events);
        Assert.False(run.Updates[0].Complete);
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCount()
    {
        stub.Serve(Address, (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "FdaIres", "Fixtures", "recalls.json")))
            .Replace("\"PHASETXT\"", "\"STATUSTXT\"", StringComparison.Ordinal).Replace("\"FIRMFEINUM\": \"3000000001\"", "\"FIRMFEINUM\": 3000000001", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(2, run.Events.Count);
        Assert.Equal(["Missing PHASETXT 4", "Retyped FIRMFEINUM 4", "Unknown STATUSTXT 4"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_LoseNothing() => SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso, Fabrikam], Address);

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "fda-ires", "recalls-post.200.json"));
        Supplier[] suppliers = [ListFaults.Supplier("A", "Philips North America LLC", "US"), ListFaults.Supplier("B", "Olympus Corporation of the Americas", "US"), ListFaults.Supplier("C", "Arrow International LLC", "US")];
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        // Counted with Python: products; events of each firm by its exact name.
        Assert.Equal(168, run.Audit.Read);
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(["A 1", "B 2", "C 1"], run.Events.Where(e => e.Stage != "possible").GroupBy(e => e.Supplier.Value).Select(g => $"{g.Key} {g.Count()}").Order(StringComparer.Ordinal));
    }
}
