using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.UsaSpending;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.UsaSpending;

public sealed class UsaSpendingConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Search = "api.usaspending.gov/api/v2/recipient/";
    private const string Hash = "0b441d38-e3c0-de89-ee08-69fc9e6ee58a";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UsaSpendingModule(), stub);
        stub.Serve(Search, $"{{\"results\":[{Recipient(Hash + "-C", "062761671", "C")},{Recipient(Hash + "-P", "062761671", "P")},{Recipient("1c3edaaa-611b-840c-bf2b-fd34df49f21f-R", null, "R", "HARROW CASTINGS OF OHIO LLC")}]}}");
        Profile("latest", 30e6);
        Profile("2025", 40e6);
        Profile("2024", 100e6);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_ByNumber_AsksTheParentsTotals()
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok();

        Assert.Equal([("federal_obligations_12m", 30e6), ("federal_obligations_change", -0.6)], run.Metrics.Select(m => (m.Name, Math.Round(m.Value, 6))));
        Assert.Equal($"HARROW CASTINGS INC ({Hash}-P, found by D-U-N-S 062761671): 40000000.00 USD in fiscal year 2025, 100000000.00 USD in 2024", run.Metrics[1].Evidence.Excerpt);
        Assert.Equal([Search, $"{Search}{Hash}-P/?year=latest", $"{Search}{Hash}-P/?year=2025", $"{Search}{Hash}-P/?year=2024"], stub.Requests.Select(r => r.ToString()));
        Assert.StartsWith("application/json", stub.Requests[0].Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Harrow Castings, Inc.", "US", 2)]
    [InlineData("Harrow Forge, Inc.", "US", 0)]
    [InlineData("Harrow Castings, Inc.", "DE", 0)]
    public async Task Fetch_ByName_TakesOnlyWhoIsSurelyMeant(string name, string country, int readings) =>
        Assert.Equal(readings, (await kit.RunAsync([Supplier("S1", name) with { Country = country }])).Ok().Metrics.Count);

    [Fact]
    public async Task Fetch_TwoCompaniesOfOneName_AreNobody()
    {
        stub.Serve(Search, $"{{\"results\":[{Recipient(Hash + "-R", "1", "R")},{Recipient("1c3edaaa-611b-840c-bf2b-fd34df49f21f-R", "2", "R")},null,{{\"id\":null}}]}}");

        Assert.Empty((await kit.RunAsync([Supplier("S1", "Harrow Castings, Inc.")])).Ok().Metrics);
    }

    [Fact]
    public async Task Fetch_Uei_OutranksTheName()
    {
        Supplier supplier = Supplier("S1", "Quite Another") with { Attributes = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("uei", "z1h9vjs8ng16") };

        Assert.Contains("found by UEI Z1H9VJS8NG16", (await kit.RunAsync([supplier])).Ok().Metrics[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ListInIds_IsUnderstood()
    {
        stub.Serve(Search, $"{{\"results\":[{Recipient(Hash + "-['P', 'R']", "062761671", null)}]}}");

        Assert.NotEmpty((await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Metrics);
    }

    [Fact]
    public async Task Fetch_SmallBase_HasNoChange()
    {
        Profile("2024", 12);

        Assert.Equal(["federal_obligations_12m"], (await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Metrics.Select(m => m.Name));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"recipient_id\":\"1c3edaaa-611b-840c-bf2b-fd34df49f21f-P\",\"total_transaction_amount\":1}")]
    [InlineData("[]")]
    public async Task Fetch_ProfileThatIsNone_FailsTheSupplier(string body)
    {
        stub.Serve($"{Search}{Hash}-P/?year=latest", body);

        Assert.Equal(FailureKind.Malformed, Assert.Single((await kit.RunAsync([Supplier("S1", "Anything", "062761671")])).Ok().Failures).Failure.Kind);
    }

    [Fact]
    public async Task Fetch_Faults_AreNamedAndGiveNothing()
    {
        foreach (string address in (string[])[Search, $"{Search}{Hash}-P/?year=2024"])
        {
            await FetchFaults.EachAsync(stub, address, async name =>
            {
                ConnectorRun run = await kit.RunAsync([Supplier("S1", "Anything", "062761671")]);
                Assert.True(run.Failure is not null || run.Failures.Count == 1, name);
                Assert.Empty(run.Signals);
            });
        }
    }

    [SharedFact]
    public async Task Fetch_Recordings_AreRead()
    {
        stub.ServeFile(Search, SharedFactAttribute.Path("sources", "usaspending", "recipients_search.json"));
        Assert.Equal(4, (await kit.RunAsync([Supplier("S1", "The University of Iowa")])).Ok().Audit.Read);

        stub.Serve(Search, $"{{\"results\":[{Recipient(Hash + "-C", "062761671", "C")}]}}");
        foreach (string year in (string[])["latest", "2025", "2024"]) stub.ServeFile($"{Search}{Hash}-C/?year={year}", SharedFactAttribute.Path("sources", "usaspending", "recipient_university.json"));
        Assert.Equal([267039000.14, 0], (await kit.RunAsync([Supplier("S1", "The University of Iowa", "062761671")])).Ok().Metrics.Select(m => m.Value));
    }

    private static Supplier Supplier(string id, string name, string duns = "") => new()
    {
        Id = new SupplierId(id),
        Name = name,
        Country = "US",
        Identifiers = duns.Length == 0 ? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal) : ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Duns, duns),
    };

    private static string Recipient(string id, string? duns, string? level, string name = "HARROW CASTINGS INC") =>
        System.Text.Json.JsonSerializer.Serialize(new { id, duns, uei = duns == "062761671" ? "Z1H9VJS8NG16" : null, name, recipient_level = level, amount = 1.5 });

    private void Profile(string year, double total) => stub.Serve(
        $"{Search}{Hash}-P/?year={year}", System.Text.Json.JsonSerializer.Serialize(new { name = "HARROW CASTINGS INC", recipient_id = Hash + "-P", total_transaction_amount = total, total_transactions = 3, parents = Array.Empty<string>() }));
}
