using Risk.Connectors.OfacCons;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.OfacCons;

public sealed class OfacConsConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Exports = "sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/";
    private static readonly string[] Parts = ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"];
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Bank", "RU");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new OfacConsModule(), stub) { Options = { ["MinimumRows"] = "4" } };
        Serve(Path.Combine(AppContext.BaseDirectory, "OfacCons", "Fixtures"));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_IsRestrictedAndNotBlocked()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "restriction", "cons-201", "ofac-cons", 4), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal(
            "On the OFAC consolidated list (not blocked, some dealings forbidden) as FABRIKAM BANK PJSC, programme UKRAINE-EO13662, RUSSIA-EO14024; country agrees (RU)", hit.Title);
        Assert.Equal((4L, 3L, 4L), (kit.LastGood["cons_prim.csv"].Rows, kit.LastGood["cons_alt.csv"].Rows, kit.LastGood["cons_add.csv"].Rows));
        Assert.Equal(0, run.Audit.Rejected);
    }

    [Fact]
    public async Task FetchAsync_ListingDatesInRemarks_DateTheEventByTheEarliest()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Woodgrove Oil")])).Ok();
        Assert.Equal([new DateTimeOffset(2022, 2, 22, 0, 0, 0, TimeSpan.Zero), kit.Now], run.Events.Select(e => e.OccurredAt));
    }

    [Theory]
    // An alias counts like the name, a weak alias needs the country, a person the full name.
    [InlineData("Fabrikam Savings Bank", "", 4)]
    [InlineData("Fabrikam Savings Bank Ltd", "US", 2)]
    [InlineData("FAB", "RU", 2)]
    [InlineData("FAB", "", 0)]
    [InlineData("Richard Example Roe", "", 4)]
    [InlineData("Roe Ltd", "", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, [.. Parts.Select(Address)]);

    [Fact]
    public async Task FetchAsync_TheOtherListInstead_ClearsNothing()
    {
        // The SDN files have the same columns, and none of the aliases' parties.
        await kit.RunAsync([Fabrikam]);
        stub.ServeFile(Address("cons_prim.csv"), Path.Combine(AppContext.BaseDirectory, "OfacSdn", "Fixtures", "sdn.csv"), "text/csv");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.SentinelMissing, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_TooFewRows_IsNotTheList()
    {
        kit.Options.Remove("MinimumRows");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        Serve(SharedFactAttribute.Path("sources", "ofac-cons"));
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Corp"), Supplier("S2", "Bank"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's csv module over the four files, without the Ctrl-Z row.
        Assert.Equal((442L, 1073L, 574L), (kit.LastGood["cons_prim.csv"].Rows, kit.LastGood["cons_alt.csv"].Rows, kit.LastGood["cons_add.csv"].Rows));
        Assert.Equal((2099, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Empty(run.Events);
    }

    private static string Address(string part) => Exports + part.ToUpperInvariant();

    private void Serve(string folder)
    {
        foreach (string part in Parts) stub.ServeFile(Address(part), Path.Combine(folder, part), "text/csv");
    }
}
