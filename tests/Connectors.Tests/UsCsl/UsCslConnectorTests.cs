using Risk.Connectors.UsCsl;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.UsCsl;

public sealed class UsCslConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Semiconductor", "CN");
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "UsCsl", "Fixtures", "consolidated.csv"));

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UsCslModule(), stub) { Options = { ["MinimumRows"] = "8" } };
        stub.Serve(Address, Fixture, "text/csv");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_IsRestrictedAndNotBlocked()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Adatum", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "restriction", "csl-el", 4), (hit.Supplier.Value, hit.Name, hit.Type, hit.Severity));
        Assert.Equal("On the US Entity List (EL) (not blocked, some dealings need a licence) as Fabrikam Semiconductor Co., Ltd.; country agrees (CN)", hit.Title);
        Assert.Equal(new DateTimeOffset(2018, 8, 1, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Contains("For all items subject to the EAR", hit.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.Equal((8, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Theory]
    [InlineData("Fabrikam Institute of Optics", "", 4)]
    [InlineData("Fabrikam Lab", "", 4)]
    [InlineData("FIO", "HK", 2)]
    [InlineData("FIO", "US", 0)]
    [InlineData("Tailspin Supply Chain", "AM", 3)]
    [InlineData("Woodgrove Import and Export Company", "", 4)]
    [InlineData("Wide World Parts", "US", 4)]
    [InlineData("Expired Parts Inc", "", 0)]
    [InlineData("Example Engine Works", "", 4)]
    [InlineData("Contoso Night Vision", "", 4)]
    [InlineData("Blue Yonder Trading", "", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        // Expired entries are over, and the Treasury's rows come from its own lists.
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_NewIdScheme_KeepsEventAndDate()
    {
        EventSignal first = Assert.Single((await kit.RunAsync([Supplier("S", "Contoso Night Vision")])).Ok().Events);
        kit.Now = kit.Now.AddDays(1);
        stub.Serve(Address, Fixture.Replace("\"ag\"", "\"0123456789abcdef\"", StringComparison.Ordinal), "text/csv");
        EventSignal second = Assert.Single((await kit.RunAsync([Supplier("S", "Contoso Night Vision")])).Ok().Events);
        Assert.Equal((first.Id, first.OccurredAt), (second.Id, second.OccurredAt));
    }

    [Fact]
    public async Task FetchAsync_OneListMissing_ClearsNothing()
    {
        string other = Fixture.Replace("Unverified List (UVL)", "Military End User (MEU) List", StringComparison.Ordinal);
        stub.Serve(Address, other, "text/csv");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_OneListShrunk_ClearsNothing()
    {
        // A hundred more rows of each of two lists; then a tenth of one of them goes while the other grows.
        string Rows(string list, int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i => $"\"x{i}\",\"{list}\",\"\",\"\",\"\",\"PARTY {i}\"" + string.Concat(Enumerable.Repeat(",\"\"", 23)) + "\n"));
        const string Uvl = "Unverified List (UVL) - Bureau of Industry and Security", Dtc = "ITAR Debarred (DTC) - State Department";
        stub.Serve(Address, Fixture + Rows(Uvl, 0, 100) + Rows(Dtc, 1000, 100), "text/csv");
        Assert.Single((await kit.RunAsync([Fabrikam])).Ok().Events);
        stub.Serve(Address, Fixture + Rows(Uvl, 0, 90) + Rows(Dtc, 1000, 110), "text/csv");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Contains("has 91 rows of 'Unverified List (UVL)", run.Failure!.Message, StringComparison.Ordinal);
        Assert.EndsWith("risk sources pull us-csl --accept-shorter", run.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Updates);

        kit.AcceptsShorter = true;
        Assert.Single((await kit.RunAsync([Fabrikam])).Ok().Events);
        kit.AcceptsShorter = false;
        Assert.Single((await kit.RunAsync([Fabrikam])).Ok().Events);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "us-csl", "consolidated.csv"), "text/csv");
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Trading"), Supplier("S2", "Company"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's csv module.
        Assert.Equal((14160, 0, 14160L), (run.Audit.Read, run.Audit.Rejected, kit.LastGood["consolidated.csv"].Rows));
        Assert.Contains("\"Entity List (EL) - Bureau of Industry and Security\":2001", kit.Checkpoint, StringComparison.Ordinal);
        Assert.Empty(run.Events);
    }

    [Fact]
    public async Task FetchAsync_WrittenAnotherWay_SaysTheSame()
    {
        foreach ((string name, byte[] file) in ListTables.Rewritten(System.Text.Encoding.UTF8.GetBytes(Fixture)))
        {
            stub.Serve(Address, file, "text/csv");
            ConnectorRun run = await kit.RunAsync([Fabrikam]);
            Assert.True(run.Failure is null && run.Events.Count == 1 && run.Audit.Rejected == 0, $"{name}: {run.Failure?.Message}");
        }
    }

    [Fact]
    public async Task FetchAsync_DenialOrder_IsTheOneThatTheBureausOwnFileTells()
    {
        EventSignal order = Assert.Single((await kit.RunAsync([Supplier("S", "Wide World Parts", "US")])).Ok().Events);
        Assert.Equal(("denial-order", DenialOrder.Id("WIDE WORLD PARTS", new DateTimeOffset(2003, 6, 19, 0, 0, 0, TimeSpan.Zero))), (order.Type, order.Story));
        Assert.StartsWith("csl-dpl-", order.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ChangedColumns_AreToldWithTheirCount()
    {
        Assert.Empty(ListDrift.Of((await kit.RunAsync([Fabrikam])).Ok()));
        stub.Serve(Address, Fixture.Replace("source_information_url", "source_info", StringComparison.Ordinal), "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal(["Missing source_information_url 8", "Unknown source_info 8"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
