using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <param name="Parts">One for each target and recipient.</param>
internal sealed record PlannedNotification(Notification Notification, ImmutableArray<Part> Parts);

/// <summary>Finds out who gets what of a notification. What is nobody's goes to the fallback receiver.</summary>
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
            Suppliers = await SuppliersAsync(session, decision.Firing.Concat(decision.Resolved), cancellationToken).ConfigureAwait(false),
        };
        return Address(notification, await TargetsOfAsync(session, notification, routing.Receivers[route.Receiver], cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Who would be told of alerts that nobody is told of for now.</summary>
    public async Task<PlannedNotification> PlanMutedAsync(IStoreSession session, AlertGroupState group, RouteNode route, ImmutableArray<Alert> muted, DateTimeOffset at, CancellationToken cancellationToken) =>
        await PlanAsync(session, group, route, new NotificationDecision(NotificationReason.NewAlerts, muted, [], [.. muted.Select(a => a.EpisodeId)]), at, cancellationToken).ConfigureAwait(false);

    /// <summary>The recipients of a notification's receiver, each with their part.</summary>
    public PlannedNotification Address(Notification notification) => Address(notification, Own(routing.Receivers[notification.Receiver]));

    /// <summary>A delivery for each recipient of the targets, rendered from the notification alone.</summary>
    public ImmutableArray<Storage.Delivery> DeliveriesOf(Notification notification, IEnumerable<ReceiverTarget> targets) =>
        [.. Address(notification, targets.Select(t => (notification.Receiver, t))).Parts.Select(p => DeliveryPlanner.Deliver(channels.Find(p.Target.Channel)!, p, p.Notification))];

    private PlannedNotification Address(Notification notification, IEnumerable<(string Receiver, ReceiverTarget Target)> targets)
    {
        List<Part> parts = [.. PartsOf(notification, targets)];
        Part[] unowned = [.. parts.Where(p => p.Recipient.Length == 0)];
        if (unowned.Length > 0 && routing.FallbackReceiver is { } fallback)
        {
            HashSet<string> episodes = [.. unowned.SelectMany(p => p.Notification.Alerts).Select(a => a.EpisodeId)];
            Notification rest = notification.Only(a => episodes.Contains(a.EpisodeId)) with { Receiver = fallback };
            ImmutableArray<string> because = [.. unowned.SelectMany(p => p.Notification.Because).Distinct()];
            parts.AddRange(PartsOf(rest, Own(routing.Receivers[fallback])).Where(p => p.Recipient.Length > 0).Select(p => p with { Notification = p.Notification with { Because = because } }));
        }

        Part[] owned = [.. parts.Where(p => p.Recipient.Length > 0)];
        ImmutableArray<string> everyone = [.. owned.Select(p => p.Recipient).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new PlannedNotification(notification, [.. owned.Select(p => p with { Notification = p.Notification with { Recipients = everyone } })]);
    }

    /// <summary>What is known of the alerts' suppliers, without their assessments.</summary>
    public static async Task<ImmutableSortedDictionary<SupplierId, SupplierContext>> SuppliersAsync(IStoreSession session, IEnumerable<Alert> alerts, CancellationToken cancellationToken)
    {
        SupplierId[] ids = [.. alerts.Select(a => a.Supplier).OfType<SupplierId>().Distinct()];
        return ids.Length == 0
            ? ImmutableSortedDictionary<SupplierId, SupplierContext>.Empty
            : (await session.Suppliers.FindManyAsync(ids, cancellationToken).ConfigureAwait(false)).ToImmutableSortedDictionary(s => s.Supplier.Id, s => new SupplierContext(s.Supplier, null));
    }

    /// <summary>
    /// The receiver's targets. What is wrong with a way is not told on that way: where nothing else is left the assurance receiver takes it, or, when that fails too, it waits
    /// where it belongs.
    /// </summary>
    private async Task<IEnumerable<(string Receiver, ReceiverTarget Target)>> TargetsOfAsync(IStoreSession session, Notification notification, ReceiverModel receiver, CancellationToken cancellationToken)
    {
        IEnumerable<(string, ReceiverTarget)> own = Own(receiver);
        HashSet<(string, string)> blamed = [.. notification.Firing.Select(DeliveryAlerts.Blamed).OfType<(string, string)>()];
        if (blamed.Count == 0) return own;
        var failing = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, ReceiverTarget target) in routing.Receivers.Values.SelectMany(Own))
        {
            if (!failing.Contains(target.Endpoint) && await session.Alerts.FindFiringAsync(DeliveryAlerts.FailingRule, DeliveryAlerts.KeyOf(name, target.Channel), cancellationToken).ConfigureAwait(false) is not null)
                failing.Add(target.Endpoint);
        }

        IEnumerable<(string, ReceiverTarget)> reserve = routing.Assurance.Receiver is { } other ? Own(routing.Receivers[other]) : [];
        foreach (IEnumerable<(string Receiver, ReceiverTarget Target)> way in (IEnumerable<(string, ReceiverTarget)>[])[own, reserve])
        {
            (string, ReceiverTarget)[] working = [.. way.Where(t => !failing.Contains(t.Target.Endpoint) && !blamed.Contains((t.Receiver, t.Target.Channel)))];
            if (working.Length > 0) return working;
        }

        return own;
    }

    private static IEnumerable<(string Receiver, ReceiverTarget Target)> Own(ReceiverModel receiver) => receiver.Targets.Select(t => (receiver.Name, t));

    private IEnumerable<Part> PartsOf(Notification notification, IEnumerable<(string Receiver, ReceiverTarget Target)> targets) =>
        from one in targets
        let target = one.Target
        let channel = channels.Find(target.Channel)!
        where target.SendResolved || notification.Reason != NotificationReason.Resolved
        let whole = notification with { Receiver = one.Receiver }
        let told = target.SendResolved ? whole : whole with { Resolved = [] }
        where told.Alerts.Any()
        from to in channel.Address(target, told)

        // Somebody else's news is none for an owner whose own suppliers stand as they were told.
        where !channel.ReachesPersons || to.Notification.HasNews
        select new Part(target, channel.ReachesPersons, to.Recipient, to.Notification);
}
