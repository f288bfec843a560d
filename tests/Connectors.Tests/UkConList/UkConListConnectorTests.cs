using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Uk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Connectors.UkConList;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.UkConList;

public sealed class UkConListConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Holding", "RU");

    private static readonly string Text =
        "Last Updated,27/01/2026" + new string(',', 34) + "\r\n" +
        "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,Non-Latin Script Type,Non-Latin Script Language,DOB,Town of Birth,Country of Birth,Nationality,Passport Number,Passport Details,"
        + "National Identification Number,National Identification Details,Position,Address 1,Address 2,Address 3,Address 4,Address 5,Address 6,Post/Zip Code,Country,Other Information,Group Type,Alias Type,"
        + "Alias Quality,Regime,Listed On,UK Sanctions List Date Designated,Last Updated,Group ID\r\n" +
        Row("FABRIKAM GROUP", "", "Cyprus", "", "Entity", "AKA", "900") +
        Row(" FABRIKAM HOLDING", "", "Russia", "(Website):www.fabrikam.example (Business Reg No):1137711000074 (Russia). Tax ID No. 7735579027 (Russia)", "Entity", "Primary name", "900") +
        Row("ROE", "Richard", "", "", "Individual", "Primary name", "901", nationality: "(1) Syria (2) Lebanon") +
        Row("TAILSPIN", "", "", "(IMO number):7408873 (Flag of ship):North Korea", "Ship", "Primary name", "902");

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new UkConListModule(), stub) { Options = { ["MinimumRows"] = "4" } };
        stub.Serve(Address, Text, "text/csv");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesOneEventForItsRows()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "sanction", "ofsi-900", "uk-conlist", 5), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the UK consolidated list (closed on 28 January 2026) as FABRIKAM HOLDING, programme Example regime; country agrees (RU)", hit.Title);
        Assert.Equal(new DateTimeOffset(2022, 3, 1, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((4L, new DateTimeOffset(2026, 1, 27, 0, 0, 0, TimeSpan.Zero)), (kit.LastGood["conlist.csv"].Rows, kit.LastGood["conlist.csv"].PublishedAt));
    }

    [Theory]
    [InlineData("Fabrikam Group Ltd", "CY", 5)]
    [InlineData("Richard Roe", "LB", 5)]
    [InlineData("Roe", "LB", 0)]
    [InlineData("Tailspin", "", 3)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    [Fact]
    public void Map_NumbersAmongTheOtherInformation_AreIdentifiers()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Text);
        var list = new UkListFile(UkConListMapper.Layout, new FetchAudit());
        list.Read(new Snapshot(new SourceId("uk-conlist"), "conlist.csv", "", "", file, 0, 0, null, default, "", ""));
        File.Delete(file);
        Assert.Equal(
            ["domain fabrikam.example ", "registration 1137711000074 RU", "tax 7735579027 RU", "imo 7408873 "],
            list.Parties.Select(UkConListMapper.Map).SelectMany(e => e.Identifiers).Select(i => $"{i.Scheme} {i.Value} {i.Country}"));
    }

    [Fact]
    public async Task FetchAsync_WrittenAnotherWay_SaysTheSame()
    {
        foreach ((string name, byte[] file) in ListTables.Rewritten(Encoding.UTF8.GetBytes(Text), before: 1))
        {
            stub.Serve(Address, file, "text/csv");
            ConnectorRun run = await kit.RunAsync([Fabrikam]);
            Assert.True(run.Failure is null && run.Events.Count == 1 && run.Audit.Rejected == 0, $"{name}: {run.Failure?.Message}");
        }
    }

    [Fact]
    public async Task FetchAsync_NotUtf8_IsDamageUnlessTheLayoutIsFromBefore()
    {
        byte[] latin = Encoding.Latin1.GetBytes(Text.Replace("FABRIKAM GROUP", "FABRIKAM SOCIÉTÉ", StringComparison.Ordinal));
        stub.Serve(Address, latin, "text/csv");
        Assert.Equal(FailureKind.Malformed, (await kit.RunAsync([Fabrikam])).Failure?.Kind);

        byte[] utf8 = Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(latin));
        byte[] older = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(ListTables.Without(ListTables.Without(utf8, "Name Non-Latin Script", before: 1), "Alias Quality", before: 1)));
        stub.Serve(Address, older, "text/csv");
        Assert.Single((await kit.RunAsync([Supplier("S", "Fabrikam Société")])).Ok().Events);
    }

    [SharedFact]
    public async Task FetchAsync_Recordings_CountAsPythonDid()
    {
        // Counted with Python's csv module: rows, and different Group IDs.
        foreach ((string file, int rows, int parties) in new[] { ("ConList.2018-format.csv", 1500, 395), ("ConList.sample-2020.csv", 23, 6), ("ConList.entities-ships.csv", 3897, 659) })
        {
            using var fresh = new ConnectorKit(new UkConListModule(), stub) { Options = { ["MinimumRows"] = "1" } };
            stub.ServeFile(Address, SharedFactAttribute.Path("sources", "uk-sanctions", file), "text/csv");
            ConnectorRun run = (await fresh.RunAsync([Supplier("S1", "Corp"), Supplier("S3", "Contoso Ltd", "US")])).Ok();
            Assert.Equal((rows, 0, (long)rows), (run.Audit.Read, run.Audit.Rejected, fresh.LastGood["conlist.csv"].Rows));
            var list = new UkListFile(UkConListMapper.Layout, new FetchAudit());
            list.Read(fresh.LastGood["conlist.csv"]);
            Assert.Equal(parties, list.Parties.Count());
        }
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
        stub.Serve(Address, Text.Replace("Post/Zip Code", "Postcode", StringComparison.Ordinal), "text/csv");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal(["Missing Post/Zip Code 4", "Unknown Postcode 4"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);

    private static string Row(string name6, string name1, string country, string other, string groupType, string aliasType, string group, string nationality = "") =>
        $"{name6},{name1},,,,,,,,,,,,{nationality},,,,,,,,,,,,,{country},{other},{groupType},{aliasType},,Example regime,01/03/2022,01/03/2022,02/03/2022,{group}\r\n";
}
