using Risk.Connectors.UkSanctions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.UkSanctions;

public sealed class UkSanctionsConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Holding", "RU");
    private static readonly string Fixture = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "UkSanctions", "Fixtures", "uk-sanctions-list.csv"));

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UkSanctionsModule(), stub) { Options = { ["MinimumRows"] = "7" } };
        stub.Serve(Address, Fixture, "text/csv");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesOneEventForItsRows()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "sanction", "uk-RUS9001", "uk-sanctions", 5), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the UK sanctions list as FABRIKAM HOLDING, programme The Example (Sanctions) Regulations; country agrees (RU)", hit.Title);
        Assert.Equal(new DateTimeOffset(2022, 2, 24, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((7L, new DateTimeOffset(2026, 10, 8, 0, 0, 0, TimeSpan.Zero)), (kit.LastGood["uk-sanctions-list.csv"].Rows, kit.LastGood["uk-sanctions-list.csv"].PublishedAt));
        Assert.Equal((7, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Fact]
    public async Task FetchAsync_ShipWithoutAssetFreeze_IsRestrictedAndNotBlocked()
    {
        EventSignal hit = Assert.Single((await kit.RunAsync([Supplier("S", "Tailspin Prospect")])).Ok().Events);
        Assert.Equal(("restriction", 4), (hit.Name, hit.Severity));
        Assert.Contains("IMO9990001", hit.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_UnknownDesignationDay_IsDatedByTheFirstSight()
    {
        EventSignal hit = Assert.Single((await kit.RunAsync([Supplier("S", "Richard Example Roe")])).Ok().Events);
        Assert.Equal(kit.Now, hit.OccurredAt);
    }

    [Theory]
    [InlineData("Unique ID", "Party ID")]
    [InlineData("Sanctions Imposed", "Measures")]
    public async Task FetchAsync_RenamedColumn_IsNotTheList(string column, string renamed)
    {
        stub.Serve(Address, Fixture.Replace(column, renamed, StringComparison.Ordinal), "text/csv");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains(column, run.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Designation Type", "Individual, Entity, Ship")]
    [InlineData("Nationality(/ies)", "Nationality")]
    public async Task FetchAsync_TitleTheListHasHadBefore_IsTheSameColumn(string column, string title)
    {
        stub.Serve(Address, Fixture.Replace(column, $"\"{title}\"", StringComparison.Ordinal), "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Richard Example Roe", "LB")])).Ok();
        Assert.Equal([5, 5], run.Events.Select(e => e.Severity));
    }

    [Fact]
    public async Task FetchAsync_WrittenAnotherWay_SaysTheSame()
    {
        byte[] fixture = System.Text.Encoding.UTF8.GetBytes(Fixture);
        byte[] narrow = ListTables.Without(ListTables.Without(fixture, "IMO number", before: 1), "Business registration number (s)", before: 1);
        foreach ((string name, byte[] file) in ListTables.Rewritten(fixture, before: 1).Append(("without columns that only add to the evidence", narrow)))
        {
            stub.Serve(Address, file, "text/csv");
            ConnectorRun run = await kit.RunAsync([Fabrikam]);
            Assert.True(run.Failure is null && run.Events.Count == 1 && run.Audit.Rejected == 0, $"{name}: {run.Failure?.Message}");
        }
    }

    [Fact]
    public async Task FetchAsync_HostileRows_AreCountedUpToOnePercent()
    {
        string crowd = string.Concat(Enumerable.Range(0, 300).Select(i => $",CRO{i},,,PARTY {i}" + new string(',', 53) + "\r\n"));
        string noName = ",CRO999" + new string(',', 56) + "\r\n", noId = ",,,,NAMELESS" + new string(',', 53) + "\r\n", shortRow = "a,b,c\r\n";
        stub.Serve(Address, Fixture + crowd + noName + noId + shortRow, "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["another number of columns than the header", "no Unique ID", "no name"], run.Audit.Reasons.Keys);

        stub.Serve(Address, Fixture + crowd + string.Concat(Enumerable.Repeat(shortRow, 9)), "text/csv");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([Fabrikam])).Failure?.Kind);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_ReadsTheOneRow()
    {
        // The recording is an excerpt: one ship. As a list it is refused.
        stub.ServeFile(Address, SharedFactAttribute.Path("sources", "uk-sanctions", "UK-Sanctions-List.excerpt.csv"), "text/csv");
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([])).Failure?.Kind);
        kit.Options["MinimumRows"] = "1";
        ConnectorRun run = (await kit.RunAsync([Supplier("S", "Korolev Prospect", "GA")])).Ok();
        Assert.Equal((1, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(("restriction", "uk-RUS2176"), (Assert.Single(run.Events).Name, run.Events[0].Id));
    }

    [Theory]
    [InlineData("Fabrikam Group", "", 5)]
    [InlineData("Fabrikam Group Ltd", "US", 3)]
    [InlineData("ФАБРИКАМ ХОЛДИНГ", "", 5)]
    [InlineData("FBK", "CY", 3)]
    [InlineData("FBK", "US", 0)]
    [InlineData("Richard Example Roe", "LB", 5)]
    [InlineData("ROE, Richard Example", "", 5)]
    [InlineData("Roe", "SY", 0)]
    [InlineData("Woodgrove Petroleum", "", 5)]
    [InlineData("Holding", "", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public async Task FetchAsync_OlderThanTheLast_ClearsNothing()
    {
        await kit.RunAsync([Fabrikam]);
        stub.Serve(Address, Fixture.Replace("08-Oct-2026", "07-Oct-2026", StringComparison.Ordinal).Replace("FABRIKAM", "Renamed", StringComparison.Ordinal), "text/csv");
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
    public async Task FetchAsync_ChangedColumns_AreToldWithTheirCount()
    {
        Assert.Empty(ListDrift.Of((await kit.RunAsync([Fabrikam])).Ok()));
        stub.Serve(Address, Fixture.Replace("Type of ship", "Kind of ship", StringComparison.Ordinal), "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal(["Missing Type of ship 7", "Unknown Kind of ship 7"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);
}
