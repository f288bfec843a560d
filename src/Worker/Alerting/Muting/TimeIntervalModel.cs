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
    /// <summary>Days on which it does not hold.</summary>
    public ImmutableHashSet<DateOnly> Holidays { get; init; } = [];

    public bool Contains(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, Zone);
        int minute = (local.Hour * 60) + local.Minute;
        return (Minutes.IsEmpty || Minutes.Any(r => minute >= r.From && minute < r.To)) && IsOn(DateOnly.FromDateTime(local.DateTime));
    }

    /// <summary>Whether it holds at some time of the day, as days are in its zone.</summary>
    public bool IsOn(DateOnly day)
    {
        int daysInMonth = DateTime.DaysInMonth(day.Year, day.Month);
        return Holds(Weekdays, (int)day.DayOfWeek)
            && Holds(Months, day.Month)
            && Holds(Years, day.Year)
            && (DaysOfMonth.IsEmpty || DaysOfMonth.Any(r => day.Day >= FromEnd(r.From, daysInMonth) && day.Day <= FromEnd(r.To, daysInMonth)))
            && !Holidays.Contains(day);
    }

    private static bool Holds(ImmutableArray<NumberRange> ranges, int value) => ranges.IsEmpty || ranges.Any(r => value >= r.From && value <= r.To);

    private static int FromEnd(int day, int daysInMonth) => day < 0 ? daysInMonth + day + 1 : day;
}
