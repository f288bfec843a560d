namespace Risk.Worker.Configuration;

/// <summary>A clock that started at a given instant and runs at the usual pace; for demos, tests and replays.</summary>
internal sealed class ShiftedTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly TimeSpan shift = start - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
