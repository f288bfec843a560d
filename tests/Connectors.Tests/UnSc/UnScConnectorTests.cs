using Risk.Connectors.UnSc;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.UnSc;

public sealed class UnScConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "scsanctions.un.org/resources/xml/en/consolidated.xml";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Airlines", "KP");
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "UnSc", "Fixtures", "consolidated.xml"));

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UnScModule(), stub) { Options = { ["MinimumRows"] = "3" } };
        stub.Serve(Address, Fixture, "text/xml");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesTheEvent()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "sanction", "un-901", "un-sc", 5), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the UN Security Council list as FABRIKAM AIRLINES (alias of FABRIKAM AIRLINES (FAL)), programme Example; country agrees (KP)", hit.Title);
        Assert.Equal(new DateTimeOffset(2014, 6, 30, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((3, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task FetchAsync_ListingDateWithOffset_IsThatDay()
    {
        EventSignal hit = Assert.Single((await kit.RunAsync([Supplier("S", "Tailspin Trading House")])).Ok().Events);
        Assert.Equal(new DateTimeOffset(2015, 4, 7, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
    }

    [Fact]
    public async Task FetchAsync_OneHalfOnly_IsNotTheList()
    {
        stub.Serve(Address, Fixture.Replace("<ENTITY>", "<COMPANY>", StringComparison.Ordinal).Replace("</ENTITY>", "</COMPANY>", StringComparison.Ordinal), "text/xml");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "un-sc", "consolidated.xml"), "text/xml");
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Trading"), Supplier("S2", "Company"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's ElementTree: 727 INDIVIDUAL and 273 ENTITY, all with another DATAID.
        Assert.Equal((1000, 0, 1000L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["consolidated.xml"].Rows));
        Assert.Empty(run.Events);
    }

    [Theory]
    [InlineData("Fabrikam Air Cargo", "", 5)]
    [InlineData("Fabrikam Flying School Ltd", "US", 3)]
    [InlineData("파브리캄 항공", "", 5)]
    [InlineData("Tailspin House", "IR", 5)]
    [InlineData("FAL", "KP", 0)]
    [InlineData("Richard Example Roe", "", 5)]
    [InlineData("Dick Roe", "", 5)]
    [InlineData("The Baker", "RW", 3)]
    [InlineData("The Baker", "CD", 3)]
    [InlineData("The Baker", "US", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_OlderThanTheLast_ClearsNothing()
    {
        await kit.RunAsync([Fabrikam]);
        stub.Serve(Address, Fixture.Replace("2026-10-08T", "2026-10-07T", StringComparison.Ordinal).Replace("FABRIKAM", "Renamed", StringComparison.Ordinal), "text/xml");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Outdated, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_TooFewRows_IsNotTheList()
    {
        kit.Options.Remove("MinimumRows");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }


    [Fact]
    public async Task FetchAsync_ChangedFields_AreToldWithTheirCount()
    {
        stub.Serve(Address, Fixture.Replace("REFERENCE_NUMBER>", "REFERENCE>", StringComparison.Ordinal).Replace("<STATE_PROVINCE>Somewhere </STATE_PROVINCE>", "<PROVINCE>Somewhere</PROVINCE>", StringComparison.Ordinal), "text/xml");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Empty(((string[])["Missing REFERENCE_NUMBER 3", "Unknown REFERENCE 3", "Unknown ENTITY_ADDRESS.PROVINCE 2"]).Except(ListDrift.Of(run)));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
