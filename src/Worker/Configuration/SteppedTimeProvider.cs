namespace Risk.Worker.Configuration;

/// <summary>A clock that stands where it was put; for going through the past. Timers run in real time.</summary>
internal sealed class SteppedTimeProvider : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
