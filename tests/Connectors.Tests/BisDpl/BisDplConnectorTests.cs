using System.Text;
using Risk.Connectors.BisDpl;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.BisDpl;

public sealed class BisDplConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "www.bis.doc.gov/dpl/dpl.txt";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Exports Ltd", "AE");

    private static readonly byte[] Fixture = Encoding.UTF8.GetBytes(
        "\"Name\"\t\"Street_Address\"\t\"City\"\t\"State\"\t\"Country\"\t\"Postal_Code\"\t\"Effective_Date\"\t\"Expiration_Date\"\t\"Standard_Order\"\t\"Last_Update\"\t\"Action\"\t\"FR_Citation\"\n" +
        "\" FABRIKAM EXPORTS\"\t\"1 DOCK ROAD\"\t\"DUBAI\"\t\"\"\t\"AE\"\t\"\"\t\"06/19/2023\"\t\"06/29/2056\"\t\"Y\"\t\"3017-08-22\"\t\"NEW\"\t\"88 F.R. 1 6/19/2023\"\n" +
        "\" FABRIKAM EXPORTS\"\t\"2 QUAY STREET\"\t\"AKTAU\"\t\"\"\t\"KZ\"\t\"\"\t\"06/19/2023\"\t\"06/29/2056\"\t\"Y\"\t\"2023-06-20\"\t\"NEW\"\t\"88 F.R. 1 6/19/2023\"\n" +
        "\"RICHARD ROE A/K/A DICK ROE\"\t\"FCI SAMPLE\"\t\"WACO\"\t\"TX\"\t\"\"\t\"76701\"\t\"10/16/2020\"\t\"\"\t\"N\"\t\"2020-10-23\"\t\"\"\t\"85 F.R. 2 10/20/2020\"\n" +
        "\"TAILSPIN (TAIL SPIN MARINE)\"\t\"\"\t\"MINSK\"\t\"\"\t\"BY\"\t\"\"\t\"01/02/2021\"\t\"01/02/2040\"\t\"Y\"\t\"2021-01-05\"\t\"\"\t\"86 F.R. 3 1/5/2021\"\n" +
        "\"LAPSED WORKS\"\t\"\"\t\"PARIS\"\t\"\"\t\"FR\"\t\"\"\t\"01/02/2011\"\t\"01/02/2021\"\t\"Y\"\t\"2011-01-05\"\t\"\"\t\"76 F.R. 4 1/5/2011\"\n");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new BisDplModule(), stub) { Options = { ["MinimumRows"] = "5" } };
        stub.Serve(Address, Fixture, "text/plain");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesOneEventForItsAddresses()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "restriction", "denial-order", 4), (hit.Supplier.Value, hit.Name, hit.Type, hit.Severity));
        Assert.Equal("On the US denied persons list (no exports to them that US rules cover) as FABRIKAM EXPORTS; country agrees (AE)", hit.Title);
        Assert.Equal(new DateTimeOffset(2023, 6, 19, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal(("dpl-d553ae493250330a", "dpl-d553ae493250330a"), (hit.Id, hit.Story));
        Assert.Contains("88 F.R. 1 6/19/2023; until 06/29/2056", hit.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal((5, 0, 5L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["dpl.txt"].Rows));
    }

    [Theory]
    [InlineData("Richard Roe", "US", 4)]
    [InlineData("Dick Roe", "", 4)]
    [InlineData("Tail Spin Marine", "", 4)]
    [InlineData("Tailspin", "BY", 2)]
    [InlineData("Tailspin", "US", 0)]
    [InlineData("Lapsed Works", "FR", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_ExpiryDay_IsTheLastInForce()
    {
        Supplier lapsed = Supplier("S", "Lapsed Works", "FR");
        kit.Now = new DateTimeOffset(2021, 1, 2, 23, 59, 0, TimeSpan.Zero);
        Assert.Single((await kit.RunAsync([lapsed])).Ok().Events);
        kit.Now = kit.Now.AddMinutes(1);
        Assert.Empty((await kit.RunAsync([lapsed])).Ok().Events);
    }

    [Fact]
    public async Task FetchAsync_WrittenAnotherWay_SaysTheSame()
    {
        foreach ((string name, byte[] file) in ListTables.Rewritten(Fixture, separator: '\t'))
        {
            stub.Serve(Address, file, "text/plain");
            ConnectorRun run = await kit.RunAsync([Fabrikam]);
            Assert.True(run.Failure is null && run.Events.Count == 1 && run.Audit.Rejected == 0, $"{name}: {run.Failure?.Message}");
        }
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("Expiration_Date")]
    public async Task FetchAsync_MissingColumn_IsNotTheList(string column)
    {
        stub.Serve(Address, ListTables.Without(Fixture, column, separator: '\t'), "text/plain");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains($"no column '{column}'", run.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_DateThatIsNone_IsCountedAndNotGuessed()
    {
        stub.Serve(Address, Encoding.UTF8.GetString(Fixture).Replace("06/29/2056", "never", StringComparison.Ordinal), "text/plain");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "bis-dpl", "dpl.txt"), "text/plain");
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Corp"), Supplier("S2", "Applied Systems Methods and Technology"), Supplier("S3", "Contoso Ltd", "US")])).Ok();

        // Counted with Python's csv module.
        Assert.Equal((546, 0, 546L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["dpl.txt"].Rows));
        var list = new BisDplList(new FetchAudit());
        list.Read(kit.LastGood["dpl.txt"]);
        Assert.Equal((417, 333), (list.Records.Count(), list.Records.Count(r => BisDplMapper.IsInForce(r, new DateTimeOffset(2021, 7, 7, 0, 0, 0, TimeSpan.Zero)))));
    }

    [Fact]
    public async Task FetchAsync_TooFewRows_IsNotTheList()
    {
        kit.Options.Remove("MinimumRows");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_ChangedColumns_AreToldWithTheirCount()
    {
        Assert.Empty(ListDrift.Of((await kit.RunAsync([Fabrikam])).Ok()));
        stub.Serve(Address, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Fixture).Replace("Last_Update", "Updated", StringComparison.Ordinal)), "text/plain");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal(["Missing Last_Update 5", "Unknown Updated 5"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
