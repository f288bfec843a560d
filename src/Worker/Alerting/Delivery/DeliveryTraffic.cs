using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>What the process knows of its sending beyond the store: which deliveries are under way, and which targets take nothing at present. Lives as long as the process. Thread-safe.</summary>
/// <param name="clock">Measures failures and pauses.</param>
internal sealed class DeliveryTraffic(TimeProvider clock)
{
    /// <summary>So many failures, with hardly a success among them, within <see cref="Sampling"/> open a target's circuit.</summary>
    public const int FailuresToOpen = 5;

    private const double FailureRatio = 0.8;

    private static readonly TimeSpan Sampling = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, ResiliencePipeline<DeliveryOutcome>> circuits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> underWay = new(StringComparer.Ordinal);

    /// <summary>False when the delivery is under way already: nothing is sent twice at once.</summary>
    public bool TryBegin(string deliveryId) => underWay.TryAdd(deliveryId, true);

    public void End(string deliveryId) => underWay.TryRemove(deliveryId, out _);

    /// <summary>Sends unless the endpoint's circuit is open: then hundreds of deliveries do not each wait for a timeout. One of them tries again after each pause.</summary>
    /// <param name="endpoint">What fails together: a mail server, an address.</param>
    public async Task<DeliveryOutcome> SendAsync(string endpoint, Func<CancellationToken, Task<DeliveryOutcome>> send, CancellationToken cancellationToken)
    {
        try
        {
            return await circuits.GetOrAdd(endpoint, Circuit).ExecuteAsync(async token => await send(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException broken)
        {
            TimeSpan pause = broken.RetryAfter is { Ticks: > 0 } left ? left : FirstPause;
            return new DeliveryOutcome.Postponed($"{endpoint} takes nothing at present, so it was not tried", pause);
        }
    }

    private ResiliencePipeline<DeliveryOutcome> Circuit(string endpoint) => new ResiliencePipelineBuilder<DeliveryOutcome> { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryOutcome>
        {
            FailureRatio = FailureRatio,
            MinimumThroughput = FailuresToOpen,
            SamplingDuration = Sampling,
            BreakDurationGenerator = static pause => ValueTask.FromResult(
                TimeSpan.FromSeconds(Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(pause.HalfOpenAttempts, 10)), LongestPause.TotalSeconds))),
            ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome.Result is DeliveryOutcome.RetryLater { RecipientOnly: false }),
        })
        .Build();
}
