namespace Risk.Worker.Replay;

/// <summary>The span that is replayed, both ends included.</summary>
internal sealed record ReplayPeriod(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Its length in weeks, at least one: from three days nobody can tell what a week brings, so what three days brought counts for a week.</summary>
    public decimal Weeks => Math.Max(1m, (decimal)(To - From).TotalSeconds / (7 * 86_400));

    /// <summary>Mondays (UTC) of the weeks it touches.</summary>
    public IEnumerable<DateOnly> Mondays()
    {
        for (DateOnly week = MondayOf(From); week <= MondayOf(To); week = week.AddDays(7)) yield return week;
    }

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    public static DateOnly MondayOf(DateTimeOffset at) => MondayOf(DayOf(at));

    public static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
