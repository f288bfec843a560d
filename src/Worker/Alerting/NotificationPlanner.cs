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
        return new PlannedNotification(notification, DeliveriesOf(notification, await TargetsOfAsync(session, notification, routing.Receivers[route.Receiver], cancellationToken).ConfigureAwait(false)));
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
    /// The receiver's targets. What is wrong with a way is not told on that way: where nothing else is left the assurance receiver takes it, or, when that fails too, it waits
    /// where it belongs.
    /// </summary>
    private async Task<IEnumerable<(string Receiver, ReceiverTarget Target)>> TargetsOfAsync(IStoreSession session, Notification notification, ReceiverModel receiver, CancellationToken cancellationToken)
    {
        IEnumerable<(string, ReceiverTarget)> own = receiver.Targets.Select(t => (receiver.Name, t));
        HashSet<(string, string)> blamed = [.. notification.Firing.Select(DeliveryAlerts.Blamed).OfType<(string, string)>()];
        if (blamed.Count == 0) return own;
        var failing = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, ReceiverTarget target) in routing.Receivers.Values.SelectMany(r => r.Targets.Select(t => (r.Name, t))))
        {
            if (!failing.Contains(target.Endpoint) && await session.Alerts.FindFiringAsync(DeliveryAlerts.FailingRule, DeliveryAlerts.KeyOf(name, target.Channel), cancellationToken).ConfigureAwait(false) is not null)
                failing.Add(target.Endpoint);
        }

        IEnumerable<(string, ReceiverTarget)> reserve = routing.Assurance.Receiver is { } other ? routing.Receivers[other].Targets.Select(t => (other, t)) : [];
        foreach (IEnumerable<(string Receiver, ReceiverTarget Target)> way in (IEnumerable<(string, ReceiverTarget)>[])[own, reserve])
        {
            (string, ReceiverTarget)[] working = [.. way.Where(t => !failing.Contains(t.Target.Endpoint) && !blamed.Contains((t.Receiver, t.Target.Channel)))];
            if (working.Length > 0) return working;
        }

        return own;
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
