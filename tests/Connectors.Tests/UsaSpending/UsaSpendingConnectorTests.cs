using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.UsaSpending;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.UsaSpending;

public sealed class UsaSpendingConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Search = "api.usaspending.gov/api/v2/search/spending_by_category/recipient/";
    private const string Recipients = "api.usaspending.gov/api/v2/recipient/";
    private const string Hash = "0b441d38-e3c0-de89-ee08-69fc9e6ee58a";
    private const string OtherHash = "1c3edaaa-611b-840c-bf2b-fd34df49f21f";

    private readonly List<Row> rows = [new(Hash, "C", "HARROW CASTINGS INC", "Z1H9VJS8NG16", "062761671", 30e6, 40e6, 100e6)];

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UsaSpendingModule(), stub);
        stub.Serve(Search, Answer);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Theory]
    [InlineData("062761671", "", "D-U-N-S 062761671")]
    [InlineData("", "Z1H9VJS8NG16", "UEI Z1H9VJS8NG16")]
    public async Task Fetch_ByNumber_TakesTheThreePeriods(string duns, string uei, string by)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Anything", duns, uei: uei)])).Ok();

        Assert.Equal([("federal_obligations_12m", 30e6), ("federal_obligations_year", 40e6), ("federal_obligations_prior", 100e6), ("federal_obligations_change", -0.6)], run.Metrics.Select(m => (m.Name, Math.Round(m.Value, 6))));
        Assert.Equal($"HARROW CASTINGS INC ({Hash}-C, found by {by}): 40000000.00 USD in fiscal year 2025, 100000000.00 USD in 2024", run.Metrics[3].Evidence.Excerpt);
        Assert.Equal(["2025-08-02 2026-08-01", "2024-10-01 2025-09-30", "2023-10-01 2024-09-30"], stub.Requests.Select(r => Period(r.Body)));
        Assert.All(stub.Requests, r => Assert.Equal("transactions", JsonDocument.Parse(r.Body).RootElement.GetProperty("spending_level").GetString()));
        Assert.StartsWith("application/json", stub.Requests[0].Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("['C']")]
    [InlineData("P")]
    public async Task Fetch_Parent_TakesTheTotalsOfTheGroup(string levels)
    {
        rows[0] = rows[0] with { Levels = levels };
        rows.Add(new Row(OtherHash, "C", "HARROW FORGE INC", "OTHER1234567", "", 1e6, 1e6, 1e6, "Z1H9VJS8NG16"));
        Profile("latest", 300e6);
        Profile("2025", 400e6);
        Profile("2024", 500e6);

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Anything", uei: "Z1H9VJS8NG16"), Supplier("S2", "Harrow Forge", uei: "OTHER1234567")])).Ok();

        Assert.Equal([("S1", 300e6), ("S1", 400e6), ("S1", 500e6), ("S1", -0.2), ("S2", 1e6), ("S2", 1e6), ("S2", 1e6), ("S2", 0)], run.Metrics.Select(m => (m.Supplier.Value, Math.Round(m.Value, 6))));
        Assert.StartsWith($"HARROW CASTINGS INC ({Hash}-P, found by UEI Z1H9VJS8NG16, with all below it)", run.Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ChildOfAnother_HasItsOwnFigures()
    {
        rows.Add(new Row(OtherHash, "C", "HARROW CASTINGS OF OHIO", "OTHER1234567", "", 1e6, 1e6, 1e6));
        stub.ServeStatus($"{Recipients}{Hash}-P/?year=latest", 400, "{\"detail\":\"Recipient ID not found\"}");

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Harrow Castings Inc")])).Ok();

        Assert.Equal(30e6, run.Metrics[0].Value);
        Assert.Contains($"({Hash}-C, found by name)", run.Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal(4, stub.Requests.Count);
    }

    [Fact]
    public async Task Fetch_ParentThatGetsNothingItself_IsFoundByThoseBelowIt()
    {
        rows[0] = rows[0] with { ParentUei = "PARENT123456" };
        stub.Serve(Recipients, $$"""{"results":[{"id":"{{OtherHash}}-P","duns":null,"uei":"PARENT123456","name":"HARROW HOLDINGS","recipient_level":"P","amount":3.5}],"page_metadata":{} }""");
        foreach (string year in (string[])["latest", "2025", "2024"]) Profile(year, 70e6, OtherHash);

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Nobody", uei: "NOBODY123456"), Supplier("S2", "Harrow Holdings", uei: "PARENT123456"), Supplier("S3", "Nobody else", duns: "000000001"), Supplier("S4", "Harrow Castings", uei: "Z1H9VJS8NG16")])).Ok();

        Assert.Equal([("S2", 70e6), ("S4", 30e6)], run.Metrics.Where(m => m.Name == "federal_obligations_12m").Select(m => (m.Supplier.Value, m.Value)));
    }

    [Theory]
    [InlineData("Harrow Castings, Inc.", "US", 4)]
    [InlineData("The Harrow & Castings Company", "US", 4)]
    [InlineData("Harrow Forge, Inc.", "US", 0)]
    [InlineData("Harrow Castings, Inc.", "DE", 0)]
    public async Task Fetch_ByName_TakesOnlyWhoIsSurelyMeant(string name, string country, int readings)
    {
        rows.Add(new Row(OtherHash, "R", "HARROW CASTINGS OF OHIO LLC", "", "", 1e6, 1e6, 1e6));

        Assert.Equal(readings, (await kit.RunAsync([Supplier("S1", name) with { Country = country }])).Ok().Metrics.Count);
    }

    [Fact]
    public async Task Fetch_TwoCompaniesOfOneName_AreNobody()
    {
        rows.Add(new Row(OtherHash, "R", "HARROW CASTINGS INC", "", "", 1e6, 1e6, 1e6));

        Assert.Empty((await kit.RunAsync([Supplier("S1", "Harrow Castings, Inc.")])).Ok().Metrics);
    }

    [Fact]
    public async Task Fetch_MoneyThatStopped_IsZeroAndNotSilence()
    {
        rows[0] = rows[0] with { Latest = null };

        Assert.Equal(0, (await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Metrics[0].Value);
    }

    [Fact]
    public async Task Fetch_SmallBase_HasNoChange()
    {
        rows[0] = rows[0] with { YearBefore = 12 };

        Assert.Equal(["federal_obligations_12m", "federal_obligations_year", "federal_obligations_prior"], (await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Metrics.Select(m => m.Name));
    }

    [Fact]
    public async Task Fetch_ManySuppliers_AreAskedForTogetherAndTheNextRunGoesOnWhereItWasCut()
    {
        Supplier[] suppliers = [.. Enumerable.Range(0, 60).Select(i => Supplier($"S{i:D2}", "Anything", $"1000000{i:D2}"))];
        rows.AddRange(suppliers.Select(s => new Row($"{s.Id.Value}{Hash[3..]}", "R", $"FIRM {s.Id}", "", s.Identifier(IdentifierScheme.Duns), 1e6, 1e6, 1e6)));

        ConnectorRun run = (await kit.RunAsync(suppliers)).Ok();
        Assert.Equal((240, 9), (run.Metrics.Count, stub.Requests.Count));
        Assert.Equal("S59", kit.Checkpoint);

        kit.Checkpoint = "S24";
        Assert.Equal(["S25", "S24"], new[] { (await kit.RunAsync(suppliers)).Ok() }.SelectMany(r => new[] { r.Updates[0], r.Updates[^1] }).Select(u => ((SupplierUpdate)u).Supplier.Value));
    }

    [Fact]
    public async Task Fetch_NameThatHalfTheWorldHas_IsLeftAloneAndTheOthersAreFound()
    {
        rows.AddRange(Enumerable.Range(0, 320).Select(i => new Row($"{i:D8}{Hash[8..]}", "R", $"GLOBAL SERVICES OF PLACE {i}", "", "", 1e9, 1e9, 1e9)));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Global Services Inc"), Supplier("S2", "Harrow Castings Inc"), Supplier("S3", "Nobody At All")])).Ok();

        Assert.Equal(["S2"], run.Metrics.Select(m => m.Supplier.Value).Distinct());
        Assert.Empty(run.Failures);
    }

    [Fact]
    public async Task Fetch_TextThatUpstreamRefuses_FailsThatSupplierOnly()
    {
        stub.Serve(Search, r => Texts(r.Body).Contains("Odd") ? "" : Answer(r));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Odd"), Supplier("S2", "Harrow Castings Inc")])).Ok();
        Assert.Equal("S1", Assert.Single(run.Failures).Supplier.Value);
        Assert.Equal(4, run.Metrics.Count);

        stub.Serve(Search, _ => "");
        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Supplier("S1", "Odd"), Supplier("S2", "Harrow Castings Inc")])).Failure?.Kind);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"spending_level\":\"awards\",\"results\":[]}")]
    public async Task Fetch_AnswerThatIsNone_FailsTheSuppliers(string body)
    {
        stub.Serve(Search, _ => body);

        Assert.Equal(FailureKind.Malformed, Assert.Single((await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Failures).Failure.Kind);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"recipient_id\":\"1c3edaaa-611b-840c-bf2b-fd34df49f21f-P\",\"total_transaction_amount\":1}")]
    public async Task Fetch_ProfileThatIsNone_FailsTheSupplier(string body)
    {
        rows[0] = rows[0] with { Levels = "P" };
        stub.Serve($"{Recipients}{Hash}-P/?year=latest", body);

        Assert.Equal(FailureKind.Malformed, Assert.Single((await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Failures).Failure.Kind);
    }

    [Fact]
    public async Task Fetch_Faults_AreNamedAndGiveNothing()
    {
        rows[0] = rows[0] with { Levels = "P" };
        foreach (string year in (string[])["latest", "2025", "2024"]) Profile(year, 1e6);
        foreach (string address in (string[])[Search, $"{Recipients}{Hash}-P/?year=2024"])
        {
            await FetchFaults.EachAsync(stub, address, async name =>
            {
                ConnectorRun run = await kit.RunAsync([Supplier("S1", "Anything", "062761671")]);
                Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
                Assert.Empty(run.Signals);
            });
        }
    }

    [Fact]
    public async Task Fetch_FieldsThatChanged_AreToldAndTheRestIsRead()
    {
        stub.Serve(Search, r => Answer(r).Replace("\"total_outlays\":1", "\"outlays\":1", StringComparison.Ordinal).Replace("\"limit\":100", "\"limit\":\"100\"", StringComparison.Ordinal).Replace("\"category\"", "\"kind\"", StringComparison.Ordinal));

        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok();

        Assert.Equal(["Unknown kind 3", "Unknown results[].outlays 3", "Missing category 3", "Retyped limit 3"], run.Audit.Drifted.Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
        Assert.Equal(4, run.Metrics.Count);
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        // Recorded with whole awards summed up, and on the first of many pages.
        string recorded = (await File.ReadAllTextAsync(SharedFactAttribute.Path("sources", "usaspending", "spending_by_recipient.json"))).Replace("\"awards\"", "\"transactions\"", StringComparison.Ordinal).Replace("\"hasNext\": true", "\"hasNext\": false", StringComparison.Ordinal);
        stub.Serve(Search, _ => recorded);
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Victory Solutions", uei: "GJP8ASXKB3X5"), Supplier("S2", "The Boeing Company")])).Ok();
        Assert.Equal([("S1", 166801968.02), ("S2", 13313681655.0)], run.Metrics.Where(m => m.Name == "federal_obligations_12m").Select(m => (m.Supplier.Value, m.Value)));
        Assert.Empty(run.Audit.Drifted);

        stub.Serve(Search, Answer);
        rows[0] = rows[0] with { Levels = "P" };
        stub.ServeFile($"{Recipients}{Hash}-P/?year=latest", SharedFactAttribute.Path("sources", "usaspending", "recipient_university.json"));
        Profile("2025", 1e6);
        Profile("2024", 1e6);
        run = (await kit.RunAsync([Supplier("S1", "The University of Iowa", "062761671")])).Ok();
        Assert.Equal(267039000.14, run.Metrics[0].Value);
        Assert.Empty(run.Audit.Drifted);
    }

    /// <summary>Answers as upstream does: any of the texts, by the beginning of the name, the number, or the number of the company above.</summary>
    private string Answer(StubRequest request)
    {
        string[] texts = [.. Texts(request.Body)];
        int page = JsonDocument.Parse(request.Body).RootElement.GetProperty("page").GetInt32();
        var found = rows.Select(r => (Row: r, Amount: Period(request.Body)[..4] switch { "2024" => r.Year, "2023" => Period(request.Body)[11..15] == "2024" ? r.YearBefore : r.Year, _ => r.Latest }))
            .Where(r => r.Amount is not null && texts.Any(t => r.Row.Fits(t))).OrderByDescending(r => r.Amount).ToList();
        return JsonSerializer.Serialize(new
        {
            category = "recipient", spending_level = "transactions", limit = 100, page_metadata = new { page, hasNext = found.Count > page * 100 },
            results = found.Skip((page - 1) * 100).Take(100).Select(r => new { amount = r.Amount, recipient_id = $"{r.Row.Hash}-{r.Row.Levels}", name = r.Row.Name, code = r.Row.Duns.Length > 0 ? r.Row.Duns : "DUNS Number not provided", uei = r.Row.Uei, total_outlays = 1 }),
            messages = Array.Empty<string>(),
        });
    }

    private static IEnumerable<string> Texts(string body) => JsonDocument.Parse(body).RootElement.GetProperty("filters").GetProperty("recipient_search_text").EnumerateArray().Select(t => t.GetString()!);

    private static string Period(string body)
    {
        JsonElement period = JsonDocument.Parse(body).RootElement.GetProperty("filters").GetProperty("time_period")[0];
        return $"{period.GetProperty("start_date")} {period.GetProperty("end_date")}";
    }

    private void Profile(string year, double total, string hash = Hash) => stub.Serve(
        $"{Recipients}{hash}-P/?year={year}",
        JsonSerializer.Serialize(new
        {
            name = "HARROW CASTINGS INC", duns = (string?)null, uei = "X", recipient_id = hash + "-P", recipient_level = "P", parent_id = "", parent_name = "", parent_duns = "", parent_uei = "", total_transaction_amount = total, total_transactions = 3,
        }));

    private static Supplier Supplier(string id, string name, string duns = "", string uei = "")
    {
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return new Supplier
        {
            Id = new SupplierId(id),
            Name = name,
            Country = "US",
            Identifiers = uei.Length > 0 ? none.Add(IdentifierScheme.Uei, uei) : duns.Length > 0 ? none.Add(IdentifierScheme.Duns, duns) : none,
        };
    }

    private sealed record Row(string Hash, string Levels, string Name, string Uei, string Duns, double? Latest, double? Year, double? YearBefore, string ParentUei = "")
    {
        public bool Fits(string text)
        {
            string upper = text.ToUpper(CultureInfo.InvariantCulture);
            return upper == Uei || upper == Duns || upper == ParentUei || upper.Split(' ').All(w => Name.Split(' ').Contains(w));
        }
    }
}
