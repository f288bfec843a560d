using System.Text.Json;
using Risk.Connectors.FederalRegister;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.FederalRegister;

public sealed class FederalRegisterConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.federalregister.gov/api/v1/documents.json";
    private static readonly Supplier Contoso = ListFaults.Supplier("S1", "Contoso Steel Co., Ltd."), Fabrikam = ListFaults.Supplier("S2", "Fabrikam Park");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new FederalRegisterModule(), stub);
        stub.Serve(Address, Answer(
            Document("2026-00001", "Certain Steel Nails: Preliminary Results of Antidumping Duty Review", "international-trade-administration", "respondents <span class=\"match\">Contoso</span> <span class=\"match\">Steel Co., Ltd</span>. and &amp; <b>others</b>"),
            Document("2026-00002", "Additions of Entities to the Entity List", "industry-and-security-bureau", "15. <span class=\"match\">Contoso Steel Co., Ltd.</span>, China"),
            Document("2026-00003", "Meeting of the Advisory Committee", "interior-department", "the <span class=\"match\">Fabrikam Park</span> National Monument"),
            Document("2026-00004", "Sunshine Act Meeting", "interior-department", "nothing marked here")));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_NamesInDocuments_AreJoinedByWhatIsMarked()
    {
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam, ListFaults.Supplier("S3", "Northwind Traders GmbH")])).Ok();
        Assert.Equal(
            ["S1 fr-2026-00001 trade-remedy 3 ", "S1 fr-2026-00002 export-control 4 ", "S2 fr-2026-00003 notice 1 possible"],
            run.Events.Select(e => $"{e.Supplier} {e.Id} {e.Type} {e.Severity} {e.Stage}").Order(StringComparer.Ordinal));
        Assert.Equal((1, "document 2026-00004"), run.Audit.Reasons["neither excerpt nor title shows what was found"]);
        Assert.DoesNotContain('<', run.Events[0].Evidence.Excerpt);
        Assert.False(run.Updates[0].Complete);
        string query = Uri.UnescapeDataString(Assert.Single(stub.Requests).Query);
        Assert.Contains("conditions[term]=\"Contoso Steel Co., Ltd.\" | \"Fabrikam Park\" | \"Northwind Traders GmbH\"&conditions[publication_date][gte]=2024-08-01&", query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ManySuppliers_ShareQuestions()
    {
        stub.Serve(Address, """{"count":0}""");
        (await kit.RunAsync([.. Enumerable.Range(0, 50).Select(i => ListFaults.Supplier($"S{i}", $"Number {i} Holding GmbH"))])).Ok();
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task FetchAsync_TooManyHits_AsksInHalves()
    {
        stub.Serve(Address, """{"count":2001,"results":[]}""");
        ConnectorRun run = (await kit.RunAsync([Contoso, Fabrikam])).Ok();
        Assert.Equal(3, stub.Requests.Count);
        Assert.Equal(2, run.Audit.Reasons["the name is in more documents than the register gives; the newest were taken"].Count);
    }

    [Fact]
    public async Task FetchAsync_NameInTheTitleOnly_IsPossible()
    {
        const string Titled = """{"document_number":"2026-00009","type":"Rule","title":"Order Denying Export Privileges: Contoso Steel","publication_date":"2026-07-01","html_url":"","agencies":[{"slug":"industry-and-security-bureau"}],"excerpts":"nothing marked","abstract":null}""";
        stub.Serve(Address, $$"""{"count":1,"results":[{{Titled}}]}""");
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Equal("export-control 2 possible", Assert.Single(run.Events.Select(e => $"{e.Type} {e.Severity} {e.Stage}")));
        Assert.Empty(run.Audit.Drifted);
    }

    [Fact]
    public async Task FetchAsync_AgencyWithANameOnly_IsTheAgency()
    {
        const string Named = """{"document_number":"2026-00009","type":"Notice","title":"Notice of OFAC Sanctions Action","publication_date":"2026-07-01","html_url":"","agencies":[{"raw_name":"Office of Foreign Assets Control","name":null,"id":null,"slug":null},{"raw_name":"Department of the Treasury"}],"excerpts":"<span class=\"match\">Contoso Steel Co., Ltd.</span>"}""";
        stub.Serve(Address, $$"""{"count":1,"results":[{{Named}}]}""");
        Assert.Equal("sanctions", Assert.Single((await kit.RunAsync([Contoso])).Ok().Events).Type);
    }

    [Fact]
    public async Task FetchAsync_FieldsThatChanged_AreToldWithTheirCount()
    {
        const string Other = """{"document_number":"2026-00009","type":7,"title":"t","date":"2026-07-01","publication_date":"2026-07-01","agencies":[],"excerpts":"<span class=\"match\">Contoso Steel Co., Ltd.</span>"}""";
        stub.Serve(Address, $$"""{"count":1,"results":[{{Other}}]}""");
        ConnectorRun run = (await kit.RunAsync([Contoso])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["Missing abstract 1", "Missing html_url 1", "Retyped type 1", "Unknown date 1"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_LoseNothing() => SourceFaults.KeepWhatIsKnownAsync(kit, stub, [Contoso, Fabrikam], Address);

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "federal-register", "documents.term-search.json"));
        ConnectorRun run = (await kit.RunAsync([ListFaults.Supplier("A", "Bears Ears")])).Ok();
        // Counted with Python: five of 110, all with a marked "Bears Ears", none with a legal form.
        Assert.Equal(5, run.Audit.Read);
        Assert.Equal(["possible 1 5"], run.Events.GroupBy(e => $"{e.Stage} {e.Severity}").Select(g => $"{g.Key} {g.Count()}"));
        Assert.Contains("the answer holds fewer documents than it counts; what it holds was taken", run.Audit.Reasons.Keys);
    }

    private static string Document(string number, string title, string agency, string excerpts) => JsonSerializer.Serialize(new
    {
        document_number = number, title, type = "Notice", @abstract = (string?)null, publication_date = "2026-05-04", html_url = "https://www.federalregister.gov/documents/" + number, excerpts,
        agencies = new[] { new { slug = agency, name = agency } },
    });

    private static string Answer(params string[] documents) => $$"""{"description":"x","count":{{documents.Length}},"total_pages":1,"results":[{{string.Join(',', documents)}}]}""";
}
