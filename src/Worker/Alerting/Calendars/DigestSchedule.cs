namespace Risk.Worker.Alerting.Calendars;

internal enum DigestCadence { Hourly, Daily, Weekly }

/// <summary>When a person's digest is due. Pure: each instant follows from the one before it, so that no digest comes twice or not at all when clocks change.</summary>
/// <param name="Minute">Of the day; for hourly ones 0.</param>
/// <param name="Day">Of weekly ones.</param>
/// <param name="Calendar">Null: any day. Otherwise hours that nobody works are left out, and a digest that is due on a free day comes on the next working day.</param>
/// <param name="Text">As it was written.</param>
internal sealed record DigestSchedule(DigestCadence Cadence, int Minute, DayOfWeek Day, TimeZoneInfo Zone, BusinessCalendar? Calendar, string Text)
{
    /// <summary>The first digest strictly after an instant.</summary>
    public DateTimeOffset Next(DateTimeOffset after) => Cadence == DigestCadence.Hourly ? NextHour(after) : NextDay(after);

    private DateTimeOffset NextHour(DateTimeOffset after)
    {
        DateTimeOffset hour = new(after.UtcTicks - (after.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        do hour = hour.AddHours(1);
        while (Calendar is not null && !Calendar.Contains(hour));
        return hour;
    }

    private DateTimeOffset NextDay(DateTimeOffset after)
    {
        // The digest of the week before may have been moved by holidays to after the instant.
        DateOnly day = LocalTime.DateAt(after, Zone).AddDays(-8);
        while (true)
        {
            if (Cadence == DigestCadence.Daily || day.DayOfWeek == Day)
            {
                DateTimeOffset due = LocalTime.At(Calendar?.WorkingDayFrom(day) ?? day, Minute, Zone);
                if (due > after) return due;
            }

            day = day.AddDays(1);
        }
    }
}
