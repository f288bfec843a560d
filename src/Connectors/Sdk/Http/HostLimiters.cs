using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Risk.Connectors.Sdk.Http;

/// <summary>One rate limiter for each <see cref="HostLimit.Group"/>, shared by the whole process. Thread-safe.</summary>
public sealed class HostLimiters(Func<HostLimit, RateLimiter> create) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RateLimiter>> limiters = new(StringComparer.Ordinal);

    public HostLimiters()
        : this(Spread)
    {
    }

    /// <summary>Waits for a permit, oldest caller first.</summary>
    internal async ValueTask WaitAsync(HostLimit limit, CancellationToken cancellationToken)
    {
        RateLimiter limiter = limiters.GetOrAdd(limit.Group, static (_, made) => new Lazy<RateLimiter>(() => made.create(made.limit)), (create, limit)).Value;
        using RateLimitLease lease = await limiter.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        if (lease.IsAcquired) return;
        throw new SourceFailureException(FailureKind.RateLimited, $"Our own limit for '{limit.Group}' refused the call; the source is tried again at its next run.");
    }

    public void Dispose()
    {
        foreach (Lazy<RateLimiter> limiter in limiters.Values.Where(l => l.IsValueCreated)) limiter.Value.Dispose();
    }

    // One token at a time: a full bucket would let two windows' worth through at a window's edge, which is when EDGAR blocks an address for ten minutes.
    private static TokenBucketRateLimiter Spread(HostLimit limit) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 1,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = limit.Interval,
        AutoReplenishment = true,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });
}
