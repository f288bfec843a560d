using System.Text.Json;
using Risk.Connectors.CourtListener;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.CourtListener;

public sealed class CourtListenerConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Search = "www.courtlistener.com/api/rest/v4/search/";
    private const string Token = "0a1b2c3d-secret-token";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new CourtListenerModule(), stub);
        string file = Path.Combine(kit.Folder, "token");
        await File.WriteAllTextAsync(file, Token + "\n");
        kit.Options["Token"] = "file:" + file;
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Bankruptcy_IsTheCaseThatTheCourtsOwnFeedTells()
    {
        Serve(Result("In re: Harrow Castings, Inc., et al.", "nysb", "26-10992", "2026-03-02", chapter: "11"));

        EventSignal found = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("insolvency", "bankruptcy", "nysb-26-10992", "us-bankruptcy-2026", "filed", 5), (found.Name, found.Type, found.Id, found.Story, found.Stage, found.Severity));
        Assert.Equal("https://www.courtlistener.com/docket/1/harrow/", found.Evidence.Url);
        Assert.Equal("Token " + Token, stub.Requests[0].Headers["Authorization"]);
        Assert.Contains("caseName%3A%22Harrow%20Castings%2C%20Inc.%22", stub.Requests[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Suits_AreTheDefendants()
    {
        Serve(
            Result("Doe v. Harrow Castings, Inc.", "nysd", "1:26-cv-02029", "2026-03-13"), Result("Harrow Castings, Inc. v. Doe", "nysd", "1:26-cv-02030", "2026-03-13"),
            Result("Trustee v. Harrow Castings, Inc.", "deb", "26-50001", "2026-03-14", terminated: "2026-07-01"), Result("In re Grand Jury", "ca9", "24-2533", "2024-04-22"));

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal([("civil-suit", "filed", "nysd-26-cv-02029"), ("sued-by-estate", "concluded", "deb-26-50001")], run.Events.Select(e => (e.Type, e.Stage, e.Id)).OrderBy(e => e.Type, StringComparer.Ordinal));
        Assert.Equal((4, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task Fetch_ResultsWithoutFields_AreCounted()
    {
        stub.Serve(Search, "{\"count\":5,\"results\":[null,{},{\"caseName\":\"A v. B\"},{\"caseName\":\"A v. B\",\"court_id\":\"nysd\",\"docketNumber\":null},{\"caseName\":\"A v. B\",\"court_id\":\"nysd\",\"docketNumber\":\"1:26-cv-1\",\"dateFiled\":null}]}");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal((5, 5), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["dateFiled is no date", "docketNumber has no year and number", "no caseName", "no court_id"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_ManySuppliers_AreAskedInTurns()
    {
        Serve();
        Supplier[] suppliers = [.. Enumerable.Range(0, 70).Select(i => Harrow with { Id = new SupplierId($"S{i:00}"), Country = i == 5 ? "DE" : i % 2 == 0 ? "US" : "" })];

        await kit.RunAsync(suppliers);
        Assert.Equal((50, "S50"), (stub.Requests.Count, kit.Checkpoint));
        await kit.RunAsync(suppliers);
        Assert.Equal((100, "S31"), (stub.Requests.Count, kit.Checkpoint));
    }

    [Fact]
    public async Task Fetch_Faults_CheckNobody()
    {
        Serve(Result("Doe v. Harrow Castings, Inc.", "nysd", "1:26-cv-02029", "2026-03-13"));
        await FetchFaults.EachAsync(stub, Search, async name =>
        {
            ConnectorRun run = await kit.RunAsync([Harrow]);
            Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
            Assert.Empty(run.Updates.OfType<SupplierUpdate>());
            Assert.DoesNotContain(Token, run.Failure?.ToString() ?? "", StringComparison.Ordinal);
        });
        Assert.Single((await kit.RunAsync([Harrow])).Ok().Updates.OfType<SupplierUpdate>());
    }

    [SharedFact]
    public async Task Fetch_Recording_IsRead()
    {
        stub.ServeFile(Search, SharedFactAttribute.Path("sources", "courtlistener", "search-v4-type-r.json"));

        ConnectorRun run = (await kit.RunAsync([Harrow, Harrow with { Id = new SupplierId("S2"), Name = "Microsoft Corporation" }, Harrow with { Id = new SupplierId("S3"), Name = "Cortland Holdings LLC" }])).Ok();

        Assert.Equal((60, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["S2 civil-suit nysd-23-cv-11195", "S3 civil-suit gand-23-cv-05921"], run.Events.Select(e => $"{e.Supplier} {e.Type} {e.Id}"));
    }

    private static Supplier Harrow { get; } = new() { Id = new SupplierId("S1"), Name = "Harrow Castings, Inc.", Country = "US" };

    private static object Result(string name, string court, string number, string filed, string? chapter = null, string? terminated = null) => new
    {
        caseName = name, court = "A court", court_id = court, docketNumber = number, dateFiled = filed, dateTerminated = terminated, chapter, suitNature = "", docket_absolute_url = "/docket/1/harrow/", party = new[] { "A Person" },
    };

    private void Serve(params object[] results) => stub.Serve(Search, JsonSerializer.Serialize(new { count = results.Length, next = (string?)null, results }));
}
