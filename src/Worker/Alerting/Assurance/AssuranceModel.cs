using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Alerting.Assurance;

/// <summary>How the way of alerts itself is watched: the section <c>assurance</c> of routing.yaml. What is null is off.</summary>
/// <param name="Receiver">Gets the daily summary, and what a failing channel cannot tell of itself.</param>
/// <param name="AllQuiet">When the daily summary goes out.</param>
/// <param name="Canary">When a message goes through every channel.</param>
internal sealed record AssuranceModel(string? Receiver, CalendarTime? AllQuiet, CalendarTime? Canary, HeartbeatModel? Heartbeat)
{
    public static AssuranceModel None { get; } = new(null, null, null, null);
}

/// <param name="Every">Least time between two.</param>
internal sealed record HeartbeatModel(HttpTarget Target, TimeSpan Every);

/// <summary>A time of the day, on every day or one weekday, in one zone.</summary>
/// <param name="Weekday">Null: every day.</param>
internal sealed record CalendarTime(DayOfWeek? Weekday, TimeOnly At, TimeZoneInfo Zone)
{
    /// <summary>The last one not after an instant, and the local day it stands for: one for each day, whatever clocks do that day.</summary>
    /// <remarks>A local time that a clock change leaves out comes as much later as the clock goes forward; one that it brings twice, comes once.</remarks>
    public (DateOnly Day, DateTimeOffset At) Latest(DateTimeOffset at)
    {
        for (DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime); ; day = day.AddDays(-1))
        {
            DateTime local = day.ToDateTime(At);
            var instant = new DateTimeOffset(local - Zone.GetUtcOffset(local), TimeSpan.Zero);
            if (instant <= at && (Weekday is null || day.DayOfWeek == Weekday)) return (day, instant);
        }
    }
}
