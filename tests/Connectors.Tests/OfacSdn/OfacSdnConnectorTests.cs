using Risk.Connectors.OfacSdn;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.OfacSdn;

public sealed class OfacSdnConnectorTests : IAsyncLifetime, IDisposable
{
    private static readonly Supplier Northwind = Supplier("S1", "Northwind Trading, L.L.C.", "AE");
    private static readonly OfacFiles Files = OfacFiles.Load();

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new OfacSdnModule(), stub) { Options = { ["MinimumRows"] = "5" } };
        Files.ServeOn(stub);
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task FetchAsync_ListedSupplier_GivesTheEvent()
    {
        ConnectorRun run = (await kit.RunAsync([Northwind, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "sanction", "sdn-101", "ofac-sdn", 5), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal("On the OFAC SDN list as NORTHWIND TRADING LLC, programme SDGT, SYRIA; country agrees (AE)", hit.Title);
        Assert.Equal(kit.LastGood["sdn.csv"].Sha256, hit.Evidence.Snapshot);
        Assert.Equal((7L, 4L, 8L, 1L), Rows());
        Assert.True(Assert.Single(run.Updates).Complete);
        Assert.Equal(0, run.Audit.Rejected);
    }

    [Fact]
    public async Task FetchAsync_SecondRun_KeepsTheDateOfTheFirst()
    {
        await kit.RunAsync([Northwind]);
        DateTimeOffset first = kit.Now;
        kit.Now = first.AddDays(3);
        ConnectorRun run = (await kit.RunAsync([Northwind, Supplier("S2", "Adventure Cycles", "")])).Ok();
        Assert.Equal([first, kit.Now], run.Events.Select(e => e.OccurredAt));
        Assert.Equal("On the OFAC SDN list as ADVENTURE CYCLES (alias of ADVENTURE WORKS GMBH), programme IRAN", run.Events[1].Title);
        Assert.All(stub.Requests.Skip(4), r => Assert.True(r.Headers.ContainsKey("If-None-Match")));
    }

    [Fact]
    public async Task FetchAsync_Delisted_IsNoLongerInACompleteUpdate()
    {
        // Of seven rows none may go; a hundred more make one row less than one percent.
        var crowd = string.Concat(Enumerable.Range(1000, 200).Select(i => $"{i},\"PARTY {i}\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"));
        var aliases = string.Concat(Enumerable.Range(1000, 200).Select(i => $"{i},{i},\"aka\",\"SIDE {i}\",-0- \r\n"));
        var addresses = string.Concat(Enumerable.Range(1000, 400).Select(i => $"{i % 200 + 1000},{i},-0- ,-0- ,\"Cuba\",-0- \r\n"));
        var many = new OfacFiles(crowd + Files.Parties, aliases + Files.Aliases, addresses + Files.Addresses, Files.Comments);
        many.ServeOn(stub);
        Assert.Single((await kit.RunAsync([Northwind])).Ok().Events);
        many.Without("101").ServeOn(stub);
        ConnectorRun run = (await kit.RunAsync([Northwind])).Ok();
        Assert.Empty(run.Events);
        Assert.True(Assert.Single(run.Updates).Complete);
    }

    [Fact]
    public async Task FetchAsync_ShrunkList_ClearsNothing()
    {
        await kit.RunAsync([Northwind]);
        Files.Without("101").ServeOn(stub);
        ConnectorRun run = await kit.RunAsync([Northwind]);
        Assert.Equal(FailureKind.Shrunk, run.Failure?.Kind);
        Assert.Empty(run.Updates);

        // Somebody has looked, and the party did leave; what is no list is refused all the same.
        kit.AcceptsShorter = true;
        Assert.Empty((await kit.RunAsync([Northwind])).Ok().Events);
        stub.Fail(OfacFiles.PartiesAddress, Faults.Empty);
        Assert.True((await kit.RunAsync([Northwind])).Failure?.IsQuarantine);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() =>
        ListFaults.ClearNothingAsync(kit, stub, Northwind, OfacFiles.PartiesAddress, OfacFiles.AliasesAddress, OfacFiles.AddressesAddress, OfacFiles.CommentsAddress);

    [Fact]
    public async Task FetchAsync_TooFewRows_IsNotTheList()
    {
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = await kit.RunAsync([Northwind]);
        Assert.Equal(FailureKind.SentinelMissing, run.Failure?.Kind);
        Assert.Contains("5000", run.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_FilesOfDifferentDays_CountWhatDoesNotJoin()
    {
        (Files with { Addresses = string.Concat(Enumerable.Repeat("101,1,-0- ,\"Damascus\",\"Syria\",-0- \r\n", 100)) + "999,9,-0- ,-0- ,\"Iran\",-0- \r\n" }).ServeOn(stub);
        ConnectorRun run = (await kit.RunAsync([Northwind])).Ok();
        Assert.Equal((1, "add.csv 999"), run.Audit.Reasons["add.csv: ent_num is not in sdn.csv"]);

        (Files with { Aliases = Files.Aliases.Replace("102,2", "998,2", StringComparison.Ordinal) }).ServeOn(stub);
        Assert.Equal(FailureKind.SentinelMissing, (await kit.RunAsync([Northwind])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_RemarksCutOff_GoOnInTheComments()
    {
        // The weak alias THE MILLER is cut in its label; it needs the country, which persons of the fixture have in their address.
        EventSignal hit = Assert.Single((await kit.RunAsync([Supplier("S1", "The Miller", "CO")])).Ok().Events);
        Assert.Equal(("sdn-104", 3), (hit.Id, hit.Severity));

        string others = string.Concat(Enumerable.Range(900, 9).Select(i => $"{i},\"rest\"\r\n"));
        (Files with { Comments = others }).ServeOn(stub);
        ConnectorRun run = await kit.RunAsync([Supplier("S1", "The Miller", "CO")]);
        Assert.Equal(FailureKind.SentinelMissing, run.Failure?.Kind);
        Assert.Contains("the rest of none of the 1 remarks that sdn.csv cuts off", run.Failure!.Message, StringComparison.Ordinal);

        (Files with { Comments = others + Files.Comments }).ServeOn(stub);
        Assert.Equal(9, (await kit.RunAsync([])).Ok().Audit.Reasons["sdn_comments.csv: sdn.csv has no remarks of the party that were cut off"].Count);
    }

    [Fact]
    public async Task FetchAsync_ColumnsAtTheEndOrANewType_AreTakenInStride()
    {
        string wider = Wider(Files.Parties).Replace("105,\"BLUE SEA\",\"vessel\"", "105,\"BLUE SEA\",\"spacecraft\"", StringComparison.Ordinal);
        new OfacFiles(wider, Wider(Files.Aliases), Wider(Files.Addresses), Wider(Files.Comments)).ServeOn(stub);
        ConnectorRun run = (await kit.RunAsync([Northwind])).Ok();
        Assert.Single(run.Events);
        Assert.Equal(["Unknown add.csv: column 7 8", "Unknown alt.csv: column 6 4", "Unknown sdn.csv: column 13 7", "Unknown sdn_comments.csv: column 3 1"], ListDrift.Of(run));
        Assert.Contains("; spacecraft;", Assert.Single((await kit.RunAsync([Supplier("S", "Blue Sea", "")])).Ok().Events).Evidence.Excerpt, StringComparison.Ordinal);

        static string Wider(string file) => file.Replace("\r\n", ",\"new\"\r\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ColumnPutInBetween_IsNotTheList()
    {
        // Without a header, only the types tell.
        string moved = System.Text.RegularExpressions.Regex.Replace(Files.Parties, "^(\\d+),", "$1,\"new\",", System.Text.RegularExpressions.RegexOptions.Multiline);
        (Files with { Parties = moved }).ServeOn(stub);
        ConnectorRun run = await kit.RunAsync([Northwind]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains("its columns may have moved", run.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_RedirectToTheObjectStore_IsFollowed()
    {
        stub.Redirect(OfacFiles.PartiesAddress, "https://exports.s3.amazonaws.com/sdn?signature=1");
        stub.Serve("exports.s3.amazonaws.com/sdn", Files.Parties, "text/csv");
        Assert.Single((await kit.RunAsync([Northwind])).Ok().Events);
        Assert.Equal("https://" + OfacFiles.PartiesAddress, kit.LastGood["sdn.csv"].Url);
    }

    [Fact]
    public async Task FetchAsync_WrongOption_SaysWhichAndHow()
    {
        kit.Options["MinimumRows"] = "many";
        ConnectorRun run = await kit.RunAsync([]);
        Assert.Equal("Risk:Sources:ofac-sdn:MinimumRows is 'many'; write a whole number of at least 1.", run.Failure?.Message);
    }

    [SharedFact]
    public async Task FetchAsync_Recording_CountsAsPythonDid()
    {
        stub.ServeFile(OfacFiles.PartiesAddress, SharedFactAttribute.Path("sources", "ofac-sdn", "sdn.csv"));
        stub.ServeFile(OfacFiles.AliasesAddress, SharedFactAttribute.Path("sources", "ofac-sdn", "alt.csv"));
        stub.ServeFile(OfacFiles.AddressesAddress, SharedFactAttribute.Path("sources", "ofac-sdn", "add.csv"));
        stub.ServeFile(OfacFiles.CommentsAddress, SharedFactAttribute.Path("sources", "ofac-sdn", "sdn_comments.csv"));
        kit.Options.Remove("MinimumRows");
        ConnectorRun run = (await kit.RunAsync([Supplier("S1", "Corp", ""), Supplier("S2", "Limited", ""), Supplier("S3", "Contoso Ltd", "US")])).Ok();
        // Counted with Python's csv module over the four files, without the Ctrl-Z row. The comments are fourteen months younger: three parties came, and one has a shorter remark.
        Assert.Equal((13821L, 17091L, 18990L, 21L), Rows());
        Assert.Equal((4, "sdn_comments.csv 17016"), Assert.Single(run.Audit.Reasons).Value);
        Assert.Empty(run.Events);
    }

    private (long Parties, long Aliases, long Addresses, long Comments) Rows() =>
        (kit.LastGood["sdn.csv"].Rows, kit.LastGood["alt.csv"].Rows, kit.LastGood["add.csv"].Rows, kit.LastGood["sdn_comments.csv"].Rows);

    private static Supplier Supplier(string id, string name, string country) => new() { Id = new SupplierId(id), Name = name, Country = country };
}
