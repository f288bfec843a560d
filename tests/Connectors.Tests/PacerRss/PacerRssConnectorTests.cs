using System.Globalization;
using System.Xml.Linq;
using Risk.Connectors.PacerRss;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tests.Sdk;
using Risk.Connectors.Tests.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.PacerRss;

public sealed class PacerRssConnectorTests : IAsyncLifetime, IDisposable
{
    private const string Feed = "ecf.nysb.uscourts.gov/cgi-bin/rss_outside.pl";

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new PacerRssModule(), stub) { Options = { ["Courts"] = "nysb" } };
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_Petition_IsAnInsolvencyOfItsDay()
    {
        Serve(Item("26-10992-smb Harrow Castings, Inc., et al.,   ", "Type: bk Office: 1 Chapter: 11  [Voluntary Petition (Chapter 11)]", "2026-07-30"));

        EventSignal found = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("insolvency", "bankruptcy", "filed", 5, "nysb-26-10992", "us-bankruptcy-2026"), (found.Name, found.Type, found.Stage, found.Severity, found.Id, found.Story));
        Assert.Equal("Bankruptcy, chapter 11, case 26-10992 (nysb), filed 2026-07-30", found.Title);
        Assert.Equal(new DateTimeOffset(2026, 7, 30, 0, 0, 0, TimeSpan.Zero), found.OccurredAt);
        Assert.Contains("Voluntary Petition", found.Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_EntryOfALongCase_IsDatedByTheYearOfItsNumber()
    {
        Serve(Item("16-10992-smb Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Objection]", "2026-07-30"));

        EventSignal found = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal(("us-bankruptcy-2016", new DateTimeOffset(2016, 1, 1, 0, 0, 0, TimeSpan.Zero)), (found.Story, found.OccurredAt));
        Assert.Equal(("long-open", 3), (found.Stage, found.Severity));
        Assert.Contains("filed in 2016 (the day is not known", found.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("26-10911- Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 7 Trustee: Sample, Jo  [Voluntary Petition (Chapter 7)] (1)", "Bankruptcy, chapter 7, case 26-10911 (nysb), filed 2026-07-30")]
    [InlineData("26-10911 Harrow Castings, Inc.", "Type: bk Office: 3 Chapter: 7  [Voluntary petition chapter 7 (attorney filer)]", "Bankruptcy, chapter 7, case 26-10911 (nysb), filed 2026-07-30")]
    [InlineData("26-10911-mew Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 15  [Chapter 15 Petition for Recognition of a Foreign Proceeding]", "Bankruptcy, chapter 15, case 26-10911 (nysb), filed 2026-07-30")]
    [InlineData("26-10911-mew Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Amended Voluntary Petition]", "Bankruptcy, chapter 11, case 26-10911 (nysb), filed in 2026 (the day is not known, 2026-01-01 stands for it)")]
    public async Task Fetch_EntriesOfOtherCourts_AreReadAlike(string title, string description, string told)
    {
        Serve(Item(title, description, "2026-07-30"));
        Assert.Equal(told, Assert.Single((await kit.RunAsync([Harrow])).Ok().Events).Title);
    }

    [Fact]
    public async Task Fetch_ChangedFields_AreToldWithTheirCount()
    {
        XElement item = Item("26-10911 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 7  [Voluntary Petition (Chapter 7)]", "2026-07-30");
        item.Element("guid")?.Remove();
        item.Add(new XElement("category", "bk"));
        Serve(item);
        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();
        Assert.Equal(["Unknown category 1"], ListDrift.Of(run));
        Assert.Single(run.Events);
    }

    [Fact]
    public async Task Fetch_ChapterThirteenWithATrustee_LeavesNoTrace()
    {
        Serve(Item("26-10911-cgm Harrow Castings, Inc.", "Type: bk Office: 4 Chapter: 13 Trustee: Sample, Jo M. [Add Judge] ", "2026-07-30"));
        Assert.Empty((await kit.RunAsync([Harrow])).Ok().Events);
    }

    [Fact]
    public async Task Fetch_FeedOfANight_IsNoFailure()
    {
        Serve();
        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();
        Assert.Equal((0, 0), (run.Audit.Read, run.Events.Count));
    }

    [Fact]
    public async Task Fetch_LaterEntries_MoveTheStageAndKeepTheDay()
    {
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Voluntary Petition (Chapter 11)]", "2026-06-01"));
        await kit.RunAsync([Harrow]);
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Motion to Dismiss Case]", "2026-06-20"));
        EventSignal motion = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter:   [Order Confirming Chapter 11 Plan]", "2026-07-20"));
        EventSignal confirmed = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Final Decree]", "2026-07-30"));
        EventSignal closed = Assert.Single((await kit.RunAsync([Harrow])).Ok().Events);

        Assert.Equal([("filed", 5), ("plan-confirmed", 5), ("concluded", 3)], ((EventSignal[])[motion, confirmed, closed]).Select(e => (e.Stage, e.Severity)));
        Assert.All([motion, confirmed, closed], e => Assert.Equal(("nysb-26-10992", new DateOnly(2026, 6, 1)), (e.Id, DateOnly.FromDateTime(e.OccurredAt.UtcDateTime))));
        Assert.Contains("chapter 11", confirmed.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("26-10992 Harrow Castings, LLC", "US")]
    [InlineData("26-10992 Harrow Castings, Inc.", "DE")]
    [InlineData("26-10992 Harrow Castings, Inc.", "")]
    public async Task Fetch_WhoMayBeAnother_IsAQuestionAndNoInsolvency(string title, string country)
    {
        Serve(Item(title, "Type: bk Office: 1 Chapter: 7  [Voluntary Petition (Chapter 7)]", "2026-07-30"));

        IReadOnlyList<EventSignal> events = (await kit.RunAsync([Harrow with { Country = country }])).Ok().Events;

        Assert.All(events, e => Assert.True(country == "US" || e.Name == "court_case"));
        if (country != "US") Assert.Equal(("court_case", "possible-bankruptcy", 2), (events[0].Name, events[0].Type, events[0].Severity));
    }

    [Fact]
    public async Task Fetch_NaturalPersons_LeaveNoTrace()
    {
        Serve(
            Item("26-10001 Harrow Castings", "Type: bk Office: 1 Chapter: 13  [Voluntary Petition (Chapter 13)]", "2026-07-30"),
            Item("26-10002 James Harrow", "Type: bk Office: 1 Chapter: 7  [Voluntary Petition (Chapter 7)]", "2026-07-30"));

        Assert.Empty((await kit.RunAsync([Harrow, Supplier("S2", "James Harrow Ltd"), Supplier("S3", "Harrow Castings")])).Ok().Events);
        Assert.DoesNotContain("James", kit.Checkpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_AdversarySuit_BelongsToTheSued()
    {
        Serve(Item("26-01466-smb SunEdison Litigation Trust v. Harrow Castings, Inc.", "Type: ap Office: 1 Chapter:   [Complaint (fee)]", "2026-07-30"));

        EventSignal found = Assert.Single((await kit.RunAsync([Harrow, Supplier("S2", "SunEdison Litigation Trust")])).Ok().Events);

        Assert.Equal(("S1", "court_case", "sued-by-estate", 1), (found.Supplier.Value, found.Name, found.Type, found.Severity));
        Assert.StartsWith("Sued in a bankruptcy court by SunEdison Litigation Trust, case 26-01466 (nysb), filed 2026-07-30", found.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NameThatTheCourtCut_IsNotSure()
    {
        const string whole = "Amalgamated Harrow Castings and Forgings Company of Minnesota, Inc.";
        Serve(Item("26-01001 Trustee v. " + whole[..50], "Type: ap Office: 1 Chapter:   [Complaint]", "2026-07-30"));

        Assert.All((await kit.RunAsync([Supplier("S1", whole)])).Ok().Events, e => Assert.StartsWith("possible-", e.Type, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_ItemsThatCannotBeRead_AreCountedAndTheOthersTaken()
    {
        Serve(
            Item("no number", "Type: bk Office: 1 Chapter: 11  [x]", "2026-07-30"), Item("26-10001 A", "nothing", "2026-07-30"), Item("26-10001 A", "Type: bk [x]", "someday"),
            Item("1:26-bk-10992-SMB Harrow Castings, Inc.", "Type: bk Chapter: 11", "2026-07-30"), Item("26-90003 ", "Type: ap Office: 0 Chapter:   [Miscellaneous Motion]", "2026-07-30"));

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Equal("nysb-26-10992", Assert.Single(run.Events).Id);
        Assert.Equal((5, 3), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(["pubDate is no date", "the description names no type of case", "the title has no case number"], run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_OneCourtIsDown_TheOthersAreRead()
    {
        kit.Options["Courts"] = "deb,nysb";
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Voluntary Petition]", "2026-07-30"));

        ConnectorRun run = (await kit.RunAsync([Harrow])).Ok();

        Assert.Single(run.Events);
        Assert.Equal(("the court's feed could not be read (NotFound)", "deb"), (run.Audit.Reasons.Single().Key, run.Audit.Reasons.Single().Value.Example));
    }

    [Fact]
    public async Task Fetch_Faults_AreNamedAndClearNothing()
    {
        Serve(Item("26-10992 Harrow Castings, Inc.", "Type: bk Office: 1 Chapter: 11  [Voluntary Petition]", "2026-07-30"));
        await kit.RunAsync([Harrow]);
        string? known = kit.Checkpoint;

        await FetchFaults.EachAsync(stub, Feed, async name =>
        {
            ConnectorRun run = await kit.RunAsync([Harrow]);
            Assert.True(run.Failure is not null, name);
            Assert.Empty(run.Updates);
            Assert.Equal(known, kit.Checkpoint);
        });
    }

    [Fact]
    public async Task Fetch_CourtsThatAreNone_AreMisconfigured()
    {
        kit.Options["Courts"] = "nysb,../etc";

        Assert.Equal(FailureKind.Misconfigured, (await kit.RunAsync([Harrow])).Failure?.Kind);
    }

    /// <summary>72 items; by hand: one debtor of the portfolio with many entries, one with some, two suits' defendants, and a creditor that is none.</summary>
    [SharedFact]
    public async Task Fetch_Recordings_GiveOneEventForEachCase()
    {
        kit.Options["Courts"] = "nysb,mdb";
        stub.ServeFile(Feed, SharedFactAttribute.Path("sources", "pacer-rss", "nysb_1.xml"), "application/xml");
        stub.ServeFile("ecf.mdb.uscourts.gov/cgi-bin/rss_outside.pl", SharedFactAttribute.Path("sources", "pacer-rss", "mdb_1.xml"), "application/xml");

        ConnectorRun run = (await kit.RunAsync(
        [
            Supplier("S1", "SunEdison, Inc."), Supplier("S2", "Nine West Holdings, Inc."), Supplier("S3", "SolarEdge Technologies, Inc."), Supplier("S4", "Porky Products, Inc."), Supplier("S5", "North Kern State Prison"),
            Supplier("S6", "SunEdison Litigation Trust"),
        ])).Ok();

        Assert.Equal((72, 0), (run.Audit.Read, run.Audit.Rejected));
        Assert.Equal(
            ["S1 insolvency nysb-16-10992 us-bankruptcy-2016", "S2 insolvency nysb-18-10947 us-bankruptcy-2018", "S3 court_case nysb-18-01466 nysb-18-01466", "S4 court_case nysb-17-08291 nysb-17-08291"],
            run.Events.Select(e => $"{e.Supplier} {e.Name} {e.Id} {e.Story}").Order(StringComparer.Ordinal));
    }

    private static Supplier Harrow { get; } = Supplier("S1", "Harrow Castings, Inc.");

    private static Supplier Supplier(string id, string name) => new() { Id = new SupplierId(id), Name = name, Country = "US" };

    private static XElement Item(string title, string description, string day) => new(
        "item", new XElement("title", title), new XElement("link", "https://ecf.nysb.uscourts.gov/cgi-bin/DktRpt.pl?265812"), new XElement("description", description), new XElement("guid", title),
        new XElement("pubDate", DateTime.TryParse(day, CultureInfo.InvariantCulture, out DateTime on) ? on.ToString("ddd, dd MMM yyyy", CultureInfo.InvariantCulture) + " 17:11:02 GMT" : day));

    private void Serve(params XElement[] items) =>
        stub.Serve(Feed, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" + new XElement("rss", new XElement("channel", new XElement("title", "S.D.N.Y."), items)), "application/xml");
}
