using Risk.Connectors.OpenFda;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.OpenFda;

public sealed class OpenFdaConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Drug = "api.fda.gov/drug/enforcement.json", Device = "api.fda.gov/device/enforcement.json", Food = "api.fda.gov/food/enforcement.json", Recall = "api.fda.gov/device/recall.json";
    private const string NoMatch = """{"error":{"code":"NOT_FOUND","message":"No matches found!"}}""";
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Pharma Inc.", "US"), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Medical Devices", "US"), Northwind = ListFaults.Supplier("S3", "Northwind Foods Company", "CA");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new OpenFdaModule(), stub);
        foreach ((string address, string name) in new[] { (Drug, "drug"), (Device, "device"), (Food, "food"), (Recall, "recall") }) stub.Serve(address, Fixture(name));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_RecallOfSeveralProducts_IsOneEventOfItsGravestClass()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam, Northwind])).Ok();
        Assert.Equal(
            ["S1 fda-90001 fda-class-1 4 ongoing 2026-03-01", "S1 fda-90002 fda-unclassified 2 ongoing 2026-06-01", "S2 fda-80001 fda-class-3 2 completed 2026-02-02", "S3 fda-70001 fda-class-2 3 ongoing 2026-03-01"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Severity} {e.Stage} {e.OccurredAt:yyyy-MM-dd}").Order(StringComparer.Ordinal));
        EventSignal first = run.Events.Single(e => e.Id == "fda-90001");
        Assert.Equal("Class I recall of 2 products (Drugs), Contoso Pharma, Inc.: CGMP deviations", first.Title);
        Assert.Equal("fda-90001", first.Story);
        Assert.Contains("; root cause: Device Design; ", run.Events.Single(e => e.Id == "fda-80001").Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Contains("D-0001-2026, D-0002-2026", first.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal((1, "drug/enforcement D-0010-2026"), run.Audit.Reasons["no recalling_firm"]);
        Assert.Equal(2, run.Audit.Rejected);
        Assert.Equal(9, run.Audit.Read);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_LikeName_IsPossibleAndLower()
    {
        EventSignal[] unsure = [.. (await kit.RunAsync([ListFaults.Supplier("S9", "Contoso Pharma Services")])).Ok().Events.Where(e => e.Id != "fda-90003")];
        Assert.Equal(["possible 1", "possible 2"], unsure.Select(e => $"{e.Stage} {e.Severity}").Order(StringComparer.Ordinal));
        Assert.All(unsure, e => Assert.StartsWith("Possibly the supplier, by name only: ", e.Title, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_LikeNameInAnotherCountry_IsNoNews() =>
        Assert.Empty((await kit.RunAsync([ListFaults.Supplier("S9", "Contoso Pharma Services", "DE")])).Ok().Events);

    [Fact]
    public async Task FetchAsync_MoreThanAPage_AsksForTheNext()
    {
        stub.Serve(Drug, Fixture("drug").Replace("\"total\": 6", "\"total\": 1001", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        // A page of six of a thousand is not what was asked for: what it holds counts, and nothing may be withdrawn because of it.
        Assert.Equal(2, run.Events.Count);
        Assert.False(run.Updates[0].Complete);
        Assert.Contains("fewer records than it counts", Assert.Single(run.Audit.Reasons, r => r.Key.Contains("counts", StringComparison.Ordinal)).Key, StringComparison.Ordinal);

        string full = "{\"meta\":{\"results\":{\"skip\":SKIP,\"limit\":1000,\"total\":1002}},\"results\":[ROWS]}";
        string row = "{\"event_id\":\"E#\",\"recalling_firm\":\"Contoso Pharma Inc.\",\"country\":\"US\",\"report_date\":\"20260601\",\"classification\":\"Class II\",\"recall_number\":\"D-#\"}";
        string Page(int skip, int rows) => full.Replace("SKIP", $"{skip}", StringComparison.Ordinal).Replace("ROWS", string.Join(',', Enumerable.Range(skip, rows).Select(i => row.Replace("#", $"{i}", StringComparison.Ordinal))), StringComparison.Ordinal);
        stub.Serve(Drug, Page(0, 1000));
        const string Query = "?search=report_date:[20230801+TO+20260801]&sort=report_date:asc&limit=1000&skip=";
        stub.Serve(Drug + Query + "1000", Page(1000, 2));
        Assert.Equal(1002, (await kit.RunAsync([Contoso])).Ok().Events.Count);
    }

    [Fact]
    public async Task FetchAsync_NothingFitsOneEndpoint_TheOthersCount()
    {
        stub.ServeStatus(Food, 404, NoMatch);
        stub.ServeStatus(Recall, 404, "no such page", "text/html");
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(3, run.Events.Count);
        Assert.Contains(run.Audit.Reasons.Keys, r => r.StartsWith("the endpoint is not there", StringComparison.Ordinal));
        Assert.False(run.Updates[0].Complete);
        stub.ServeStatus(Drug, 404, "<html>gone</html>", "text/html");
        Assert.Equal(FailureKind.NotFound, (await kit.RunAsync([Contoso])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_FarFewerRecords_WithdrawsNothingUntilSomebodyLooked()
    {
        kit.Checkpoint = "drug/enforcement=40";
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Contains("--accept-shorter", run.Failure!.Message, StringComparison.Ordinal);
        kit.AcceptsShorter = true;
        Assert.Equal(2, (await kit.RunAsync([Contoso])).Ok().Events.Count);
        Assert.Equal("device/enforcement=1;device/recall=1;drug/enforcement=6;food/enforcement=1", kit.Checkpoint);
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCount()
    {
        stub.Serve(Food, Fixture("food").Replace("\"status\"", "\"phase\"", StringComparison.Ordinal).Replace("\"event_id\": \"70001\"", "\"event_id\": \"70001\", \"city\": 7", StringComparison.Ordinal));
        stub.Serve(Recall, Fixture("recall").Replace("\"res_event_number\"", "\"root\": 1, \"res_event_number\"", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam, Northwind])).Ok();
        Assert.Equal(4, run.Events.Count);
        string[] drift = [.. run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}")];
        Assert.Contains("Unknown phase 1", drift);
        Assert.Contains("Missing status 1", drift);
        Assert.Contains("Retyped city 1", drift);
        Assert.Contains(drift, d => d.StartsWith("Unknown root ", StringComparison.Ordinal));
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_LoseNothing() => SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso, Fabrikam, Northwind], Drug, Device, Food);

    [Fact]
    public async Task FetchAsync_Key_IsSentAndNeverSaid()
    {
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret");
        kit.Options["ApiKey"] = "file:" + file;
        (await kit.RunAsync([Contoso])).Ok();
        Assert.All(stub.Requests, r => Assert.Contains("api_key=s3cret", r.Query, StringComparison.Ordinal));
        stub.ServeStatus(Drug, 403, """{"error":{"code":"API_KEY_INVALID","message":"An invalid api_key was supplied."}}""");
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.Equal(FailureKind.Forbidden, run.Failure?.Kind);
        Assert.DoesNotContain("s3cret", run.Failure!.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_CountAsPythonDid()
    {
        stub.ServeFile(Drug, SharedFactAttribute.Path("sources", "openfda", "drug-enforcement.2026-01.json"));
        stub.ServeFile(Device, SharedFactAttribute.Path("sources", "openfda", "device-enforcement.examples.json"));
        stub.ServeFile(Food, SharedFactAttribute.Path("sources", "recalls-us", "openfda-food-enforcement.json"));
        stub.ServeFile(Recall, SharedFactAttribute.Path("sources", "openfda", "device-recall.examples.json"));
        Supplier[] suppliers = [ListFaults.Supplier("A", "ProRx LLC", "US"), ListFaults.Supplier("B", "Encore Medical LP", "US"), ListFaults.Supplier("C", "SKS Copack", "US"), ListFaults.Supplier("D", "Medinatura New Mexico Inc", "US")];
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        // Counted with Python: 3 of 209 drugs, one device, one of 882 device recalls, 3 foods.
        Assert.Equal(8, run.Audit.Read);
        Assert.Empty(run.Audit.Drifted);
        Assert.Equal(["A", "B", "C", "D"], run.Events.Select(e => e.Supplier.Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("2012-07-16", run.Events.Single(e => e.Supplier.Value == "B").OccurredAt.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OpenFda", "Fixtures", name + ".json"));
}
