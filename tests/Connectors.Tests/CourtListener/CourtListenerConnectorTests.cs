using System.Text.Json;
using Risk.Connectors.CourtListener;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
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
        Assert.Contains("q=caseName:(%22Harrow+Castings%22)+AND+(dateFiled:%5B2023-08-01+TO+*%5D+OR+dateTerminated:%5B2023-08-01+TO+*%5D)", stub.Requests[0].Query, StringComparison.Ordinal);
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
        stub.Serve(Search, "{\"count\":5,\"results\":[null,{},{\"caseName\":\"A v. B\"},{\"caseName\":\"A v. B\",\"court_id\":\"nysd\",\"docketNumber\":null},{\"caseName\":\"A v. B\",\"court_id\":\"nysd\",\"docketNumber\":\"1:26-cv-1\",\"dateFiled\":\"soon\"}]}");

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal((5, 5), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["dateFiled is no date", "docketNumber has no year and number", "no caseName", "no court_id"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_DocketWithoutADay_IsDatedByItsNumber()
    {
        Serve(Result("In re Harrow Castings, Inc.", "arb", "2:25-bk-10992", null!));

        EventSignal found = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("azb-25-10992", "us-bankruptcy-2025", new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero)), (found.Id, found.Story, found.OccurredAt));
    }

    [Fact]
    public async Task Fetch_BankruptcyThatIsYearsOldWhenFirstSeen_IsNoNews()
    {
        Serve(Result("In re: Harrow Castings, Inc.", "nysb", "24-10992", "2024-07-15", chapter: "11"));

        EventSignal old = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("long-open", 3, "Bankruptcy, chapter 11, case 24-10992 (nysb), filed 2024-07-15, still on the docket"), (old.Stage, old.Severity, old.Title));
    }

    [Fact]
    public async Task Fetch_BankruptcyThatWasNewsOnce_StaysOpenHoweverOldItBecomes()
    {
        Serve(Result("In re: Harrow Castings, Inc.", "nysb", "24-10992", "2024-08-15", chapter: "11"));
        EventSignal news = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);
        kit.Now = kit.Now.AddDays(300);
        EventSignal later = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("filed", 5), (news.Stage, news.Severity));
        Assert.Equal(("filed", 5), (later.Stage, later.Severity));
    }

    [Fact]
    public async Task Fetch_BankruptcyThatTheCompanyTellsAsOpen_IsOpenHereToo()
    {
        Serve(Result("In re: Harrow Castings, Inc.", "nysb", "23-10992", "2023-09-15", chapter: "11"));
        kit.OthersKnow.Add(Assert.Single((await kit.RunAsync([Harrow])).Ok().Events) with { Source = new SourceId("sec-edgar"), Id = "0001-23-000001", Stage = "filed" });

        Assert.Equal("filed", Assert.Single((await kit.RunAsync([Harrow])).Ok().Events).Stage);
    }

    [Fact]
    public async Task Fetch_ManySuppliers_AreAskedForTogether()
    {
        Serve();
        Supplier[] suppliers = [.. Enumerable.Range(0, 700).Select(i => Harrow with { Id = new SupplierId($"S{i:000}"), Name = $"Harrow Castings {i} Inc.", Country = i == 5 ? "DE" : i % 2 == 0 ? "US" : "" })];

        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();

        Assert.Equal(699, run.Updates.OfType<SupplierUpdate>().Count());
        Assert.InRange(stub.Requests.Count, 2, 9);
        Assert.All(stub.Requests, r => Assert.True(r.Path.Length + r.Query.Length < 4094, $"{r.Query.Length}"));
        Assert.All(suppliers.Where(s => s.Country != "DE"), s => Assert.Contains(stub.Requests, r => r.Query.Contains($"%22Harrow+Castings+{s.Name.Split(' ')[2]}%22", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fetch_SecondRound_AsksForWhatIsNewAndForNewSuppliersFirst()
    {
        Serve();
        Supplier other = Harrow with { Id = new SupplierId("S0"), Name = "Wafer Works Corp." };
        await kit.RunAsync([Harrow]);
        kit.Now = kit.Now.AddDays(1);
        await kit.RunAsync([other, Harrow]);

        Assert.Equal(3, stub.Requests.Count);
        Assert.Contains("%22Wafer+Works%22)+AND+(dateFiled:%5B2023-08-02+TO", stub.Requests[1].Query, StringComparison.Ordinal);
        Assert.Contains("%22Harrow+Castings%22)+AND+(dateFiled:%5B2026-05-03+TO+*%5D+OR+dateTerminated:%5B2026-05-03+TO+*%5D)", stub.Requests[2].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_RequestsOfARunUsedUp_TheOthersComeFirstNextTime()
    {
        // Each question has two pages.
        stub.Serve(Search, JsonSerializer.Serialize(new { count = 21, next = "https://www.courtlistener.com/api/rest/v4/search/?cursor=2", results = Array.Empty<object>() }));
        stub.Serve(Search + "?cursor=2", JsonSerializer.Serialize(new { count = 21, next = (string?)null, results = new[] { Result("In re: Harrow Castings 2999, Inc.", "nysb", "26-1", "2026-03-02") } }));
        Supplier[] suppliers = [.. Enumerable.Range(0, 3000).Select(i => Harrow with { Id = new SupplierId($"S{i:0000}"), Name = $"Harrow Castings {i}, Inc." })];

        ConnectorRun first = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal(41, stub.Requests.Count);
        kit.Now = kit.Now.AddHours(8);
        ConnectorRun second = (await kit.RunAsync(suppliers)).Ok();

        string[] asked = [.. first.Updates.Concat(second.Updates).OfType<SupplierUpdate>().Select(u => u.Supplier.Value).Take(3000)];
        Assert.InRange(first.Updates.Count, 1500, 2900);
        Assert.Equal(suppliers.Select(s => s.Id.Value), asked);
        Assert.Contains(second.Events, e => e.Supplier.Value == "S2999");
    }

    [Fact]
    public async Task Fetch_QuestionThatTheUpstreamDoesNotTake_IsHalved()
    {
        stub.Fail(Search, async (context, _) => { context.Response.StatusCode = 400; await Task.CompletedTask; }, 1);
        Serve();

        ConnectorRun run = (await kit.RunAsync([Harrow, Harrow with { Id = new SupplierId("S2"), Name = "Wafer Works Corp." }])).Ok();

        Assert.Equal((3, 2, 0), (stub.Requests.Count, run.Updates.OfType<SupplierUpdate>().Count(), run.Failures.Count));
    }

    [Fact]
    public async Task Fetch_AnswerThatIsTooLong_IsAskedForInTwo()
    {
        stub.Serve(Search, JsonSerializer.Serialize(new { count = 900, next = (string?)null, results = Array.Empty<object>() }));

        ConnectorRun run = (await kit.RunAsync([Harrow, Harrow with { Id = new SupplierId("S2"), Name = "Wafer Works Corp." }])).Ok();

        Assert.Equal((3, 2), (stub.Requests.Count, run.Updates.OfType<SupplierUpdate>().Count()));
    }

    [Theory]
    [InlineData("Harrow Castings, Inc.", "%22Harrow+Castings%22")]
    [InlineData("Wolfspeed, Inc.", "%22Wolfspeed+Inc%22 %22Wolfspeed+Incorporated%22")]
    [InlineData("Microsoft Corporation", "%22Microsoft+Corporation%22 %22Microsoft+Corp%22")]
    [InlineData("Johnson & Johnson", "%22Johnson+Johnson%22~1")]
    [InlineData("A \"quoted\" OR* (name) ~ Ltd", "%22A+quoted+OR+name%22")]
    [InlineData("Nestlé Deutschland AG", "%22Nestl%C3%A9+Deutschland%22")]
    [InlineData("株式会社", "")]
    public void Names_OfASupplier_AreEscapedPhrases(string name, string expected) =>
        Assert.Equal(expected, string.Join(' ', CourtListenerQuestion.Names(Harrow with { Name = name })));

    [Fact]
    public async Task Fetch_ChangedFields_AreToldWithTheirCount()
    {
        Serve(Result("Doe v. Harrow Castings, Inc.", "nysd", "1:26-cv-02029", "2026-03-13"), new
        {
            caseName = "Roe v. Harrow Castings, Inc.", court = "A court", court_id = "nysd", docketNumber = "1:26-cv-02030", dateFiled = "2026-03-13", docketUrl = "/docket/1/harrow/", suitNature = 440,
        });
        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();
        Assert.Equal(["Missing docket_absolute_url 1", "Missing docket_id 2", "Retyped suitNature 1", "Unknown docketUrl 1"], ListDrift.Of(run));
        Assert.Equal(2, run.Events.Count);
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

        // The recording's next page is the recording again on the mirror, until the question's pages are used up.
        Assert.Equal((400, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["S2 civil-suit nysd-23-cv-11195", "S3 civil-suit gand-23-cv-05921"], run.Events.Select(e => $"{e.Supplier} {e.Type} {e.Id}"));
    }

    private static Supplier Harrow { get; } = new() { Id = new SupplierId("S1"), Name = "Harrow Castings, Inc.", Country = "US" };

    private static object Result(string name, string court, string number, string filed, string? chapter = null, string? terminated = null) => new
    {
        caseName = name, court = "A court", court_id = court, docketNumber = number, dateFiled = filed, dateTerminated = terminated, chapter, suitNature = "", docket_absolute_url = "/docket/1/harrow/", party = new[] { "A Person" },
    };

    private void Serve(params object[] results) => stub.Serve(Search, JsonSerializer.Serialize(new { count = results.Length, next = (string?)null, results }));
}
