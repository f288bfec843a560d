using System.Collections.Immutable;
using Risk.Worker.Alerting.Muting;

namespace Risk.Worker.Alerting.Calendars;

/// <summary>When people work: weekdays and hours in one zone, without the holidays. Pure.</summary>
/// <param name="Hours">Its weekdays, hours, holidays and zone; no hours: the whole day.</param>
internal sealed record BusinessCalendar(string Name, CalendarWindow Hours)
{
    /// <summary>Further ahead no working day is looked for.</summary>
    private const int LongestBreakDays = 400;

    public bool Contains(DateTimeOffset at) => Hours.Contains(at);

    public bool IsWorkingDay(DateOnly date) => Hours.IsOn(date);

    /// <summary>The day itself or the first working day after it.</summary>
    public DateOnly WorkingDayFrom(DateOnly date)
    {
        for (int i = 0; i < LongestBreakDays; i++, date = date.AddDays(1))
            if (IsWorkingDay(date)) return date;
        return date;
    }

    /// <summary>The instant at which that much working time has passed since <paramref name="from"/>.</summary>
    public DateTimeOffset After(DateTimeOffset from, TimeSpan workingTime)
    {
        TimeSpan left = workingTime;
        ImmutableArray<NumberRange> hours = Hours.Minutes.IsEmpty ? [new NumberRange(0, 24 * 60)] : [.. Hours.Minutes.OrderBy(r => r.From)];
        DateOnly day = LocalTime.DateAt(from, Hours.Zone);
        while (true)
        {
            DateOnly working = WorkingDayFrom(day);
            foreach (NumberRange range in hours)
            {
                DateTimeOffset start = Latest(LocalTime.At(working, range.From, Hours.Zone), from), end = LocalTime.At(working, range.To, Hours.Zone);
                if (end <= start) continue;
                if (left <= end - start) return start + left;
                left -= end - start;
                from = end;
            }

            day = working.AddDays(1);
        }
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
