using System.Globalization;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Calendars;

public sealed class DigestScheduleTests
{
    // X19: A digest at an hour that a clock change leaves out or repeats was skipped, or came twice (rundeck#6879, xen-orchestra#4024).
    [Theory]
    [Trait("Defect", "X19")]
    [InlineData("Europe/Berlin", "02:30")]
    [InlineData("America/New_York", "02:00")]
    [InlineData("America/Sao_Paulo", "00:00")]
    [InlineData("Australia/Lord_Howe", "01:45")]
    [InlineData("Asia/Tehran", "00:30")]
    public void Next_Daily_WalkedOverEightYears_GivesEachDayExactlyOnce(string zoneId, string time)
    {
        DigestSchedule schedule = Read($"daily at {time} {zoneId}");
        DateTimeOffset at = Instant("2016-01-01T12:00:00Z"), end = at.AddYears(8);
        DateOnly last = LocalTime.DateAt(schedule.Next(at), schedule.Zone).AddDays(-1);
        while (at < end)
        {
            DateTimeOffset next = schedule.Next(at);
            Assert.InRange(next - at, TimeSpan.FromTicks(1), TimeSpan.FromHours(26));

            // The same from every instant between the two.
            Assert.Equal(next, schedule.Next(next.AddTicks(-1)));
            DateOnly day = LocalTime.DateAt(next, schedule.Zone);
            Assert.Equal(last.AddDays(1), day);
            last = day;
            at = next;
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    public void Next_HourlyAndWeekly_WalkedOverTwoYears_NeverStall(string zoneId)
    {
        DigestSchedule hourly = Read($"hourly {zoneId}"), weekly = Read($"weekly on sunday at 02:30 {zoneId}");
        DateTimeOffset at = Instant("2017-01-01T12:00:00Z");
        for (int i = 0; i < 24 * 730; i++)
        {
            Assert.Equal(TimeSpan.FromHours(1), hourly.Next(at) - at);
            at = hourly.Next(at);
        }

        for (int i = 0; i < 104; i++)
        {
            DateTimeOffset next = weekly.Next(at);
            Assert.Equal(DayOfWeek.Sunday, LocalTime.DateAt(next, weekly.Zone).DayOfWeek);
            if (i > 0) Assert.InRange((next - at).TotalDays, 6.9, 7.1);
            at = next;
        }
    }

    [Fact]
    public void Next_AcrossBothTransitions_InBerlin_IsAtTheWrittenTimeOrRightAfterTheGap()
    {
        DigestSchedule schedule = Read("daily at 02:30 Europe/Berlin");
        Assert.Equal(Instant("2026-03-29T01:00:00Z"), schedule.Next(Instant("2026-03-28T12:00:00Z")));
        Assert.Equal(Instant("2026-03-30T00:30:00Z"), schedule.Next(Instant("2026-03-29T01:00:00Z")));
        Assert.Equal(Instant("2026-10-25T00:30:00Z"), schedule.Next(Instant("2026-10-24T12:00:00Z")));
        Assert.Equal(Instant("2026-10-26T01:30:00Z"), schedule.Next(Instant("2026-10-25T00:30:00Z")));
    }

    [Theory]
    [InlineData("daily at 08:00 office", "2026-04-02T12:00:00Z", "2026-04-07T06:00:00Z")] // Good Friday to Easter Monday
    [InlineData("weekly on monday at 08:00 office", "2026-04-02T12:00:00Z", "2026-04-07T06:00:00Z")]
    [InlineData("weekly on monday at 08:00 office", "2026-04-07T06:00:00Z", "2026-04-13T06:00:00Z")]
    [InlineData("weekly on saturday at 08:00 office", "2026-04-07T06:00:00Z", "2026-04-13T06:00:00Z")]
    [InlineData("hourly office", "2026-04-02T15:10:00Z", "2026-04-07T06:00:00Z")]
    public void Next_ByCalendar_MovesToTheNextWorkingDay(string text, string after, string expected) => Assert.Equal(Instant(expected), Read(text).Next(Instant(after)));

    [Theory]
    [InlineData("2026-04-02T06:00:00Z", 4, "2026-04-02T10:00:00Z")]
    [InlineData("2026-04-02T14:00:00Z", 4, "2026-04-07T09:00:00Z")]
    [InlineData("2026-04-03T10:00:00Z", 1, "2026-04-07T07:00:00Z")]
    [InlineData("2026-03-27T15:00:00Z", 9, "2026-03-30T14:00:00Z")]
    public void After_WorkingHours_SkipNightsWeekendsAndHolidays(string from, int hours, string expected) =>
        Assert.Equal(Instant(expected), Read("daily at 08:00 office").Calendar!.After(Instant(from), TimeSpan.FromHours(hours)));

    // A slow reference: minute by minute.
    [Fact]
    public void After_RandomSpans_AreAsCountedMinuteByMinute()
    {
        BusinessCalendar calendar = Read("daily at 08:00 office").Calendar!;
        var random = new Random(11);
        for (int i = 0; i < 60; i++)
        {
            DateTimeOffset at = Instant("2026-03-20T00:00:00Z").AddMinutes(random.Next(30 * 1440)), counted = at;
            int minutes = random.Next(1, 1200);
            for (int left = minutes; left > 0; counted = counted.AddMinutes(1))
                if (calendar.Contains(counted)) left--;
            Assert.Equal(counted, calendar.After(at, TimeSpan.FromMinutes(minutes)));
        }
    }

    private static DigestSchedule Read(string text) => RoutingSample.Good($$"""
        schema: routing/1
        route: {receiver: r}
        people: {digest: {{text}}}
        receivers: [{name: r}]
        calendars:
          - name: office
            location: Europe/Berlin
            weekdays: ["monday:friday"]
            times: [{start_time: "08:00", end_time: "17:00"}]
            holidays: [2026-04-03, 2026-04-06]
        """).People.Digest!;

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
