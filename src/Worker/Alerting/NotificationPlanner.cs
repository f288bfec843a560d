using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <param name="Deliveries">One for each target and recipient, rendered.</param>
internal sealed record PlannedNotification(Notification Notification, ImmutableArray<Storage.Delivery> Deliveries);

/// <summary>Makes the deliveries of one notification: gathers what readers need to know, addresses and renders it for every target.</summary>
internal sealed class NotificationPlanner(RoutingModel routing, ReceiverChannels channels)
{
    public async Task<PlannedNotification> PlanAsync(IStoreSession session, AlertGroupState group, RouteNode route, NotificationDecision decision, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var notification = new Notification
        {
            // The instant of the notification before it is the sequence: it only moves when one was committed, so a repeated decision gives the same id.
            Id = StableId.Of("notification", group.GroupKey, group.ThreadId, group.LastSentAt?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "first"),
            Reason = decision.Reason,
            At = at,
            GroupKey = group.GroupKey,
            ThreadId = group.ThreadId,
            Receiver = route.Receiver,
            GroupLabels = group.GroupLabels,
            Firing = decision.Firing,
            Resolved = decision.Resolved,
            Fresh = decision.Fresh,
            Suppliers = await ContextAsync(session, decision.Firing.Concat(decision.Resolved), cancellationToken).ConfigureAwait(false),
        };
        return new PlannedNotification(notification, DeliveriesOf(notification, TargetsOf(notification, routing.Receivers[route.Receiver])));
    }

    /// <summary>One for each recipient of the targets, rendered.</summary>
    public ImmutableArray<Storage.Delivery> DeliveriesOf(Notification notification, IEnumerable<(string Receiver, ReceiverTarget Target)> targets)
    {
        (string Receiver, ReceiverTarget Target, IReceiverChannel Channel, Addressed To)[] all =
        [
            .. from one in targets
               let target = one.Target
               let channel = channels.Find(target.Channel)!
               where target.SendResolved || notification.Reason != NotificationReason.Resolved
               let told = target.SendResolved ? notification : notification with { Resolved = [] }
               where told.Alerts.Any()
               from to in channel.Address(target, told)
               select (one.Receiver, target, channel, to),
        ];
        ImmutableArray<string> everyone = [.. all.Select(a => a.To.Recipient).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return [.. all.Select(a => Deliver(a.Receiver, a.Target, a.Channel, a.To with { Notification = a.To.Notification with { Recipients = everyone } }))];
    }

    /// <summary>
    /// The receiver's targets. That one fails is not told through itself: where the notification says so of all its targets, the assurance receiver takes it, or, when that
    /// fails too, it waits where it belongs.
    /// </summary>
    private IEnumerable<(string Receiver, ReceiverTarget Target)> TargetsOf(Notification notification, ReceiverModel receiver)
    {
        HashSet<string> failing =
        [
            .. from alert in notification.Firing
               let blamed = DeliveryAlerts.Blamed(alert)
               where blamed is not null && routing.Receivers.ContainsKey(blamed.Value.Receiver)
               from target in routing.Receivers[blamed.Value.Receiver].Targets
               where target.Channel == blamed.Value.Channel
               select target.Endpoint,
        ];
        ReceiverModel?[] ways = failing.Count == 0 ? [] : [receiver, routing.Assurance.Receiver is { } name ? routing.Receivers[name] : null];
        foreach (ReceiverModel way in ways.OfType<ReceiverModel>())
        {
            ReceiverTarget[] working = [.. way.Targets.Where(t => !failing.Contains(t.Endpoint))];
            if (working.Length > 0) return working.Select(t => (way.Name, t));
        }

        return receiver.Targets.Select(t => (receiver.Name, t));
    }

    private static Storage.Delivery Deliver(string receiver, ReceiverTarget target, IReceiverChannel channel, Addressed to)
    {
        Notification notification = to.Notification;
        string id = StableId.Of("delivery", notification.Id, receiver, target.Channel, target.Index.ToString(CultureInfo.InvariantCulture), to.Recipient);
        Rendering rendering = channel.Render(target, notification, to.Recipient, id);
        return new Storage.Delivery(
            id, notification.Id, notification.GroupKey, receiver, target.Channel, target.Index, to.Recipient, rendering.Subject, rendering.Body,
            notification.At, DeliveryState.Pending, 0, notification.At, null, "", "", [.. notification.Alerts.Select(a => a.EpisodeId)]);
    }

    private static async Task<ImmutableSortedDictionary<SupplierId, SupplierContext>> ContextAsync(IStoreSession session, IEnumerable<Alert> alerts, CancellationToken cancellationToken)
    {
        var suppliers = ImmutableSortedDictionary.CreateBuilder<SupplierId, SupplierContext>();
        foreach (SupplierId id in alerts.Select(a => a.Supplier).OfType<SupplierId>().Distinct().Order())
        {
            if (await session.Suppliers.FindAsync(id, null, cancellationToken).ConfigureAwait(false) is not { } stored) continue;
            Assessment? assessment = await session.Assessments.FindAsync(id, null, cancellationToken).ConfigureAwait(false);
            suppliers.Add(id, new SupplierContext(stored.Supplier, assessment));
        }

        return suppliers.ToImmutable();
    }
}
