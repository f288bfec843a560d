using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Observability;

namespace Risk.Worker.Alerting.Assurance;

/// <summary>Calls a dead-man switch (healthchecks.io, Dead Man's Snitch and the like) while the worker works: when the calls stay away, the switch tells.</summary>
/// <remarks>Not through the outbox: a heartbeat of an hour ago would prove the wrong thing.</remarks>
internal sealed class Heart(HeartbeatModel? model, ChannelServices services, ILogger<Heart> logger)
{
    /// <summary>A switch that hangs must not hold up the round that calls it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private DateTimeOffset last = DateTimeOffset.MinValue;

    /// <summary>Calls when it is time to. Never throws for what is wrong at the other end.</summary>
    public async Task BeatAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (model is null || at - last < model.Every) return;
        last = at;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            DeliveryOutcome outcome = await HttpSubmission.SendAsync(model.Target, body: null, "", prepare: null, services, patience.Token).ConfigureAwait(false);
            if (outcome is DeliveryOutcome.RetryLater later) logger.HeartbeatFailed(later.Reason);
            else if (outcome is DeliveryOutcome.GaveUp refused) logger.HeartbeatFailed(refused.Reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.HeartbeatFailed($"{model.Target.Name} did not answer within {Patience.TotalSeconds:0} s");
        }
    }
}
