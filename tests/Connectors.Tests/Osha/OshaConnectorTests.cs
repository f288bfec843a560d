using System.Text;
using Risk.Connectors.Osha;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Osha;

public sealed class OshaConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Inspections = "apiprod.dol.gov/v4/get/OSHA/inspection/json", Violations = "apiprod.dol.gov/v4/get/OSHA/violation/json";
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Foundry Inc.", "US"), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Motors, Inc.", "US");

    private const string InspectionRows = """
        "activity_nr","reporting_id","estab_name","site_city","site_state","open_date","close_case_date","insp_type","new_column"
        "340000001","0418200","CONTOSO FOUNDRY INC","COLUMBUS","GA","2025-11-03","","A","x"
        "340000002","0418200","CONTOSO FOUNDRY, INC.","COLUMBUS","GA","2024-01-29","2024-09-01","H","x"
        "340000003","0418200","CONTOSO FOUNDRY, INC.","COLUMBUS","GA","2014-01-29","","H","x"
        "340000004","0418200","CONTOSO FOUNDRY, INC.","COLUMBUS","GA","2026-01-29","","H","x"
        "340000005","0418200","FABRIKAM MOTORS INC","COLUMBUS","GA","never","","H","x"
        """;

    private const string ViolationRows = """
        "activity_nr","citation_id","delete_flag","viol_type","current_penalty","initial_penalty"
        "340000001","01001","","S","5783.00","9000.00"
        "340000001","01002","","O","0.00","0.00"
        "340000002","01001","","W","50000.00","50000.00"
        "340000002","01002","D","R","70000.00","70000.00"
        "340000003","01001","","W","1.00","1.00"
        """;

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new OshaModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_TablesInTheWorkspace_GiveInspectionsThatFoundSomething()
    {
        Put("osha_inspection0.csv", InspectionRows);
        Put("osha_violation0.csv", ViolationRows);
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(
            ["osha-340000001 serious 3 open 5783 2025-11-03", "osha-340000002 willful 4 closed 50000 2024-01-29"],
            run.Events.Select(e => $"{e.Id} {e.Type} {e.Severity} {e.Stage} {e.Amount} {e.OccurredAt:yyyy-MM-dd}").Order(StringComparer.Ordinal));
        Assert.Equal("Safety inspection after an accident at CONTOSO FOUNDRY INC, COLUMBUS, GA: violations 1 serious, 1 other; current penalty $5,783", run.Events.Single(e => e.Type == "serious").Title);
        Assert.Equal((1, "inspection 340000005"), run.Audit.Reasons["open_date is no date"]);
        Assert.Empty(stub.Requests);
    }

    [Theory]
    [InlineData("osha_inspection1.csv", "a,b\n1,2\n")]
    [InlineData("osha_violation1.csv", "<html></html>")]
    [InlineData("page.html", "<html><body>Please sign in</body></html>")]
    [InlineData("page.html", "<html><body>Inspection: 340000009 - Contoso Foundry Inc <td>Open Date: 03/02/2026</td>\0</body></html>")]
    public async Task FetchAsync_AnotherFile_IsNamedAndLosesNothing(string name, string content)
    {
        Put("osha_inspection0.csv", InspectionRows);
        Put("osha_violation0.csv", ViolationRows);
        (await kit.RunAsync([Contoso])).Ok();
        Put(name, content);
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains("sources/osha/" + name, run.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_Interface_GivesTheSame()
    {
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret");
        kit.Options["ApiKey"] = "file:" + file;
        stub.Serve(Inspections, """{"data":[{"activity_nr":340000001,"estab_name":"CONTOSO FOUNDRY INC","site_city":"COLUMBUS","site_state":"GA","open_date":"2025-11-03T00:00:00","close_case_date":null,"insp_type":"H"}]}""");
        stub.Serve(Violations, """{"data":[{"activity_nr":340000001,"citation_id":"01001","viol_type":"R","current_penalty":120000.5,"delete_flag":null}]}""");
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal("osha-340000001 repeat 3 open 120000.5", Assert.Single(run.Events.Select(e => FormattableString.Invariant($"{e.Id} {e.Type} {e.Severity} {e.Stage} {e.Amount}"))));
        Assert.Contains("""filter_object={"field":"open_date","operator":"gt","value":"2023-08-01"}""", Uri.UnescapeDataString(stub.Requests[0].Query), StringComparison.Ordinal);
        await SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso], Inspections, Violations);
        stub.ServeStatus(Inspections, 401);
        Assert.DoesNotContain("s3cret", (await kit.RunAsync([Contoso])).Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    public async Task FetchAsync_NothingBehindTheLastRow_IsTheEnd(int status)
    {
        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret");
        kit.Options["ApiKey"] = "file:" + file;
        string row = """{"activity_nr":#,"estab_name":"CONTOSO FOUNDRY INC","site_city":"COLUMBUS","site_state":"GA","open_date":"2025-11-03T00:00:00","close_case_date":null,"insp_type":"H"}""";
        string full = "{\"data\":[" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => row.Replace("#", $"{340000000 + i}", StringComparison.Ordinal))) + "]}";
        stub.Fail(Inspections, (context, _) => context.Request.Query["offset"] == "0" ? Faults.Instead(Encoding.UTF8.GetBytes(full))(context, default) : Nothing(context, status));
        stub.Serve(Violations, """{"data":[{"activity_nr":340000001,"citation_id":"01001","viol_type":"R","current_penalty":1000,"fta_penalty":"500.00","delete_flag":null}]}""");
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal(10_000, run.Audit.Read);
        Assert.Equal(1500, Assert.Single(run.Events).Amount);

        // Nothing in the place of the first page is no answer.
        stub.Fail(Violations, (context, _) => Nothing(context, status));
        Assert.NotNull((await kit.RunAsync([Contoso])).Failure);

        static Task Nothing(Microsoft.AspNetCore.Http.HttpContext context, int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task FetchAsync_ColumnsThatChanged_AreToldWithTheirCount()
    {
        Put("osha_inspection0.csv", InspectionRows.Replace("close_case_date", "case_closed", StringComparison.Ordinal));
        Put("osha_violation0.csv", ViolationRows);
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal(2, run.Events.Count);
        Assert.Equal(["Missing close_case_date 5", "Unknown case_closed 5", "Unknown new_column 5"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));

        string file = Path.Combine(kit.Folder, "key");
        await File.WriteAllTextAsync(file, "s3cret");
        kit.Options["ApiKey"] = "file:" + file;
        stub.Serve(Inspections, """{"data":[{"activity_nr":340000007,"estab_name":"CONTOSO FOUNDRY INC","city":"COLUMBUS","site_state":1,"open_date":"2025-11-03T00:00:00","close_case_date":null,"insp_type":"H"}]}""");
        stub.Serve(Violations, """{"data":[{"activity_nr":340000007,"citation_id":"01001","viol_type":"R","current_penalty":1000,"delete_flag":null}]}""");
        ConnectorRun second = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal(1, second.Audit.Drifted[(FieldDrift.Retyped, "site_state")]);
        Assert.Equal(1, second.Audit.Drifted[(FieldDrift.Missing, "site_city")]);
        Assert.Equal(1, second.Audit.Drifted[(FieldDrift.Unknown, "city")]);
    }

    [Fact]
    public async Task FetchAsync_AccidentThatIsStillLookedInto_IsTold()
    {
        Put("osha_inspection0.csv", """
            "activity_nr","estab_name","site_city","site_state","open_date","close_case_date","insp_type"
            "340000011","CONTOSO FOUNDRY INC","COLUMBUS","GA","2026-07-03","","M"
            "340000012","CONTOSO FOUNDRY INC","COLUMBUS","GA","2026-07-03","","A"
            "340000013","CONTOSO FOUNDRY INC","COLUMBUS","GA","2026-06-03","2026-07-01","M"
            "340000014","CONTOSO FOUNDRY INC","COLUMBUS","GA","2026-07-03","","H"
            """);
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal(["osha-340000011 accident 3 open ", "osha-340000012 accident 2 open "], run.Events.Select(e => $"{e.Id} {e.Type} {e.Severity} {e.Stage} {e.Amount}").Order(StringComparer.Ordinal));
        Assert.Equal("Safety inspection after a death or catastrophe at CONTOSO FOUNDRY INC, COLUMBUS, GA: no violation found so far", run.Events.Single(e => e.Severity == 3).Title);
    }

    [Fact]
    public async Task FetchAsync_SavedPageOfAClosedCase_IsReadWhole()
    {
        Put("page.html", """
            <html><body><strong>Case Status: CLOSED</strong><strong><a name="340000009"></a>Inspection: 340000009 - Contoso Foundry &amp; Sons, Inc.</strong>
            <td>Open Date: 03/02/2026</td><tr><td>1 Mill Rd.<br/>Columbus, GA 31904</td></tr><td>Inspection Type:</td><td>Planned</td><td nowrap>Close Case:</td><td width="25%"></td>
            <tr><td>Current Violations</td><td>1</td><td></td><td>2</td><td></td><td>1</td><td>4</td></tr>
            <tr><td>Current Penalty</td><td> $1,000</td><td> $0</td><td> $20,000</td><td> $0</td><td> $0</td><td> $21,000</td></tr>
            <tr><td>FTA Amount</td><td> $0</td><td> $0</td><td> $500</td><td> $0</td><td> $0</td><td> $500</td></tr></body></html>
            """);
        Risk.Rules.Signals.EventSignal inspection = Assert.Single((await kit.RunAsync([ListFaults.Supplier("S1", "Contoso Foundry & Sons Inc.", "US")])).Ok().Events);
        Assert.Equal("osha-340000009 repeat 3 closed 21500", FormattableString.Invariant($"{inspection.Id} {inspection.Type} {inspection.Severity} {inspection.Stage} {inspection.Amount}"));
        Assert.Equal("Safety inspection at Contoso Foundry & Sons, Inc., Columbus, GA: violations 2 repeat, 1 serious, 1 other; current penalty $21,500", inspection.Title);
    }

    [SharedFact]
    public async Task FetchAsync_RecordedPage_SaysWhatItSays()
    {
        string folder = Directory.CreateDirectory(Path.Combine(kit.Folder, "sources", "osha")).FullName;
        File.Copy(SharedFactAttribute.Path("sources", "osha", "inspection-detail-1458614.015.html"), Path.Combine(folder, "inspection.html"));
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("A", "Group 1 Automotive Inc", "US")])).Ok();
        Risk.Rules.Signals.EventSignal inspection = Assert.Single(run.Events);
        Assert.Equal("https://www.osha.gov/ords/imis/establishment.inspection_detail?id=1458614.015", inspection.Evidence.Url);
        Assert.Equal("Safety inspection after an accident at Group 1 Automotive, Inc., Columbus, GA: violations 1 serious; current penalty $5,783", inspection.Title);
        Assert.Equal("osha-1458614 serious 3 open 2020-01-29", $"{inspection.Id} {inspection.Type} {inspection.Severity} {inspection.Stage} {inspection.OccurredAt:yyyy-MM-dd}");
    }

    private void Put(string name, string content) => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(kit.Folder, "sources", "osha")).FullName, name), content);
}
