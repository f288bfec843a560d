using System.Text;
using System.Text.Json;
using Risk.Connectors.Gdelt;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Gdelt;

public sealed class GdeltConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Search = "api.gdeltproject.org/api/v2/doc/doc";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new GdeltModule(), stub);
        stub.Serve(Search, Answer(("Wolfspeed files for bankruptcy", "a.example", "20260730T061500Z"), ("Wolfspeed goes bust , creditors say", "b.example", "20260731T061500Z"), ("Sunny weather", "b.example", "20260731T061500Z")));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Articles_BecomeOneStory()
    {
        ConnectorRun run = (await kit.RunAsync([Wolfspeed, Nord])).Ok();
        EventSignal story = Assert.Single(run.Events);
        Assert.Equal(("adverse_media", "insolvency", "corroborated", 4, "Wolfspeed files for bankruptcy", "https://a.example/x"), (story.Name, story.Type, story.Stage, story.Severity, story.Title, story.Evidence.Url));
        Assert.Equal(new DateTimeOffset(2026, 7, 30, 6, 15, 0, TimeSpan.Zero), story.OccurredAt);
        Assert.Equal(["S1", "S2"], run.Updates.Cast<SupplierUpdate>().Select(u => u.Supplier.Value));
        Assert.Equal(3, run.Audit.Read);
    }

    [Fact]
    public async Task Fetch_Suppliers_AreAskedForTogetherFromWhereTheLastRoundEnded()
    {
        await kit.RunAsync([Wolfspeed, Nord]);
        kit.Now = kit.Now.AddHours(6);
        ConnectorRun second = (await kit.RunAsync([Wolfspeed, Nord])).Ok();
        Assert.Empty(second.Events);
        string[] queries = [.. stub.Requests.Select(r => Uri.UnescapeDataString(r.Query))];
        Assert.Equal(2, queries.Length);
        Assert.StartsWith("?query=(Wolfspeed OR \"Nord Steel\") tone<0&mode=artlist&format=json&maxrecords=250", queries[0], StringComparison.Ordinal);
        Assert.Contains("startdatetime=20260718060000&enddatetime=20260801060000", queries[0], StringComparison.Ordinal);
        Assert.Contains("startdatetime=20260801040000&enddatetime=20260801120000", queries[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ManySuppliers_GoIntoQueriesThatTheSearchTakesAndGoOnAfterAFailure()
    {
        Supplier[] suppliers = [.. Enumerable.Range(0, 300).Select(i => Of($"S{i:000}", $"Company Number{i} of the North, Inc."))];
        await kit.RunAsync(suppliers);
        Assert.All(stub.Requests, r => Assert.InRange(QueryOf(r).Length, 1, 250));
        int whole = stub.Requests.Count;

        kit.Checkpoint = null;
        using var stop = new CancellationTokenSource();
        stub.Fail(Search, (context, body) => stub.Requests.Count > whole + 15 ? Faults.Status(403)(context, body) : Faults.Instead(body.ToArray())(context, body));
        ConnectorRun broken = await kit.RunAsync(suppliers);
        Assert.Equal(FailureKind.Forbidden, broken.Failure?.Kind);
        stub.Mend(Search);
        int before = stub.Requests.Count;
        (await kit.RunAsync(suppliers)).Ok();
        Assert.InRange(stub.Requests.Count - before, 1, whole - 10);
    }

    [Fact]
    public async Task Fetch_AfterABreak_BeginsWithWhoWasAskedForLongestAgoAndIsMostImportant()
    {
        Supplier[] suppliers = [.. Enumerable.Range(0, 300).Select(i => Of($"S{i:000}", $"Contosoline{i:000} Works of the North, Inc.") with { Tier = i % 2 == 0 ? 2 : 1 })];
        (await kit.RunAsync(suppliers)).Ok();
        Assert.All(Enumerable.Range(0, 150), i => Assert.True(Turn($"Contosoline{(2 * i) + 1:000}") <= Turn($"Contosoline{2 * i:000}")));

        int whole = stub.Requests.Count;
        kit.Now = kit.Now.AddHours(6);
        stub.Serve(Search, "Please limit requests to one every 5 seconds or contact us.", "text/plain");
        stub.Fail(Search, (context, body) => Faults.Instead(stub.Requests.Count > whole + 10 ? body.ToArray() : "{}"u8.ToArray())(context, body));
        await kit.RunAsync(suppliers);
        stub.Mend(Search);
        stub.Serve(Search, "{}");
        int before = stub.Requests.Count;
        kit.Now = kit.Now.AddHours(6);
        (await kit.RunAsync(suppliers)).Ok();
        string[] last = [.. stub.Requests.Skip(before).Select(r => r.Query)];
        Assert.Contains("startdatetime=20260801040000", last[0], StringComparison.Ordinal);
        Assert.Contains("startdatetime=20260801100000", last[^1], StringComparison.Ordinal);

        int Turn(string name) => stub.Requests.Select((r, i) => (r, i)).First(x => QueryOf(x.r).Contains(name, StringComparison.Ordinal)).i;
    }

    [Fact]
    public async Task Fetch_NewSupplier_IsLookedBackForTwoWeeks()
    {
        (await kit.RunAsync([Nord])).Ok();
        kit.Now = kit.Now.AddHours(6);
        EventSignal story = Assert.Single((await kit.RunAsync([Wolfspeed, Nord])).Ok().Events);
        Assert.Equal("S1", story.Supplier.Value);
        Assert.Equal(["20260718120000", "20260801040000"], stub.Requests.Skip(1).Select(r => r.Query.Split("startdatetime=")[1][..14]));
    }

    [Fact]
    public async Task Fetch_TenThousandSuppliers_TakeAboutAnHour()
    {
        // Names of two words to five, as registers have them: 27 letters in the mean.
        string[] first = ["Lotus", "Ranpak", "Toleranzia", "Hengdian", "Sastasundar", "Oramed", "Laramide", "Veris", "Iljin", "Cubic"], second = ["Eye", "Energy", "Resources", "Pharmaceuticals", "Tospo Lighting", "Hospital and Institute", "Foods", "Automotive Interiors", "Sensor", "Steel"];
        Supplier[] suppliers = [.. Enumerable.Range(0, 10_000).Select(i => Of($"S{i:00000}", $"{first[i % 10]}{Letters(i)} {second[i / 10 % 10]} {(i % 3 == 0 ? "Group Holdings Limited" : "Inc.")}"))];
        stub.Serve(Search, "{}");
        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal(10_000, run.Updates.Count);
        Assert.Equal(10_000, stub.Requests.Sum(r => QueryOf(r).Split(" OR ").Length));
        TimeSpan byTheLimit = stub.Requests.Count * new GdeltModule().Manifest.Limit!.Interval;
        Assert.InRange(byTheLimit.TotalMinutes, 1, 75);

        static string Letters(int number) => string.Concat((char)('a' + (number / 676)), (char)('a' + (number / 26 % 26)), (char)('a' + (number % 26)));
    }

    [Fact]
    public async Task Fetch_FullAnswerForSeveral_IsAskedForInHalvesUntilNoneIsCrowdedOut()
    {
        // Whoever is asked for together with Nord gets 250 articles about Nord alone.
        string crowd = Answer([.. Enumerable.Range(0, 250).Select(i => ($"Nord Steel weather {i}", "a.example", "20260731T061500Z"))]), own = Answer(("Wolfspeed files for bankruptcy", "b.example", "20260730T061500Z"));
        stub.Fail(Search, (context, body) => Faults.Instead(Encoding.UTF8.GetBytes(context.Request.QueryString.Value!.Contains("Nord", StringComparison.Ordinal) ? crowd : own))(context, body));
        ConnectorRun run = (await kit.RunAsync([Wolfspeed, Nord])).Ok();
        Assert.Equal("S1", Assert.Single(run.Events).Supplier.Value);
        Assert.Equal(("\"Nord Steel\"", 1), run.Audit.Reasons.Select(r => (r.Value.Example, r.Value.Count)).Single());
    }

    [Fact]
    public async Task Fetch_OneAnswerThatIsAPage_KeepsNoOtherBack()
    {
        Supplier[] suppliers = [.. Enumerable.Range(0, 60).Select(i => Of($"S{i:00}", $"Contosoline{i:00} Works of the North, Inc."))];
        stub.Serve(Search, "{}");
        stub.Fail(Search, (context, body) => Faults.Instead(context.Request.QueryString.Value!.Contains("Contosoline30", StringComparison.Ordinal) ? "<html>sorry</html>"u8.ToArray() : body.ToArray())(context, body));
        ConnectorRun run = await kit.RunAsync(suppliers);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.InRange(run.Updates.Count, 40, 59);
        Assert.Contains(run.Updates.Cast<SupplierUpdate>(), u => u.Supplier.Value == "S59");
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldWithTheirCount()
    {
        stub.Serve(Search, """{"articles": [{"url": "https://a.example/x", "title": "Wolfspeed bankrupt", "seendate": "20260730T061500Z", "site": "a.example", "language": 1, "sourcecountry": null}, {"url": "https://a.example/y", "title": "Fair", "seendate": "20260730T061500Z", "site": "a.example", "language": 1, "sourcecountry": ""}]}""");
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["Missing domain 2", "Retyped language 2", "Unknown site 2"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Fetch_FullAnswer_HalvesTheWindow()
    {
        (string, string, string)[] many = [.. Enumerable.Range(0, 250).Select(i => ($"Nothing {i}", "a.example", "20260730T061500Z"))];
        stub.Serve(Search, Answer(many));
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Equal(7, stub.Requests.Count);
        Assert.Equal(("more articles than one answer holds: the oldest of that time were not seen", 1), run.Audit.Reasons.Select(r => (r.Key, r.Value.Count)).Single());
    }

    [Fact]
    public async Task Fetch_FullAnswerOfAnotherTime_IsTakenAsItIs()
    {
        stub.Serve(Search, Answer([.. Enumerable.Range(0, 250).Select(i => ($"Wolfspeed bankrupt {i}", "a.example", "20171030T061500Z"))]));
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Single(stub.Requests);
        Assert.Single(run.Events);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"articles\": []}")]
    [InlineData("{\"articles\": null, \"more\": 1}")]
    [InlineData("\uFEFF{ }")]
    public async Task Fetch_NothingFound_IsAnAnswer(string answer)
    {
        stub.Serve(Search, answer);
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Empty(run.Events);
        Assert.Single(run.Updates);
    }

    [Fact]
    public async Task Fetch_BrokenEscapesAndControlCharacters_AreMended()
    {
        stub.Serve(Search, "{\"articles\": [{\"url\": \"https://a.example/x\", \"title\": \"Wolfspeed \\U bankrupt \\'sure\\' \u0001 \\u00e9 \\\"so\\\"\", \"seendate\": \"20260730T061500Z\", \"new\": {\"a\": [1]}}]}");
        Assert.Equal("Wolfspeed \\U bankrupt \\'sure\\' é \"so\"", Assert.Single((await kit.RunAsync([Wolfspeed])).Ok().Events).Title);
    }

    [Theory]
    [InlineData("""{"articles": [{"title": "Wolfspeed bankrupt", "seendate": "20260730T061500Z"}]}""", "url: is no http address")]
    [InlineData("""{"articles": [{"url": "javascript:alert(1)", "title": "Wolfspeed bankrupt", "seendate": "20260730T061500Z"}]}""", "url: is no http address")]
    [InlineData("""{"articles": [{"url": "https://a.example/x", "title": null, "seendate": "20260730T061500Z"}]}""", "title: is empty")]
    [InlineData("""{"articles": [{"url": "https://a.example/x", "title": "Wolfspeed bankrupt", "seendate": "yesterday"}]}""", "seendate: is no time, as in 20260131T061500Z")]
    public async Task Fetch_ArticleThatIsNone_IsCountedWithReason(string answer, string reason)
    {
        stub.Serve(Search, answer);
        ConnectorRun run = (await kit.RunAsync([Wolfspeed])).Ok();
        Assert.Empty(run.Events);
        Assert.Equal(reason, run.Audit.Reasons.Keys.Single());
    }

    [Fact]
    public async Task Fetch_NameThatTheSearchRefuses_KeepsNoOtherBack()
    {
        stub.Fail(Search, (context, body) => context.Request.QueryString.Value!.Contains("Nord", StringComparison.Ordinal)
            ? Faults.Instead("The specified phrase is too short."u8.ToArray(), "text/html")(context, body) : Faults.Instead(body.ToArray())(context, body));
        ConnectorRun run = (await kit.RunAsync([Wolfspeed, Nord, Of("S3", "Anders Dahl AB")])).Ok();
        Assert.Equal("S1", Assert.Single(run.Events).Supplier.Value);
        Assert.Equal(("name: the search does not take it (The specified phrase is too short.); add another alias to the portfolio", "S2"), run.Audit.Reasons.Select(r => (r.Key, r.Value.Example)).Single());
    }

    [Fact]
    public async Task Fetch_NameWithoutLatinLetters_IsToldAndCostsNothing()
    {
        ConnectorRun run = (await kit.RunAsync([Of("S8", "华为技术有限公司"), Of("S9", "3M")])).Ok();
        Assert.Equal(2, run.Updates.Count);
        Assert.Equal(2, run.Audit.Rejected);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Fetch_Faults_ChangeNothingAndAreNamed()
    {
        foreach (Fault fault in new[] { Faults.Garbage, Faults.Empty, Faults.Truncate(80), Faults.Bomb(100), Faults.Status(500), Faults.Status(429), Faults.Status(403), Faults.Reset, Faults.Corrupt() })
        {
            stub.Fail(Search, fault);
            ConnectorRun run = await kit.RunAsync([Wolfspeed, Nord]);
            Assert.NotNull(run.Failure);
            Assert.Empty(run.Updates);
            stub.Mend(Search);
        }

        stub.Serve(Search, """{"query_details": {"title": "Wolfspeed"}, "timeline": []}""");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([Wolfspeed])).Failure?.Kind);
        stub.Serve(Search, "Please limit requests to one every 5 seconds or contact us.", "text/plain");
        Assert.Equal(FailureKind.RateLimited, (await kit.RunAsync([Wolfspeed])).Failure?.Kind);
    }

    [Theory]
    [InlineData("Costco Wholesale Corporation", "Costco", "Costco")]
    [InlineData("Robert Bosch GmbH", "", "\"Robert Bosch\"")]
    [InlineData("3M Company", "", "\"3M Company\"")]
    [InlineData("Sud (\"North\") OR tone>5", "", "\"Sud North OR tone 5\"")]
    [InlineData("Газпром", "Gazprom", "Gazprom")]
    [InlineData("Bed & Bath", "", "\"Bed & Bath\"")]
    [InlineData("Nestlé", "", "\"Nestlé\"")]
    [InlineData("Celadon Group, Inc.", "", "Celadon")]
    public void TermOf_Name_IsOneThatTheSearchTakes(string name, string alias, string term) => Assert.Equal(term, GdeltQueries.TermOf(Of("S1", name, alias)));

    private static Supplier Wolfspeed => Of("S1", "Wolfspeed, Inc.");

    private static Supplier Nord => Of("S2", "Nord Steel AB");

    private static Supplier Of(string id, string name, string alias = "") => new() { Id = new SupplierId(id), Name = name, Aliases = alias.Length > 0 ? [alias] : [] };

    private static string QueryOf(StubRequest request) => Uri.UnescapeDataString(request.Query["?query=".Length..request.Query.IndexOf('&', StringComparison.Ordinal)]);

    private static string Answer(params (string Title, string Domain, string Seen)[] articles) => JsonSerializer.Serialize(new
    {
        articles = articles.Select((a, i) => new { url = $"https://{a.Domain}/x{(i > 0 ? i : "")}", url_mobile = "", title = a.Title, seendate = a.Seen, socialimage = "", domain = a.Domain, language = "English", sourcecountry = "United States" }),
    });
}
