using Risk.Connectors.SecEdgar;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.SecEdgar;

public sealed class FilingEventMapperTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1.01", "agreement_new")]
    [InlineData("1.02", "agreement_end")]
    [InlineData("1.03", "insolvency")]
    [InlineData("1.05", "cyber_incident")]
    [InlineData("2.04", "debt_acceleration")]
    [InlineData("2.05", "restructuring")]
    [InlineData("2.06", "impairment")]
    [InlineData("3.01", "delisting")]
    [InlineData("4.01", "auditor_change")]
    [InlineData("4.02", "restatement")]
    [InlineData("5.02", "officer_change")]
    public void Map_ItemOfACurrentReport_IsAnEventOfItsFeed(string item, string feed)
    {
        EventSignal found = Assert.Single(Map(new SubmissionsText().File("8-K", "2026-03-02", $"{item},9.01", "2026-02-27")));

        Assert.Equal(feed, found.Name);
        // A petition happened on the day the report is about; the others are dated by filing.
        Assert.Equal(item == "1.03" ? "2026-02-27" : "2026-03-02", Dates.Text(Dates.Of(found.OccurredAt)));
        Assert.Equal("https://www.sec.gov/Archives/edgar/data/1234/000000123499000001/0000001234-99-000001-index.htm", found.Evidence.Url);
        Assert.Equal($"8-K items {item}, 9.01, filed 2026-03-02, dated 2026-02-27, 0000001234-99-000001", found.Evidence.Excerpt);
        Assert.InRange(found.Severity, 1, 5);
    }

    [Theory]
    [InlineData("NT 10-K", "late_filing", "annual-report")]
    [InlineData("NT 10-Q", "late_filing", "quarterly-report")]
    [InlineData("NT 20-F", "late_filing", "annual-report")]
    [InlineData("15F-12B", "delisting", "deregistered")]
    [InlineData("15F-12G", "delisting", "deregistered")]
    [InlineData("15F-15D", "delisting", "deregistered")]
    [InlineData("15-12B", "delisting", "deregistered")]
    [InlineData("15-12G", "delisting", "deregistered")]
    [InlineData("15-15D", "delisting", "deregistered")]
    [InlineData("25", "delisting", "delisted")]
    [InlineData("25-NSE", "delisting", "delisted")]
    public void Map_FormThatMatters_IsAnEvent(string form, string feed, string type)
    {
        EventSignal found = Assert.Single(Map(new SubmissionsText().File(form, "2026-03-02")));

        Assert.Equal((feed, type, SubmissionsText.Accession(1)), (found.Name, found.Type, found.Id));
    }

    [Theory]
    [InlineData("10-K")]
    [InlineData("4")]
    [InlineData("NT 11-K")]
    [InlineData("")]
    public void Map_OtherForm_IsNoEvent(string form) => Assert.Empty(Map(new SubmissionsText().File(form, "2026-03-02")));

    [Theory]
    [InlineData("25", "2026-03-20", 1)]
    [InlineData("25", "2026-06-20", 3)]
    [InlineData("25-NSE", "2026-03-20", 3)]
    public void Map_NoticeBeforeTheCompanyMovedItsListing_IsNoWarning(string form, string removedOn, int severity)
    {
        var text = new SubmissionsText { Tickers = ["ACME"], Exchanges = ["NYSE"] }.File("8-K", "2026-03-02", "3.01").File(form, removedOn);

        Assert.Equal(severity, Map(text).Single(e => e.Type == "notice").Severity);
    }

    [Theory]
    [InlineData("2026-02-27", "2026-02-27")]
    [InlineData("", "2026-03-02")]
    [InlineData("2025-03-02", "2026-03-02")]
    [InlineData("2026-03-03", "2026-03-02")]
    public void Map_Petition_HappenedOnTheDayTheReportIsAboutWhereThatIsCredible(string period, string day) =>
        Assert.Equal(day, Dates.Text(Dates.Of(Assert.Single(Map(new SubmissionsText().File("8-K", "2026-03-02", "1.03", period))).OccurredAt)));

    [Fact]
    public void Map_Amendment_UpdatesTheFirstEvent()
    {
        EventSignal before = Assert.Single(Map(new SubmissionsText().File("8-K", "2024-01-19", "1.05,7.01,9.01", "2024-01-17")));
        EventSignal after = Assert.Single(Map(new SubmissionsText().File("8-K", "2024-01-19", "1.05,7.01,9.01", "2024-01-17").File("8-K/A", "2024-03-08", "1.05,7.01,9.01", "2024-01-17")));

        Assert.Equal(before.Key, after.Key);
        Assert.Equal(before.OccurredAt, after.OccurredAt);
        Assert.EndsWith("amended 2024-03-08", after.Title, StringComparison.Ordinal);
        Assert.Contains("8-K/A items 1.05", after.Evidence.Excerpt, StringComparison.Ordinal);
        Assert.NotEqual(before.Evidence.ContentHash, after.Evidence.ContentHash);
    }

    [Fact]
    public void Map_AmendmentOfTwoCandidates_AmendsTheOneOfItsPeriod()
    {
        IReadOnlyList<EventSignal> events = Map(new SubmissionsText().File("8-K", "2025-10-27", "4.01", "2025-10-21").File("8-K", "2025-11-26", "4.01", "2025-11-26").File("8-K/A", "2025-11-28", "4.01", "2025-10-21"));

        Assert.Equal(["Auditor changed, amended 2025-11-28", "Auditor changed"], events.Select(e => e.Title));
    }

    [Fact]
    public void Map_AmendmentWhoseFirstFilingIsUnknown_IsAnEventOfItsOwn() =>
        Assert.Equal(SubmissionsText.Accession(1) + "/4.02", Assert.Single(Map(new SubmissionsText().File("8-K/A", "2024-03-08", "4.02", "2024-01-17"))).Id);

    [Fact]
    public void Map_RemovalFromListingOfAListedCompany_IsLowAndSaysSo()
    {
        EventSignal found = Assert.Single(Map(new SubmissionsText { Tickers = ["ABC"], Exchanges = ["Nasdaq"] }.File("25-NSE", "2021-09-03")));

        Assert.Equal(1, found.Severity);
        Assert.Contains("the company is listed (ABC on Nasdaq)", found.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_SeveralRemovals_OnlyTheLastOneDelists() =>
        Assert.Equal([1, 1, 4], Map(new SubmissionsText().File("25-NSE", "2020-06-03").File("25-NSE", "2020-09-08").File("25", "2025-04-03")).Select(e => e.Severity));

    [Fact]
    public void Map_Notices_WeighByWhatFollowed()
    {
        IReadOnlyList<EventSignal> events = Map(new SubmissionsText().File("8-K", "2020-01-08", "3.01").File("8-K", "2023-05-25", "3.01").File("8-K", "2025-02-21", "3.01").File("25", "2025-04-03"));

        Assert.Equal([2, 2, 4, 4], events.Select(e => e.Severity));
    }

    [Fact]
    public void Map_SameFilingTwice_GivesTheSameBytes()
    {
        SubmissionsText text = new SubmissionsText().File("8-K", "2020-01-08", "3.01,5.02").File("NT 10-K", "2023-05-25");

        Assert.Equal(Map(text), Map(text));
    }

    internal static IReadOnlyList<EventSignal> Map(SubmissionsText text, DateTimeOffset? at = null) =>
        Map(text.Write(), at);

    internal static IReadOnlyList<EventSignal> Map(byte[] submissions, DateTimeOffset? at = null) =>
        FilingEventMapper.Map(new SupplierId("acme"), FilingHistory.Read(submissions, 1234, new FetchAudit()), at ?? Now);
}
