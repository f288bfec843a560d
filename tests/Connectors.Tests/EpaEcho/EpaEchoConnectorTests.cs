using Risk.Connectors.EpaEcho;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.EpaEcho;

public sealed class EpaEchoConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Host = "echodata.epa.gov/echo/";
    private const string AirCounts = Host + "air_rest_services.get_facilities", AirRows = Host + "air_rest_services.get_download", WaterCounts = Host + "cwa_rest_services.get_facilities", WaterRows = Host + "cwa_rest_services.get_download";
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Energy LLC", "US"), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Castings Inc"), Abroad = ListFaults.Supplier("S3", "Contoso Energy LLC", "DE");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new EpaEchoModule(), stub);
        stub.Serve(AirCounts, Counts(2));
        stub.Serve(WaterCounts, Counts(2));
        stub.Serve(AirRows, """
            "AIRName","SourceID","AIRCity","AIRState","RegistryID","AIRComplStatus","AIRHpvStatus","AIRQtrsWithViol","AIRLastViolDate","AIRLastEvalDate","AIRLastFeaDate","AIRPenalties"
            "CONTOSO ENERGY, LLC - SUTTON ELECTRIC PLANT","NC01","WILMINGTON","NC","110000350174","High Priority Violation","Unaddressed-State",4,"05/11/2026","04/30/2026","","$12,500"
            "CONTOSO ENERGY, LLC - SPRING","NC02","WILMINGTON","NC","110000350175","No Violation Identified","",0,"","","",""
            """, "text/csv");
        stub.Serve(WaterRows, """
            "CWPName","SourceID","CWPCity","CWPState","RegistryID","CWPDateLastInspection","CWPSNCStatus","CWPVioStatus","CWPQtrsWithNC","CWPDateLastFea","CWPTotalPenalties"
            "FABRIKAM CASTINGS","TX01","BRYAN","TX","1100",,"","Reportable Noncompliance",1,,
            "FABRIKAM CASTINGS","TX02","BRYAN","TX","1101",,"Effluent - Monthly Average Limit","Effluent - Monthly Average Limit",7,"03/02/2026","$0"
            """, "text/csv");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_FacilitiesInViolation_AreJoinedByOperator()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam, Abroad])).Ok();
        Assert.Equal(
            ["S1 epa-air-NC01 air-significant 3 open 2026-05-11 12500", "S2 epa-water-TX01 water-violation 2 open 2026-07-01 ", "S2 epa-water-TX02 water-significant 3 open 2026-03-02 "],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Severity} {e.Stage} {e.OccurredAt:yyyy-MM-dd} {e.Amount}").Order(StringComparer.Ordinal));
        Assert.Equal("https://echo.epa.gov/detailed-facility-report?fid=110000350174", run.Events.Single(e => e.Id == "epa-air-NC01").Evidence.Url);
        Assert.Equal(4, run.Audit.Read);
        Assert.Contains("quarters with violations of the last twelve: 4; last inspection 04/30/2026; last formal action none given", run.Events.Single(e => e.Id == "epa-air-NC01").Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(["S1", "S2", "S3"], run.Updates.Cast<SupplierUpdate>().Where(u => u is { Complete: true, Gap: null }).Select(u => u.Supplier.Value).Order());
        Assert.Empty(run.Audit.Drifted);
        Assert.EndsWith("&p_fntype=BEGINS", stub.Requests[0].Query, StringComparison.Ordinal);
        Assert.Contains("p_fn=contoso%20energy%2Cfabrikam%20castings", stub.Requests[0].Query, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, stub.Requests.Count);
    }

    [Fact]
    public async Task FetchAsync_TooWideAQuery_IsAskedInHalves()
    {
        stub.Serve(AirCounts, """{"Results":{"Error":{"ErrorMessage":"Rows Returned would be 131843. Queryset Limit would be exceeded - please make search parameters more selective."}}}""");
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(2, run.Audit.Reasons["the name fits more facilities than ECHO gives; give the supplier its full name"].Count);
        Assert.All(run.Updates.Cast<SupplierUpdate>(), u => Assert.Contains("fits more plants than ECHO gives", u.Gap?.Message, StringComparison.Ordinal));
        Assert.All(run.Updates, u => Assert.False(u.Complete));
        Assert.Equal(2, run.Events.Count);
    }

    [Theory]
    [InlineData("Unaddressed-State", "High Priority Violation", "air-significant")]
    [InlineData("Addressed-EPA", "Violation Identified", "air-significant")]
    [InlineData("Yes", "", "air-significant")]
    [InlineData("Violation w/in 1 Year", "Violation w/in 1 Year", "air-violation")]
    [InlineData("Violation-Unresolved", "", "air-violation")]
    [InlineData("No Violation Identified", "No Violation Identified", "")]
    [InlineData("Not Applicable", "Undetermined", "")]
    public void SeverityOf_WordsOfAirLaw_AreTheAgencys(string high, string status, string type) => Assert.Equal(type, TypeOf("air", high, status));

    [Theory]
    [InlineData("Effluent - Non-monthly Average Limit", "Effluent - Non-monthly Average Limit", "water-significant")]
    [InlineData("", "Reportable Noncompliance", "water-violation")]
    [InlineData("", "Noncompliance", "water-violation")]
    [InlineData("", "Other Violation", "water-violation")]
    [InlineData("", "Resolved - Pending", "")]
    [InlineData("Resolved", "Resolved", "")]
    [InlineData("No", "No", "")]
    [InlineData("-", "Terminated Permit", "")]
    public void SeverityOf_WordsOfWaterLaw_AreTheAgencys(string gravest, string status, string type) => Assert.Equal(type, TypeOf("water", gravest, status));

    [Fact]
    public async Task FetchAsync_TakenForARobot_StopsAndGoesOnThereNextTime()
    {
        Supplier[] many = [.. Enumerable.Range(0, 60).Select(i => ListFaults.Supplier($"M{i:00}", $"Widgets Number{i} Works Inc", "US"))];
        stub.Serve(AirCounts, Counts(0));
        stub.Serve(WaterCounts, Counts(0));
        stub.Fail(AirCounts, (context, body) => context.Request.QueryString.Value!.Contains("number30", StringComparison.Ordinal)
            ? Faults.Instead("""{"Error":{"ErrorMessage":"Your query has been identified as a robotic or programmed query, and has been blocked."}}"""u8.ToArray())(context, body) : Faults.Instead(body.ToArray())(context, body));
        ConnectorRun run = await kit.RunAsync(many);
        Assert.Equal(FailureKind.RateLimited, run.Failure?.Kind);
        Assert.Equal(25, run.Updates.Count);
        stub.Mend(AirCounts);
        ConnectorRun second = (await kit.RunAsync(many)).Ok();
        Assert.Equal(60, second.Updates.Count);
        Assert.Equal("M25", ((SupplierUpdate)second.Updates[0]).Supplier.Value);
    }

    [Fact]
    public async Task FetchAsync_OneQueryThatFails_KeepsNoOtherBack()
    {
        Supplier[] many = [.. Enumerable.Range(0, 60).Select(i => ListFaults.Supplier($"M{i:00}", $"Widgets Number{i} Works Inc", "US"))];
        stub.Serve(AirCounts, Counts(0));
        stub.Serve(WaterCounts, Counts(0));
        stub.Fail(AirCounts, (context, body) => context.Request.QueryString.Value!.Contains("number30", StringComparison.Ordinal)
            ? Faults.Instead("<html></html>"u8.ToArray())(context, body) : Faults.Instead(body.ToArray())(context, body));
        ConnectorRun run = await kit.RunAsync(many);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Equal(35, run.Updates.Count);
    }

    [Fact]
    public async Task FetchAsync_ColumnsThatChanged_AreToldWithTheirCount()
    {
        stub.Serve(WaterRows, """
            "CWPName","SourceID","CWPCity","CWPState","RegistryID","CWPDateLastInspection","CWPSNCStatus","CWPVioStatus","CWPQtrsWithNC","CWPDateLastFea","CWPPenalties","Score"
            "FABRIKAM CASTINGS","TX01","BRYAN","TX","1100",,"","Reportable Noncompliance",1,,,9
            "FABRIKAM CASTINGS","TX02","BRYAN","TX","1101",,"","Resolved",1,,,9
            """, "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["Missing CWPTotalPenalties 2", "Unknown CWPPenalties 2", "Unknown Score 2"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_OtherRefusals_LoseNothing()
    {
        stub.Serve(AirCounts, """{"Results":{"Error":{"ErrorMessage":"Invalid parameter."}}}""");
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains("Invalid parameter", run.Failure!.Message, StringComparison.Ordinal);
        stub.Serve(AirCounts, Counts(3));
        Assert.Equal(FailureKind.Truncated, (await kit.RunAsync([Contoso])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_NoStatusInTheAnswer_LeavesTheSupplierUnchecked()
    {
        stub.Serve(WaterRows, "\"CWPName\",\"SourceID\"\n\"FABRIKAM CASTINGS\",\"TX01\"\n\"FABRIKAM CASTINGS\",\"TX02\"\n", "text/csv");
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(2, run.Audit.Drifted[(FieldDrift.Missing, "CWPSNCStatus")]);
        Assert.DoesNotContain(run.Events, e => e.Supplier.Value == "S2");
        SupplierUpdate[] updates = [.. run.Updates.Cast<SupplierUpdate>()];
        Assert.Null(updates.Single(u => u.Supplier.Value == "S1").Gap);
        SupplierUpdate silent = updates.Single(u => u.Supplier.Value == "S2");
        Assert.Equal("ECHO names 2 plants of the supplier without their compliance status; nothing is said of them.", silent.Gap?.Message);
        Assert.False(silent.Complete);
    }

    [Fact]
    public async Task FetchAsync_HostileAnswers_LoseNothing()
    {
        await SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso, Fabrikam], AirCounts, WaterCounts);
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Truncate(100), Faults.Bomb(300), Faults.Status(503), Faults.Reset })
        {
            stub.Fail(WaterRows, fault);
            Assert.Empty((await kit.RunAsync([Contoso, Fabrikam])).Updates);
        }
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_CountAsPythonDid()
    {
        stub.ServeFile(AirCounts, SharedFactAttribute.Path("sources", "epa-echo", "air_rest_services.get_facilities.json"));
        stub.ServeFile(Host + "air_rest_services.get_geojson", SharedFactAttribute.Path("sources", "epa-echo", "air_rest_services.get_geojson.json"));
        stub.ServeStatus(AirRows, 404);
        stub.ServeFile(WaterCounts, SharedFactAttribute.Path("sources", "epa-echo", "cwa_rest_services.get_facilities.json"));
        stub.ServeFile(WaterRows, SharedFactAttribute.Path("sources", "epa-echo", "cwa_rest_services.get_download.csv"), "text/csv");
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("A", "Duke Energy Progress LLC", "US")])).Ok();
        // Counted with Python: one plant under air law, the rows of the CSV under water law; none comes with a status.
        string[] lines = await File.ReadAllLinesAsync(SharedFactAttribute.Path("sources", "epa-echo", "cwa_rest_services.get_download.csv"));
        Assert.Equal(lines.Skip(1).Select(l => l.Split("\",\"")[1]).Distinct().Count() + 1, run.Audit.Read);
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(lines.Length - 1, run.Audit.Drifted[(FieldDrift.Missing, "CWPSNCStatus")]);
        Assert.Empty(run.Events);
        Assert.Contains("1 plants of the supplier without their compliance status", Assert.IsType<SupplierUpdate>(Assert.Single(run.Updates)).Gap?.Message, StringComparison.Ordinal);
    }

    private static string TypeOf(string program, string gravest, string status) =>
        EpaEchoMapper.SeverityOf(new EpaEchoRecord(program, "CONTOSO", "1", "", "", "", gravest, status, "", "", "", "", "")) switch { 3 => program + "-significant", 2 => program + "-violation", _ => "" };

    private static string Counts(int rows) => $$$"""{"Results":{"Message":"Success","QueryRows":"{{{rows}}}","TotalPenalties":"$0","BadSystemIDs":null,"QueryID":"979"}}""";
}
