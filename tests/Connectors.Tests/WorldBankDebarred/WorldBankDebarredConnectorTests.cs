using Risk.Connectors.WorldBankDebarred;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.WorldBankDebarred;

public sealed class WorldBankDebarredConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "apigwext.worldbank.org/dvsvc/v1.0/json/APPLICATION/ADOBE_EXPRNCE_MGR/FIRM/SANCTIONED_FIRM";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Ingenieria SA", "ES");
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "WorldBankDebarred", "Fixtures", "SANCTIONED_FIRM.json"));

    private readonly string tokenFile = Path.GetTempFileName();
    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(tokenFile, "n00token");
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new WorldBankDebarredModule(), stub) { Options = { ["MinimumRows"] = "4", ["ApiKey"] = "file:" + tokenFile } };
        stub.Serve(Address, Fixture, "application/json");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose()
    {
        kit.Dispose();
        File.Delete(tokenFile);
    }

    [Fact]
    public async Task FetchAsync_ListedSupplier_IsDebarredAndNotSanctioned()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Adatum", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "debarment", "wb-1", "worldbank-debarred", 3), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the World Bank list of debarred firms as FABRIKAM INGENIERÍA, S.A.; country agrees (ES)", hit.Title);
        Assert.Equal(new DateTimeOffset(2017, 9, 25, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((4, 0, 4L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["sanctioned_firm.json"].Rows));
    }

    [Theory]
    [InlineData("Fabrikam Obras", "", 3)]
    [InlineData("Fabrikam Civil S.A.", "", 3)]
    [InlineData("38891766", "", 0)]
    [InlineData("Richard Example Roe", "PH", 3)]
    [InlineData("Tailspin Consulting Group", "", 0)]
    [InlineData("Woodgrove Builders", "", 3)]
    [InlineData("Formerly", "", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        // Names inside the name and the footnotes count; a debarment that is over does not.
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_LastDayPast_IsOver()
    {
        kit.Now = new DateTimeOffset(2026, 8, 1, 23, 0, 0, TimeSpan.Zero);
        Assert.Single((await kit.RunAsync([Supplier("S", "Woodgrove Builders")])).Ok().Events);
        kit.Now = kit.Now.AddHours(1);
        Assert.Empty((await kit.RunAsync([Supplier("S", "Woodgrove Builders")])).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_Key_IsSentAndKeptNowhere()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal("n00token", Assert.Single(stub.Requests).Headers["apikey"]);
        Assert.DoesNotContain("n00token", kit.LastGood["sanctioned_firm.json"].ToString() + run.Events[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_OlderThanTheLast_ClearsNothing()
    {
        await kit.RunAsync([Fabrikam]);
        stub.Serve(Address, Fixture.Replace("2026-07-17T", "2026-07-16T", StringComparison.Ordinal).Replace("FABRIKAM", "RENAMED", StringComparison.Ordinal));
        Assert.Equal(FailureKind.Outdated, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
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
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "worldbank-debarred", "SANCTIONED_FIRM.json"));
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Trading"), Supplier("S2", "Company"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's json module.
        Assert.Equal((1225, 0, 1225L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["sanctioned_firm.json"].Rows));
        Assert.Empty(run.Events);
    }

    [Fact]
    public async Task FetchAsync_ChangedFields_AreToldWithTheirCount()
    {
        stub.Serve(Address, Fixture.Replace("COUNTRY_NAME", "COUNTRY", StringComparison.Ordinal).Replace("\"LAND1\": \"ES\"", "\"LAND1\": [\"ES\"]", StringComparison.Ordinal));
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Empty(((string[])["Missing COUNTRY_NAME 4", "Retyped LAND1 1", "Unknown COUNTRY 4"]).Except(ListDrift.Of(run)));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
