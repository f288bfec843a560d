namespace Risk.Worker.Configuration;

internal static class Instants
{
    /// <summary>Now, to the whole second: instants that are stored, hashed and printed carry no fraction.</summary>
    public static DateTimeOffset Now(TimeProvider clock)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }
}
