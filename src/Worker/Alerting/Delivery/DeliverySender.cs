using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Folder;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>Makes one attempt at a delivery through the channel it was made for.</summary>
/// <param name="outbox">A folder that takes the deliveries of every channel instead (<c>risk demo</c>); null: they are sent.</param>
/// <param name="traffic">Shared by all senders of the process, so that a reload forgets nothing; null: one of its own.</param>
internal sealed class DeliverySender(RoutingModel routing, ReceiverChannels channels, ChannelServices services, string? outbox = null, DeliveryTraffic? traffic = null)
{
    public DeliveryTraffic Traffic { get; } = traffic ?? new DeliveryTraffic(services.Clock);

    /// <param name="isLastChance">Tried even when the target's circuit is open: nothing is given up that was only postponed.</param>
    public async Task<DeliveryOutcome> AttemptAsync(Storage.Delivery delivery, bool isLastChance, CancellationToken cancellationToken)
    {
        if (outbox is not null) return await OutboxFolder.WriteAsync(outbox, delivery, cancellationToken).ConfigureAwait(false);
        ReceiverTarget? target = routing.Receivers.GetValueOrDefault(delivery.Receiver)?.Target(delivery.Channel, delivery.ChannelIndex);
        if (target is null || channels.Find(delivery.Channel) is not { } channel)
            return new DeliveryOutcome.GaveUp($"receiver '{delivery.Receiver}' has no {delivery.Channel} target {delivery.ChannelIndex} in routing.yaml any more; add it again and redeliver");
        return isLastChance
            ? await channel.SendAsync(target, delivery, services, cancellationToken).ConfigureAwait(false)
            : await Traffic.SendAsync(target.Endpoint, token => channel.SendAsync(target, delivery, services, token), cancellationToken).ConfigureAwait(false);
    }
}
