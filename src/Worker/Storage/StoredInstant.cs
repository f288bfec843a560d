namespace Risk.Worker.Storage;

/// <summary>Instants as the store keeps them: UTC ticks (100 ns since 0001-01-01), so that nothing is rounded and order is the order of numbers.</summary>
internal static class StoredInstant
{
    public static long Of(DateTimeOffset at) => at.UtcTicks;

    public static long? Of(DateTimeOffset? at) => at?.UtcTicks;

    public static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    public static DateTimeOffset? At(long? ticks) => ticks is { } known ? At(known) : null;
}
