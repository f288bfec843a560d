using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Risk.Worker.Alerting.Assurance;

namespace Risk.Worker.Tests.Alerting.Assurance;

public sealed class CalendarTimeTests
{
    [Theory]
    [InlineData("2026-03-29T00:29:59Z", "2026-03-28", "2026-03-28T01:30:00Z")] // Berlin, 02:30: clocks go from 02:00 to 03:00
    [InlineData("2026-03-29T01:30:00Z", "2026-03-29", "2026-03-29T01:30:00Z")]
    [InlineData("2026-03-30T00:30:00Z", "2026-03-30", "2026-03-30T00:30:00Z")]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-24", "2026-10-24T00:30:00Z")] // 02:30 comes twice: the second counts
    [InlineData("2026-10-25T01:30:00Z", "2026-10-25", "2026-10-25T01:30:00Z")]
    public void Latest_AroundClockChanges_IsOneForEachDay(string at, string day, string instant)
    {
        var time = new CalendarTime(null, new TimeOnly(2, 30), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        (DateOnly latest, DateTimeOffset when) = time.Latest(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
        Assert.Equal((day, instant), (latest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), when.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)));
    }

    /// <summary>Over two years, in zones with every kind of clock change: each local day once, in order, at an instant that has come.</summary>
    [Fact]
    public void Latest_WalkedThroughTwoYears_GivesEveryDayOnce() => Prop.ForAll(
        (from zone in Gen.Elements("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Chatham", "UTC") from minute in Gen.Choose(0, 1439) select (zone, minute)).ToArbitrary(),
        any =>
        {
            var time = new CalendarTime(null, new TimeOnly(any.minute / 60, any.minute % 60), TimeZoneInfo.FindSystemTimeZoneById(any.zone));
            var start = new DateTimeOffset(2025, 12, 30, 0, 0, 0, TimeSpan.Zero);
            DateOnly last = time.Latest(start).Day;
            for (DateTimeOffset at = start; at < start.AddYears(2); at = at.AddMinutes(30))
            {
                (DateOnly day, DateTimeOffset when) = time.Latest(at);
                if (when > at || day < last || day > last.AddDays(1)) return false;
                last = day;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Latest_Weekday_IsThatDay()
    {
        var monday = new CalendarTime(DayOfWeek.Monday, new TimeOnly(9, 0), TimeZoneInfo.Utc);
        Assert.Equal(new DateOnly(2026, 2, 23), monday.Latest(new DateTimeOffset(2026, 3, 2, 8, 59, 59, TimeSpan.Zero)).Day);
        Assert.Equal(new DateOnly(2026, 3, 2), monday.Latest(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)).Day);
    }
}
