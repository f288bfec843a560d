using Risk.Connectors.FdaWarningLetters;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.FdaWarningLetters;

public sealed class FdaWarningLettersConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.fda.gov/datatables/views/ajax";
    private const string Table = """
        url,posted_date,letter_date,company,issuing_office,subject
        /warning-letters/contoso-pharma-700001-03122026,03/17/2026,03/12/2026,"Contoso Pharma, LLC dba Fabrikam Labs",CDER,"CGMP/Finished Pharmaceuticals/Adulterated"
        /warning-letters/northwind-vapes-700002-01052026,01/20/2026,,Northwind Vapes Inc,Center for Tobacco Products,Family Smoking Prevention and Tobacco Control Act
        /warning-letters/nobody-700003,someday,never,Nobody Inc,CDER,CGMP
        """;

    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Pharma LLC", "US"), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Labs", "US"), Northwind = ListFaults.Supplier("S3", "Northwind Vapes, Inc.");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new FdaWarningLettersModule(), stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_TableInTheWorkspace_GivesLettersByName()
    {
        Put(Table);
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam, Northwind])).Ok();
        Assert.Equal(
            ["S1 contoso-pharma-700001-03122026 manufacture 3 open 2026-03-12", "S2 contoso-pharma-700001-03122026 manufacture 3 open 2026-03-12", "S3 northwind-vapes-700002-01052026 trade 2 open 2026-01-20"],
            run.Events.Select(e => $"{e.Supplier} {e.Id["fda-letter-".Length..]} {e.Type} {e.Severity} {e.Stage} {e.OccurredAt:yyyy-MM-dd}").Order(StringComparer.Ordinal));
        Assert.Equal("https://www.fda.gov/warning-letters/contoso-pharma-700001-03122026", run.Events[0].Evidence.Url);
        Assert.Equal((1, "Nobody Inc"), run.Audit.Reasons["neither letter_date nor posted_date is a date"]);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task FetchAsync_ThePagesOwnExport_IsReadToo()
    {
        Put("\"Posted Date\",\"Letter Issue Date\",\"Company Name\",\"Issuing Office\",\"Subject\",\"Response Letter\",\"Closeout Letter\"\n03/17/2026,03/12/2026,\"Contoso Pharma, LLC\",CDER,CGMP,,05/01/2026\n");
        Risk.Rules.Signals.EventSignal letter = Assert.Single((await kit.RunAsync([Contoso])).Ok().Events);
        Assert.Equal("closed", letter.Stage);
        Assert.Equal("fda-letter-contoso-pharma-llc-03-12-2026", letter.Id);
    }

    [Fact]
    public async Task FetchAsync_ColumnsThatChanged_AreToldWithTheirCount()
    {
        Put("\"Posted Date\",\"Letter Issue Date\",\"Company Name\",\"Office\",\"Subject\"\n03/17/2026,03/12/2026,\"Contoso Pharma, LLC\",CDER,CGMP\n03/17/2026,03/12/2026,Other LLC,CDER,CGMP\n");
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["Missing issuing_office 2", "Unknown office 2"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("url,posted_date,letter_date,company\n")]
    [InlineData("<html><body>Please sign in</body></html>")]
    [InlineData("url,firm,date\na,b,c\n")]
    public async Task FetchAsync_SomethingElseInTheFile_LosesNothing(string content)
    {
        Put(Table);
        (await kit.RunAsync([Contoso])).Ok();
        Put(content);
        ConnectorRun run = await kit.RunAsync([Contoso]);
        Assert.True(run.Failure?.IsQuarantine);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_NoFile_AsksThePagesScript()
    {
        const string Row = """["<time datetime=\"2026-03-17T12:00:00Z\">03/17/2026</time>","<time datetime=\"2026-03-12T12:00:00Z\">03/12/2026</time>","<a href=\"/warning-letters/contoso-1\">Contoso Pharma &amp; Co LLC</a>","CDER","CGMP","","<a href=\"/x\">Closeout</a>",""]""";
        stub.Serve(Address, $$"""{"draw":1,"recordsTotal":2,"recordsFiltered":2,"data":[{{Row}},{{Row.Replace("contoso-1", "contoso-2", StringComparison.Ordinal)}}]}""");
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("S1", "Contoso Pharma & Co LLC")])).Ok();
        Assert.Equal("XMLHttpRequest", stub.Requests[0].Headers["X-Requested-With"]);
        Assert.Empty(run.Audit.Drifted);
        Assert.Equal(["fda-letter-contoso-1 closed 2026-03-12", "fda-letter-contoso-2 closed 2026-03-12"], run.Events.Select(e => $"{e.Id} {e.Stage} {e.OccurredAt:yyyy-MM-dd}"));
        await SourceFaults.KeepWhatIsKnownAsync(kit, stub, [ListFaults.Supplier("S1", "Contoso Pharma & Co LLC")], Address);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        Put(await File.ReadAllTextAsync(SharedFactAttribute.Path("sources", "fda-warning-letters", "warning_letters.2026-03-17.csv")));
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("A", "Exactech, Inc."), ListFaults.Supplier("B", "Novo Nordisk Inc.", "US"), ListFaults.Supplier("C", "Simtra BioPharma Solutions")])).Ok();
        // Counted with Python: rows; letters by company. One word alone is never sure.
        Assert.Equal(3374, run.Audit.Read);
        Assert.Empty(run.Audit.Drifted);
        Assert.Equal(0, run.Audit.Rejected);
        Assert.Equal(["A possible 2", "B open 2", "C open 1"], run.Events.GroupBy(e => $"{e.Supplier} {e.Stage}").Select(g => $"{g.Key} {g.Count()}").Order(StringComparer.Ordinal));
    }

    private void Put(string content)
    {
        string folder = Directory.CreateDirectory(Path.Combine(kit.Folder, "sources", "fda-warning-letters")).FullName;
        File.WriteAllText(Path.Combine(folder, "letters.csv"), content);
    }
}
