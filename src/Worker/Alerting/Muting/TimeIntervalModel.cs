using System.Collections.Immutable;

namespace Risk.Worker.Alerting.Muting;

/// <summary>A named set of calendar times; it holds when any of its windows does.</summary>
internal sealed record TimeIntervalModel(string Name, ImmutableArray<CalendarWindow> Windows)
{
    public bool Contains(DateTimeOffset at) => Windows.Any(w => w.Contains(at));
}

/// <summary>Inclusive numbers from-to; for days of the month, negative ones count from the month's end.</summary>
internal readonly record struct NumberRange(int From, int To);

/// <summary>A window of the calendar in one zone: every part that is given must hold; empty parts always do.</summary>
/// <param name="Minutes">Minutes of the day, from inclusive, to exclusive.</param>
/// <param name="Weekdays">0 Sunday to 6 Saturday.</param>
internal sealed record CalendarWindow(
    ImmutableArray<NumberRange> Minutes, ImmutableArray<NumberRange> Weekdays, ImmutableArray<NumberRange> DaysOfMonth, ImmutableArray<NumberRange> Months, ImmutableArray<NumberRange> Years, TimeZoneInfo Zone)
{
    public bool Contains(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, Zone);
        int minute = (local.Hour * 60) + local.Minute;
        int daysInMonth = DateTime.DaysInMonth(local.Year, local.Month);
        return (Minutes.IsEmpty || Minutes.Any(r => minute >= r.From && minute < r.To))
            && Holds(Weekdays, (int)local.DayOfWeek)
            && Holds(Months, local.Month)
            && Holds(Years, local.Year)
            && (DaysOfMonth.IsEmpty || DaysOfMonth.Any(r => local.Day >= FromEnd(r.From, daysInMonth) && local.Day <= FromEnd(r.To, daysInMonth)));
    }

    private static bool Holds(ImmutableArray<NumberRange> ranges, int value) => ranges.IsEmpty || ranges.Any(r => value >= r.From && value <= r.To);

    private static int FromEnd(int day, int daysInMonth) => day < 0 ? daysInMonth + day + 1 : day;
}
