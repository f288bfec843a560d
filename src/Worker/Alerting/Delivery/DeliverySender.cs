using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>Makes one attempt at a delivery through the channel it was made for.</summary>
internal sealed class DeliverySender(RoutingModel routing, ReceiverChannels channels, ChannelServices services)
{
    public async Task<DeliveryOutcome> AttemptAsync(Storage.Delivery delivery, CancellationToken cancellationToken)
    {
        ReceiverTarget? target = routing.Receivers.GetValueOrDefault(delivery.Receiver)?.Target(delivery.Channel, delivery.ChannelIndex);
        if (target is null || channels.Find(delivery.Channel) is not { } channel)
            return new DeliveryOutcome.GaveUp($"receiver '{delivery.Receiver}' has no {delivery.Channel} target {delivery.ChannelIndex} in routing.yaml any more; add it again and redeliver");
        return await channel.SendAsync(target, delivery, services, cancellationToken).ConfigureAwait(false);
    }
}
