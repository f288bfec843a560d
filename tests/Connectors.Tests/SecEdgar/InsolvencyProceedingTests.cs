using Risk.Rules.Signals;

namespace Risk.Connectors.Tests.SecEdgar;

/// <summary>The courses of real companies, retold in a few filings.</summary>
public sealed class InsolvencyProceedingTests
{
    [Fact]
    public void Map_FiledConfirmedEmerged_IsOneEventWithGoodNews()
    {
        EventSignal course = Insolvency(new SubmissionsText { Tickers = ["WOLF"], Exchanges = ["NYSE"] }
            .File("8-K", "2025-07-01", "1.03,2.04,7.01,9.01", "2025-06-30")
            .File("8-K", "2025-09-10", "1.03,7.01,9.01", "2025-09-08")
            .File("25-NSE", "2025-09-29")
            .File("8-K", "2025-09-30", "1.01,1.02,1.03,2.03,3.02,3.03,5.01,5.02,5.03,7.01,9.01", "2025-09-29"));

        Assert.Equal(("emerged", 2), (course.Stage, course.Severity));
        Assert.Equal("Bankruptcy or receivership, emerged: filed 2025-07-01, plan confirmed 2025-09-10, emerged 2025-09-30", course.Title);
        Assert.Equal("0000001234-0000001234-99-000001", course.Id);
        Assert.Equal("us-bankruptcy-2025", course.Story);
        Assert.Equal(new DateTimeOffset(2025, 6, 30, 0, 0, 0, TimeSpan.Zero), course.OccurredAt);
    }

    [Fact]
    public void Map_EachStageInTurn_KeepsTheEventsIdentity()
    {
        SubmissionsText text = new SubmissionsText { Tickers = ["WOLF"], Exchanges = ["NYSE"] }.File("8-K", "2025-07-01", "1.03");
        EventSignal filed = Insolvency(text), confirmed = Insolvency(text.File("8-K", "2025-09-10", "1.03")), emerged = Insolvency(text.File("8-K", "2025-09-30", "1.03,3.02,3.03"));

        Assert.Equal(["filed", "plan-confirmed", "emerged"], new[] { filed, confirmed, emerged }.Select(e => e.Stage));
        Assert.Equal([5, 5, 2], new[] { filed, confirmed, emerged }.Select(e => e.Severity));
        Assert.Single(new[] { filed, confirmed, emerged }.Select(e => e.Key).Distinct());
    }

    [Fact]
    public void Map_SecondReportWithinDaysForItsLoan_IsNoConfirmation()
    {
        EventSignal course = Insolvency(new SubmissionsText().File("8-K", "2026-03-30", "1.01,1.03,2.04").File("8-K", "2026-04-03", "1.01,1.03,2.03"));

        Assert.Equal(("filed", 5), (course.Stage, course.Severity));
    }

    [Fact]
    public void Map_DeregisteredLongAfter_TellsNoEmergence()
    {
        EventSignal course = Insolvency(new SubmissionsText().File("8-K", "2016-04-27", "1.03,2.04,3.01").File("25-NSE", "2016-05-06").File("8-K", "2017-03-09", "1.01").File("15-12B", "2017-12-29"));

        Assert.Equal(("deregistered", "Bankruptcy or receivership, no emergence reported: filed 2016-04-27, deregistered 2017-12-29"), (course.Stage, course.Title));
    }

    [Theory]
    [InlineData("2022-12-31", "filed")]
    [InlineData("2023-03-01", "silent")]
    public void Map_DeregisteredDaysAfter_StaysOpenUntilYearsOfSilence(string today, string stage)
    {
        SubmissionsText text = new SubmissionsText().File("8-K", "2019-12-19", "1.01,1.03,5.02,5.03").File("15-12G", "2019-12-23").File("SC 13G/A", "2020-02-14");

        Assert.Equal(stage, Insolvency(text, At(today)).Stage);
    }

    [Fact]
    public void Map_ListedAndReportingAYearLater_HasEmerged()
    {
        EventSignal course = Insolvency(new SubmissionsText { Tickers = ["ABC"], Exchanges = ["NYSE"] }.File("8-K", "2020-04-01", "1.03").File("10-Q", "2020-08-01").File("10-K", "2022-02-01"));

        Assert.Equal(("emerged", "Bankruptcy or receivership, emerged: filed 2020-04-01, listed and reporting again 2022-02-01"), (course.Stage, course.Title));
    }

    [Fact]
    public void Map_OnlyQuotedOverTheCounter_StaysOpen() =>
        Assert.Equal("filed", Insolvency(new SubmissionsText { Tickers = ["ABCQ"], Exchanges = ["OTC"] }.File("8-K", "2024-04-01", "1.03").File("10-K", "2025-11-01")).Stage);

    [Fact]
    public void Map_SecondBankruptcyYearsAfterEmergence_IsAnotherEvent()
    {
        IReadOnlyList<EventSignal> events = FilingEventMapperTests.Map(new SubmissionsText()
            .File("8-K", "2020-01-10", "1.03").File("8-K", "2020-06-10", "1.03,3.02,3.03,5.01").File("8-K", "2026-05-10", "1.03"));

        Assert.Equal([("emerged", 2), ("filed", 5)], events.Where(e => e.Name == "insolvency").Select(e => (e.Stage, e.Severity)));
    }

    [Fact]
    public void Map_ReportShortlyAfterEmergence_DoesNotReopen() =>
        Assert.Equal("emerged", Insolvency(new SubmissionsText().File("8-K", "2020-01-10", "1.03").File("8-K", "2020-06-10", "1.03,3.02,3.03,5.01").File("8-K", "2020-08-10", "1.03")).Stage);

    [Fact]
    public void Map_OtherItemsOfTheSameFiling_ShareTheStory()
    {
        IReadOnlyList<EventSignal> events = FilingEventMapperTests.Map(new SubmissionsText().File("8-K", "2026-04-27", "1.03,2.04,3.01").File("8-K", "2026-05-27", "2.04"));

        Assert.Equal(["insolvency", "debt_acceleration", "delisting", "debt_acceleration"], events.Select(e => e.Name));
        Assert.Equal([true, true, true, false], events.Select(e => e.Story == events[0].Story));
    }

    private static EventSignal Insolvency(SubmissionsText text, DateTimeOffset? at = null) => Assert.Single(FilingEventMapperTests.Map(text, at), e => e.Name == "insolvency");

    private static DateTimeOffset At(string date) => DateTimeOffset.Parse(date + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}
