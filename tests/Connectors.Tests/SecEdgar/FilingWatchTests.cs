using System.Collections.Immutable;
using System.Text;
using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>Which filing lists are asked for, given the feed of current filings and the daily indexes.</summary>
public sealed class FilingWatchTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 8, 5, 18, 0, 0, TimeSpan.Zero);

    private UpstreamStub stub = null!;
    private ConnectorKit kit = null!;

    public async Task InitializeAsync()
    {
        stub = await UpstreamStub.StartAsync();
        kit = new ConnectorKit(new SecEdgarModule(), stub) { Now = Start };
        foreach (Supplier supplier in Portfolio) stub.Serve(ListOf(supplier), new SubmissionsText(Cik(supplier)).File("8-K", "2026-07-01", "4.01").Write());
        stub.Serve(FeedText.Feed, FeedText.Write(new FeedText.Entry("10-K", 900_001, "0000900001-26-000001", "2026-08-05T13:00:00-04:00")));
    }

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose() => kit.Dispose();

    [Fact]
    public async Task Fetch_NothingFiled_AsksForTheFeedAloneAndEverySupplierIsChecked()
    {
        await kit.RunAsync(Portfolio);

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromHours(4));

        Assert.Equal([FeedText.Page(0)], asked);
        Assert.Equal(Portfolio.Length, run.Updates.OfType<SupplierUpdate>().Count(u => u.Gap is null));
        Assert.Empty(run.Signals);
    }

    [Fact]
    public async Task Fetch_FeedNamesASupplier_ReadsItsListAndNoOther()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed("8-K", 2, "2026-08-05T16:30:00-04:00", 2));
        stub.Serve(ListOf(Portfolio[1]), new SubmissionsText(2).File("8-K", "2026-07-01", "4.01").File("8-K", "2026-08-05", "1.03").Write());

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromHours(4));
        (_, string[] later) = await NextAsync(TimeSpan.FromHours(1));

        Assert.Equal([FeedText.Page(0), ListOf(Portfolio[1])], asked.Where(a => !a.Contains("companyfacts", StringComparison.Ordinal)));
        Assert.Contains(run.Events, e => e is { Name: "insolvency" } && e.Supplier == Portfolio[1].Id);
        Assert.Equal([FeedText.Page(0)], later);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("424B2")]
    [InlineData("S-8")]
    public async Task Fetch_FormThatSaysNothing_ReadsNoList(string form)
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed(form, 2, "2026-08-05T16:30:00-04:00", 7));

        Assert.Equal([FeedText.Page(0)], (await NextAsync(TimeSpan.FromHours(4))).Asked);
    }

    [Fact]
    public async Task Fetch_ListLagsBehindTheFeed_IsAskedForAgainUntilItShowsTheFiling()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed("8-K", 2, "2026-08-05T16:30:00-04:00", 2));
        await NextAsync(TimeSpan.FromHours(4));
        stub.Serve(ListOf(Portfolio[1]), new SubmissionsText(2).File("8-K", "2026-07-01", "4.01").File("8-K", "2026-08-05", "1.03").Write());

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromHours(1));

        Assert.Contains(ListOf(Portfolio[1]), asked);
        Assert.Contains(run.Events, e => e.Name == "insolvency");
        Assert.Equal([FeedText.Page(0)], (await NextAsync(TimeSpan.FromHours(1))).Asked);
    }

    [Fact]
    public async Task Fetch_ListOfWhoFiledFails_IsReadAtTheNextRunThoughTheFeedHasMovedOn()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed("8-K", 2, "2026-08-05T16:30:00-04:00", 2));
        stub.Fail(ListOf(Portfolio[1]), Faults.Garbage);
        await NextAsync(TimeSpan.FromHours(4));
        stub.Mend(ListOf(Portfolio[1]));
        stub.Serve(FeedText.Feed, Feed("8-K", 900_005, "2026-08-05T17:30:00-04:00", 1));
        stub.Serve(ListOf(Portfolio[1]), new SubmissionsText(2).File("8-K", "2026-07-01", "4.01").File("8-K", "2026-08-05", "1.03").Write());

        Assert.Contains((await NextAsync(TimeSpan.FromHours(1))).Run.Events, e => e.Name == "insolvency");
    }

    [Fact]
    public async Task Fetch_FeedRunsOverManyPages_PagesBackToTheLastRun()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Page(0), FeedText.Others(At("2026-08-05T17:30:00-04:00")));
        stub.Serve(FeedText.Page(1), Feed("NT 10-K", 3, "2026-08-05T17:00:00-04:00", 9, full: true));
        stub.Serve(FeedText.Page(2), FeedText.Others(At("2026-08-05T13:00:30-04:00")));

        string[] asked = (await NextAsync(TimeSpan.FromHours(4))).Asked;

        Assert.Equal([FeedText.Page(0), FeedText.Page(1), FeedText.Page(2), ListOf(Portfolio[2])], asked);
    }

    [Fact]
    public async Task Fetch_NextDay_ReadsYesterdaysIndexOnceAndWhoFiledThen()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.IndexAddress("20260805"), FeedText.Index("20260805", ("ACME  8-K   12345678", "8-K", 3, SubmissionsText.Accession(9)), ("Other", "4", 2, SubmissionsText.Accession(8))));
        stub.Serve(FeedText.Feed, Feed("8-K", 900_005, "2026-08-06T09:00:00-04:00", 1));

        string[] asked = (await NextAsync(TimeSpan.FromHours(20))).Asked;

        Assert.Contains(FeedText.IndexAddress("20260805"), asked);
        Assert.Contains(ListOf(Portfolio[2]), asked);
        Assert.DoesNotContain(ListOf(Portfolio[1]), asked);
        Assert.DoesNotContain(FeedText.IndexAddress("20260805"), (await NextAsync(TimeSpan.FromHours(1))).Asked);
    }

    [Fact]
    public async Task Fetch_FeedDoesNotReachBackAndTheIndexIsNotThere_ReadsEveryList()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed("8-K", 900_005, "2026-08-07T09:00:00-04:00", 1));

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromHours(45));

        Assert.All(Portfolio, s => Assert.Contains(ListOf(s), asked));
        Assert.Contains("the feed of current filings does not reach back to the last run", run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_FeedDoesNotReachBackAndTheIndexesAreThere_ReadsNoFurtherList()
    {
        await kit.RunAsync(Portfolio);
        stub.Serve(FeedText.Feed, Feed("8-K", 900_005, "2026-08-10T09:00:00-04:00", 1));
        foreach (string day in new[] { "20260805", "20260806", "20260807" }) stub.Serve(FeedText.IndexAddress(day), FeedText.Index(day, ("Other", "8-K", 900_001, SubmissionsText.Accession(1))));

        string[] asked = (await NextAsync(TimeSpan.FromDays(5))).Asked;

        Assert.Equal([FeedText.Page(0), .. new[] { "20260805", "20260806", "20260807" }.Select(FeedText.IndexAddress)], asked);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("503")]
    [InlineData("empty")]
    public async Task Fetch_FeedIsBroken_ReadsEveryListAndSaysWhy(string fault)
    {
        await kit.RunAsync(Portfolio);
        stub.Fail(FeedText.Feed, fault switch { "garbage" => Faults.Garbage, "empty" => Faults.Empty, _ => Faults.Status(503) });

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromHours(4));

        Assert.All(Portfolio, s => Assert.Contains(ListOf(s), asked));
        Assert.Contains(run.Audit.Reasons.Keys, r => r.StartsWith("current filings could not be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_FeedIsStuckForDays_ReadsEveryListAndSaysSo()
    {
        await kit.RunAsync(Portfolio);
        await NextAsync(TimeSpan.FromDays(3));

        (ConnectorRun run, string[] asked) = await NextAsync(TimeSpan.FromDays(3));

        Assert.All(Portfolio, s => Assert.Contains(ListOf(s), asked));
        Assert.Contains("the feed of current filings has not moved for days", run.Audit.Reasons.Keys);
    }

    [Fact]
    public async Task Fetch_ThreeToFiveWeeksLater_EveryListHasBeenReadAgain()
    {
        await kit.RunAsync(Portfolio);
        var read = new HashSet<string>();
        for (int day = 1; day <= 35; day++)
        {
            DateTimeOffset at = kit.Now.AddDays(1);
            stub.Serve(FeedText.Feed, FeedText.Write(
                new FeedText.Entry("8-K", 900_005, SubmissionsText.Accession(day), at.ToString("yyyy-MM-ddT09:00:00-04:00", System.Globalization.CultureInfo.InvariantCulture)),
                new FeedText.Entry("8-K", 900_005, SubmissionsText.Accession(day), "2026-08-05T13:00:00-04:00")));
            string[] asked = (await NextAsync(TimeSpan.FromDays(1))).Asked;
            Assert.True(day >= 21 || !asked.Any(a => a.Contains("submissions", StringComparison.Ordinal)), $"day {day}: {string.Join(' ', asked)}");
            read.UnionWith(asked);
        }

        Assert.All(Portfolio, s => Assert.Contains(ListOf(s), read));
    }

    [Fact]
    public async Task Fetch_UnknownCik_IsAskedForOnceADayAndFailsEveryTime()
    {
        Supplier unknown = Company("zz", 77);
        stub.ServeStatus(ListOf(unknown), 404);
        await kit.RunAsync([.. Portfolio, unknown]);

        ConnectorRun same = (await RunAsync([.. Portfolio, unknown], TimeSpan.FromHours(1))).Run;
        int asked = stub.Requests.Count(r => r.ToString() == ListOf(unknown));
        await RunAsync([.. Portfolio, unknown], TimeSpan.FromDays(1));

        Assert.Equal(FailureKind.NotFound, Assert.Single(same.Failures).Failure.Kind);
        Assert.Equal((1, 2), (asked, stub.Requests.Count(r => r.ToString() == ListOf(unknown))));
    }

    [Fact]
    public async Task Fetch_Throttled403OnTheIndex_EndsTheRunAsRateLimited()
    {
        await kit.RunAsync(Portfolio);
        stub.ServeStatus(FeedText.IndexAddress("20260805"), 403, "<html>Request Rate Threshold Exceeded</html>", "text/html");

        Assert.Equal(FailureKind.RateLimited, (await NextAsync(TimeSpan.FromHours(20))).Run.Failure?.Kind);
    }

    [Fact]
    public async Task Fetch_ClockInThePast_LeavesTheFeedAloneAndReadsLists()
    {
        kit.Now = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await kit.RunAsync(Portfolio);

        Assert.All(Portfolio, s => Assert.Contains(ListOf(s), stub.Requests.Select(r => r.ToString())));
        Assert.Contains(ListOf(Portfolio[0]), (await NextAsync(TimeSpan.FromDays(1))).Asked);
    }

    [Theory]
    [InlineData("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>8-K</title></entry></feed>")]
    [InlineData("<html><body>We are back soon</body></html>")]
    [InlineData("<!DOCTYPE feed [<!ENTITY a \"b\">]><feed>&a;</feed>")]
    [InlineData("")]
    [InlineData("<feed><entry>")]
    public void Read_NoFeedOrNoEntryInTheKnownForm_IsMalformed(string text) =>
        Assert.Equal(FailureKind.Malformed, Assert.Throws<SourceFailureException>(() => CurrentFilings.Read(Encoding.UTF8.GetBytes(text), new FetchAudit())).Kind);

    [Theory]
    [InlineData("20260804")]
    [InlineData("")]
    public void Read_IndexOfAnotherDayOrWithoutRows_IsMalformed(string day)
    {
        byte[] index = day.Length == 0 ? FeedText.Index("20260805") : FeedText.Index(day, ("Other", "8-K", 1, SubmissionsText.Accession(1)));

        Assert.Equal(FailureKind.Malformed, Assert.Throws<SourceFailureException>(() => DailyIndex.Read(index, new DateOnly(2026, 8, 5), new FetchAudit())).Kind);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(17)]
    public void Read_IndexWithAWiderColumn_HasItsForms(int columns)
    {
        byte[] index = FeedText.Index(
            "20260805", columns, ("20/20 Biolabs, Inc.", "8-K", 1, SubmissionsText.Accession(1)), ("Some Holder  With Two  Spaces 10-K", "NT 10-K/A", 2, SubmissionsText.Accession(2)), (new string('N', 61), "10-Q", 3, SubmissionsText.Accession(3)),
            ("Fund of 2026", columns < 14 ? "SCHEDULE 13D" : "SCHEDULE 13G/A", 4, SubmissionsText.Accession(4)), ("1", "25", 5, SubmissionsText.Accession(5)));

        Assert.Equal(
            [(1, "8-K"), (2, "NT 10-K/A"), (3, "10-Q"), (4, columns < 14 ? "SCHEDULE 13D" : "SCHEDULE 13G/A"), (5, "25")],
            DailyIndex.Read(index, new DateOnly(2026, 8, 5), new FetchAudit()).Select(r => ((int)r.Cik, r.Form)));
    }

    [Fact]
    public void Read_IndexWithoutForms_IsMalformed()
    {
        byte[] index = FeedText.Index("20260805", ("Other", "8-K", 1, SubmissionsText.Accession(1)), ("", "", 2, SubmissionsText.Accession(2)));

        Assert.Contains("1 of 2 rows that cannot be read", Assert.Throws<SourceFailureException>(() => DailyIndex.Read(index, new DateOnly(2026, 8, 5), new FetchAudit())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FeedWithOtherFields_IsReadAndTold()
    {
        var audit = new FetchAudit();
        string feed = Encoding.Latin1.GetString(FeedText.Write(new FeedText.Entry("8-K", 1, SubmissionsText.Accession(1), "2026-08-05T06:00:00-04:00"), new FeedText.Entry("8-K", 2, SubmissionsText.Accession(2), "2026-08-05T06:00:00-04:00")));
        string changed = feed.Replace("<summary", "<abstract", StringComparison.Ordinal).Replace("</summary>", "</abstract>", StringComparison.Ordinal).Replace("label=", "tag=", StringComparison.Ordinal);

        Assert.Equal(2, CurrentFilings.Read(Encoding.Latin1.GetBytes(changed), audit).Count);
        Assert.Equal(["Unknown abstract 2", "Unknown category.@tag 2", "Missing category.@label 2", "Missing summary 2"], audit.Drifted.Where(d => d.Key.Field is not "link").Select(d => $"{d.Key.Kind} {d.Key.Field} {d.Value}"));
    }

    [Fact]
    public void Read_RecordedFeedAndIndex_EveryRowIsRead()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { } shared) return;
        string folder = Path.Combine(shared, "sources", "sec-edgar");
        var audit = new FetchAudit();

        Assert.All(new[] { "0", "100", "400" }, start => Assert.Equal(100, CurrentFilings.Read(File.ReadAllBytes(Path.Combine(folder, "feeds", $"getcurrent-all-start{start}.atom.xml")), audit).Count));
        Assert.Equal(4925, DailyIndex.Read(File.ReadAllBytes(Path.Combine(folder, "daily-index", "company.20221003.idx")), new DateOnly(2022, 10, 3), audit).Count);
        Assert.Equal(0, audit.Rejected);
        Assert.Empty(audit.Drifted);
    }

    private static Supplier[] Portfolio { get; } = [Company("a", 1), Company("b", 2), Company("c", 3)];

    private Task<(ConnectorRun Run, string[] Asked)> NextAsync(TimeSpan later) => RunAsync(Portfolio, later);

    private async Task<(ConnectorRun Run, string[] Asked)> RunAsync(Supplier[] suppliers, TimeSpan later)
    {
        kit.Now += later;
        int before = stub.Requests.Count;
        ConnectorRun run = await kit.RunAsync(suppliers);
        return (run, [.. stub.Requests.Skip(before).Select(r => r.ToString())]);
    }

    /// <summary>One entry, and the newest of the first run below it.</summary>
    private static byte[] Feed(string form, long cik, string at, int accession, bool full = false)
    {
        var entry = new FeedText.Entry(form, cik, SubmissionsText.Accession(accession), at);
        return full
            ? FeedText.Write([entry, .. Enumerable.Range(0, 99).Select(_ => entry with { Cik = 900_009, Form = "6-K" })])
            : FeedText.Write(entry, new FeedText.Entry("10-K", 900_001, "0000900001-26-000001", at.StartsWith("2026-08-05", StringComparison.Ordinal) ? "2026-08-05T13:00:00-04:00" : at));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string ListOf(Supplier supplier) => $"data.sec.gov/submissions/CIK{Cik(supplier):D10}.json";

    private static long Cik(Supplier supplier) => long.Parse(supplier.Identifier(IdentifierScheme.Cik), System.Globalization.CultureInfo.InvariantCulture);

    private static Supplier Company(string id, long cik) => new()
    {
        Id = new SupplierId(id),
        Name = id,
        Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdentifierScheme.Cik, cik.ToString("D10", System.Globalization.CultureInfo.InvariantCulture)),
    };
}
