namespace Risk.Worker.Alerting.Calendars;

/// <summary>Times of day as instants, also on days on which a clock is changed.</summary>
internal static class LocalTime
{
    /// <summary>
    /// The instant at which a clock of the zone shows the time. A time that is left out in spring is the first instant after the gap; one that comes twice in autumn is the first of the two.
    /// </summary>
    /// <param name="minute">Minute of the day, up to 1440, which is the next midnight.</param>
    public static DateTimeOffset At(DateOnly date, int minute, TimeZoneInfo zone)
    {
        DateTime local = date.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    public static DateOnly DateAt(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
