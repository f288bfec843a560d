using System.IO.Compression;
using System.Text;
using Risk.Connectors.SamExclusions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;
using static Risk.Connectors.Tests.Sdk.Screening.ListFaults;

namespace Risk.Connectors.Tests.SamExclusions;

public sealed class SamExclusionsConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Address = "api.sam.gov/data-services/v1/extracts";
    private const string Member = "SAM_Exclusions_Public_Extract_V2_26210.CSV";
    private static readonly Supplier Fabrikam = Supplier("S1", "Fabrikam Fuels GmbH & Co. KG", "DE");

    private static readonly string[] Header =
    [
        "Classification", "Name", "Prefix", "First", "Middle", "Last", "Suffix", "Address 1", "Address 2", "Address 3", "Address 4", "City", "State / Province", "Country", "Zip Code", "Open Data Flag",
        "Blank (Deprecated)", "Unique Entity ID", "Exclusion Program", "Excluding Agency", "CT Code", "Exclusion Type", "Additional Comments", "Active Date", "Termination Date", "Record Status",
        "Cross-Reference", "SAM Number", "CAGE", "NPI", "Creation_Date",
    ];

    private static readonly string Text = Csv(
        Row("S4FAB", "Firm", "Fabrikam Fuels GmbH & Co. KG", country: "DEU", uei: "KQKWLLDBMDL5", cage: "C0001"),
        Row("S4ROE", "Individual", first: "Richard", middle: "Example", last: "Roe", country: "USA", active: "2012-12-11", ends: "11/08/2029"),
        Row("S4OLD", "Firm", "Lapsed Works LLC", country: "USA", ends: "07/31/2026"),
        Row("S4TRE", "Special Entity Designation", "Blocked Trading FZE", country: "ARE", agency: "TREAS-OFAC"));

    private readonly string keyFile = Path.GetTempFileName();
    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(keyFile, "s3cret");
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new SamExclusionsModule(), stub) { Options = { ["MinimumRows"] = "4", ["ApiKey"] = "file:" + keyFile } };
        stub.Serve(Address, Zip(Text), "application/zip");
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose()
    {
        kit.Dispose();
        File.Delete(keyFile);
    }

    [Fact]
    public async Task FetchAsync_ListedSupplier_IsDebarred()
    {
        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Contoso", "DE")])).Ok();
        EventSignal hit = Assert.Single(run.Events);
        Assert.Equal(("S1", "debarment", "sam-S4FAB", "sam-exclusions", 3), (hit.Supplier.Value, hit.Name, hit.Id, hit.Type, hit.Severity));
        Assert.Equal(
            "On the US list of parties excluded from federal contracts as Fabrikam Fuels GmbH & Co. KG, programme Ineligible (Proceedings Pending); country agrees (DE)", hit.Title);
        Assert.Equal(new DateTimeOffset(2015, 3, 13, 0, 0, 0, TimeSpan.Zero), hit.OccurredAt);
        Assert.Equal((4L, new DateTimeOffset(2026, 7, 29, 0, 0, 0, TimeSpan.Zero)), (kit.LastGood["exclusions.zip"].Rows, kit.LastGood["exclusions.zip"].PublishedAt));
        Assert.Equal((4, 0), (run.Audit.Read, run.Audit.Rejected));
    }

    [Theory]
    [InlineData("Richard Example Roe", "US", 3)]
    [InlineData("Roe, Richard Example", "", 3)]
    [InlineData("Roe", "US", 0)]
    [InlineData("Lapsed Works", "US", 0)]
    [InlineData("Blocked Trading FZE", "AE", 0)]
    public async Task FetchAsync_Names_GiveTheSeverity(string name, string country, int severity)
    {
        // The last is the Treasury's: its own lists block it, and say so.
        ConnectorRun run = (await kit.RunAsync([Supplier("S", name, country)])).Ok();
        Assert.Equal(severity, run.Events.Select(e => e.Severity).SingleOrDefault());
    }

    /// <summary>Whatever the portfolio calls it: the government's own number says who it is.</summary>
    [Fact]
    public async Task FetchAsync_SameEntityNumber_IsSure()
    {
        Supplier renamed = Supplier("S1", "Harrow Fuels", "DE") with { Identifiers = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(IdentifierScheme.Uei, "KQKWLLDBMDL5") };
        EventSignal hit = Assert.Single((await kit.RunAsync([renamed])).Ok().Events);
        Assert.Equal("sam-S4FAB", hit.Id);
        Assert.Contains("UEI", hit.Title, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task FetchAsync_Key_IsSentAndNeitherStoredNorTold()
    {
        await kit.RunAsync([]);
        Assert.Contains("api_key=s3cret", Assert.Single(stub.Requests).Query, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", kit.LastGood["exclusions.zip"].Url, StringComparison.Ordinal);
        foreach (int status in new[] { 400, 401, 403, 404, 429, 500 })
        {
            stub.Fail(Address, Faults.Status(status));
            Assert.DoesNotContain("s3cret", (await kit.RunAsync([])).Failure!.ToString(), StringComparison.Ordinal);
        }

        kit.Options.Remove("ApiKey");
        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([])).Failure?.Kind);
    }

    [Fact]
    public async Task FetchAsync_WrittenAnotherWay_SaysTheSame()
    {
        foreach ((string name, byte[] file) in ListTables.Rewritten(Encoding.UTF8.GetBytes(Text)))
        {
            foreach (byte[] body in new[] { file, Zip(file) })
            {
                stub.Serve(Address, body, "application/octet-stream");
                ConnectorRun run = await kit.RunAsync([Fabrikam]);
                Assert.True(run.Failure is null && run.Events.Count == 1 && run.Audit.Rejected == 0, $"{name}: {run.Failure?.Message}");
            }
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(kit.Folder, "*", SearchOption.AllDirectories), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchAsync_SeveralActionsOfOneExclusion_AreOneEntry()
    {
        stub.Serve(Address, Zip(Text + Csv(Row("S4FAB", "Firm", "Fabrikam Fuels Trading GmbH", country: "AUT", agency: "EPA", active: "01/05/2012")).Split("\r\n", 2)[1]), "application/zip");

        ConnectorRun run = (await kit.RunAsync([Fabrikam, Supplier("S2", "Fabrikam Fuels Trading GmbH", "AT")])).Ok();

        Assert.Equal((5, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.All(["S1", "S2"], id => Assert.Contains(run.Events, e => e.Supplier.Value == id && e.Id == "sam-S4FAB" && e.Stage == "hit"));
        Assert.All(run.Events, e => Assert.Equal(new DateTimeOffset(2012, 1, 5, 0, 0, 0, TimeSpan.Zero), e.OccurredAt));
    }

    [Fact]
    public async Task FetchAsync_RowsThatEndWithSeparators_AreRead()
    {
        stub.Serve(Address, Zip(Text.Replace("\"2015-03-19\"\r\n", "\"2015-03-19\",,\r\n", StringComparison.Ordinal)), "application/zip");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal((4, 0, 1), (run.Audit.Read, run.Audit.Rejected, run.Events.Count));
    }

    [Fact]
    public async Task FetchAsync_MissingColumn_IsNotTheList()
    {
        stub.Serve(Address, Zip(ListTables.Without(Encoding.UTF8.GetBytes(Text), "Termination Date")), "application/zip");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Malformed, run.Failure?.Kind);
        Assert.Contains("no column 'Termination Date'", run.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_OlderExtract_ClearsNothing()
    {
        await kit.RunAsync([Fabrikam]);
        stub.Serve(Address, Zip(Text.Replace("Fabrikam", "Renamed", StringComparison.Ordinal), Member.Replace("26210", "26209", StringComparison.Ordinal)), "application/zip");
        ConnectorRun run = await kit.RunAsync([Fabrikam]);
        Assert.Equal(FailureKind.Outdated, run.Failure?.Kind);
        Assert.Empty(run.Updates);
    }

    [Fact]
    public async Task FetchAsync_ZipThatIsNotTheExtract_IsRefused()
    {
        foreach (byte[] zip in new[] { Zip(Text, "readme.txt"), Zip(Text)[..^30], Zip(new string('a', 300 * 1024 * 1024)) })
        {
            stub.Serve(Address, zip, "application/zip");
            ConnectorRun run = await kit.RunAsync([Fabrikam]);
            Assert.True(run.Failure?.IsQuarantine, run.Failure?.Message);
        }
    }

    [Fact]
    public async Task FetchAsync_ChangedColumns_AreToldWithTheirCount()
    {
        Assert.Empty(ListDrift.Of((await kit.RunAsync([Fabrikam])).Ok()));
        stub.Serve(Address, Zip(Text.Replace("Record Status", "Status", StringComparison.Ordinal)), "application/zip");
        ConnectorRun run = (await kit.RunAsync([Fabrikam])).Ok();
        Assert.Equal(["Missing Record Status 4", "Unknown Status 4"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public Task FetchAsync_HostileAnswers_ClearNothing() => ClearNothingAsync(kit, stub, Fabrikam, Address);

    private static string Csv(params string[][] rows) => string.Concat(rows.Prepend(Header).Select(r => string.Join(',', r.Select(c => $"\"{c}\"")) + "\r\n"));

    private static string[] Row(
        string number, string classification, string name = "", string first = "", string middle = "", string last = "", string country = "", string uei = "", string cage = "",
        string agency = "DLA", string active = "03/13/2015", string ends = "Indefinite") =>
    [
        classification, name, "", first, middle, last, "", "", "", "", "", "", "", country, "", "", "", uei, "Reciprocal", agency, "", "Ineligible (Proceedings Pending)", "", active, ends, "Active", "", number,
        cage, "", "2015-03-19",
    ];

    private static byte[] Zip(string text, string member = Member) => Zip(Encoding.UTF8.GetBytes(text), member);

    private static byte[] Zip(byte[] text, string member = Member)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry(member, CompressionLevel.Fastest).Open();
            entry.Write(text);
        }

        return packed.ToArray();
    }
}
