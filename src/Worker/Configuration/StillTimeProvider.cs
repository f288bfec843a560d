namespace Risk.Worker.Configuration;

/// <summary>A clock that always tells the same instant, so that a demonstration gives the same bytes every time; timers run in real time.</summary>
internal sealed class StillTimeProvider(DateTimeOffset at) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => at;
}
