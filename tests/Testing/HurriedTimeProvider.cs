namespace Risk.Testing;

/// <summary>A clock on which waiting takes no time: every timer up to <paramref name="longest"/> (a minute) fires at once and moves the clock on by what it waited for; longer ones never fire.</summary>
/// <remarks>For callers whose retries and back-offs should just happen. Deadlines that must not fire are longer than that (see <c>ConnectorKit</c>).</remarks>
public sealed class HurriedTimeProvider(DateTimeOffset start, TimeSpan? longest = null) : TimeProvider
{
    private readonly TimeSpan longest = longest ?? TimeSpan.FromMinutes(1);
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HurriedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HurriedTimer(HurriedTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private int version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int mine = Interlocked.Increment(ref version);
            if (dueTime < TimeSpan.Zero || dueTime > clock.longest) return true;
            ThreadPool.QueueUserWorkItem(_ =>
            {
                if (Volatile.Read(ref version) != mine) return;
                Interlocked.Add(ref clock.ticks, dueTime.Ticks);
                callback(state);
            });
            return true;
        }

        public void Dispose() => Interlocked.Increment(ref version);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
