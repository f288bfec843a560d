using System.Globalization;
using System.Threading.RateLimiting;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk;
using StackExchange.Redis;

namespace Risk.Worker.Storage.Redis;

/// <summary>One limit for all workers: a permit each so often, by Redis's own clock. Without Redis this worker takes a share that is safe whoever else runs.</summary>
/// <remarks>
/// Permits are not reserved: who comes too early asks again. So nothing is owed to a worker that died, and a Redis that lost its memory gives nothing for a moment rather than too much.
/// </remarks>
internal sealed class RedisRateLimiter : RateLimiter
{
    /// <summary>Workers that are supposed when Redis never told how many there are.</summary>
    private const int SupposedWorkers = 4;

    /// <summary>Without Redis only this part of the limit is used by all workers together: some of them may still have Redis.</summary>
    private const int Caution = 2;

    // Times are microseconds. KEYS: when the next permit is due, the workers seen. ARGV: between permits, wait when nothing is known, worker, how long the keys are kept (ms), how long a worker counts.
    private const string Take = """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        redis.call('ZADD', KEYS[2], now, ARGV[3])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[5])
        redis.call('PEXPIRE', KEYS[2], ARGV[4])
        local workers = redis.call('ZCARD', KEYS[2])
        local due = tonumber(redis.call('GET', KEYS[1]))
        local longest = math.max(ARGV[1], ARGV[2])
        if not due or due - now > longest then
          due = now + ARGV[2]
          redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', ARGV[4])
        end
        if due > now then return {due - now, workers} end
        redis.call('SET', KEYS[1], string.format('%.0f', now + ARGV[1]), 'PX', ARGV[4])
        return {0, workers}
        """;

    private static readonly TimeSpan WorkerCounts = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeysLast = TimeSpan.FromHours(1);

    private readonly RedisLink link;
    private readonly TimeProvider clock;
    private readonly RedisKey[] keys;
    private readonly TimeSpan interval;
    private readonly string worker;
    private readonly SemaphoreSlim turn = new(1, 1);
    private int workers = SupposedWorkers;
    private long? lastPermit;

    /// <param name="worker">Tells this process from all others.</param>
    public RedisRateLimiter(HostLimit limit, RedisLink link, TimeProvider clock, string worker)
    {
        (this.link, this.clock, this.worker) = (link, clock, worker);
        interval = limit.Interval;
        keys = [$"risk:limit:{limit.Group}", $"risk:workers:{limit.Group}"];
    }

    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => Permit.Refused;

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        // One of this process asks at a time, the oldest first.
        await turn.WaitAsync(cancellationToken);
        try
        {
            long? alone = null;
            while (true)
            {
                TimeSpan wait = await AskAsync(cancellationToken) is { } shared ? shared : Alone(ref alone);
                if (wait <= TimeSpan.Zero) break;
                await Task.Delay(wait, clock, cancellationToken);
            }

            lastPermit = clock.GetTimestamp();
            return Permit.Given;
        }
        finally
        {
            turn.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) turn.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>How long to wait by Redis's account; zero: go. Null: it does not answer.</summary>
    private async Task<TimeSpan?> AskAsync(CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            Microseconds(interval), Microseconds(interval + RedisLink.Pause + RedisLink.Pause), worker, (long)Math.Max(KeysLast.TotalMilliseconds, interval.TotalMilliseconds * 4), Microseconds(WorkerCounts),
        ];
        (bool answered, RedisResult? result) = await link.TryAsync(redis => redis.ScriptEvaluateAsync(Take, keys, arguments), cancellationToken);
        if (!answered) return null;
        long[] said = (long[])result!;
        workers = (int)Math.Max(1, said[1]);
        return TimeSpan.FromMicroseconds(said[0]);
    }

    /// <summary>How long to wait when nobody can be asked.</summary>
    /// <param name="since">When this began to be waited for.</param>
    private TimeSpan Alone(ref long? since)
    {
        // From the last permit, or, when there was none, from now: another worker may have had one just now.
        since ??= lastPermit ?? clock.GetTimestamp();
        TimeSpan left = (interval * workers * Caution) - clock.GetElapsedTime(since.Value);
        // Redis may be back before.
        return left < RedisLink.Pause ? left : RedisLink.Pause;
    }

    private static string Microseconds(TimeSpan span) => ((long)span.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);

    private sealed class Permit(bool isGiven) : RateLimitLease
    {
        public static readonly Permit Given = new(true), Refused = new(false);

        public override bool IsAcquired => isGiven;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
