using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Folder;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>Makes one attempt at a delivery through the channel it was made for.</summary>
/// <param name="outbox">A folder that takes the deliveries of every channel instead (<c>risk demo</c>); null: they are sent.</param>
internal sealed class DeliverySender(RoutingModel routing, ReceiverChannels channels, ChannelServices services, string? outbox = null)
{
    public async Task<DeliveryOutcome> AttemptAsync(Storage.Delivery delivery, CancellationToken cancellationToken)
    {
        if (outbox is not null) return await OutboxFolder.WriteAsync(outbox, delivery, cancellationToken).ConfigureAwait(false);
        ReceiverTarget? target = routing.Receivers.GetValueOrDefault(delivery.Receiver)?.Target(delivery.Channel, delivery.ChannelIndex);
        if (target is null || channels.Find(delivery.Channel) is not { } channel)
            return new DeliveryOutcome.GaveUp($"receiver '{delivery.Receiver}' has no {delivery.Channel} target {delivery.ChannelIndex} in routing.yaml any more; add it again and redeliver");
        return await channel.SendAsync(target, delivery, services, cancellationToken).ConfigureAwait(false);
    }
}
