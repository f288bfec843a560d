namespace Risk.Connectors.Sdk.Http;

/// <summary>Settings shared by all upstream calls.</summary>
/// <param name="Mirror">Every call goes to MIRROR/HOST/PATH instead of the real host; null: the real hosts.</param>
/// <param name="Contact">E-mail or URL that goes into the User-Agent, or "".</param>
public sealed record UpstreamOptions(Uri? Mirror, string Contact);

/// <summary>How long one call may take. The defaults are for production; tests shorten or stretch them.</summary>
internal sealed record HttpPatience
{
    public static HttpPatience Default { get; } = new();

    /// <summary>From sending the request to the answer's header.</summary>
    public TimeSpan Header { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two reads of the body.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After this long, a body must have come at <see cref="MinimumBytesPerSecond"/> on average, so that a trickle cannot hold a run.</summary>
    public TimeSpan ThroughputGrace { get; init; } = TimeSpan.FromSeconds(60);

    public int MinimumBytesPerSecond { get; init; } = 1024;

    /// <summary>No try starts later than this after the first one; a longer Retry-After is handed to the scheduler instead.</summary>
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromSeconds(60);

    public int Tries { get; init; } = 4;

    /// <summary>First wait; doubles with each try.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First wait after a 403 that means "too fast".</summary>
    public TimeSpan FirstDelayWhenThrottled { get; init; } = TimeSpan.FromSeconds(10);
}
