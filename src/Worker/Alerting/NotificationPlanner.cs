using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
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
    public async Task<PlannedNotification> PlanAsync(IStoreSession session, AlertGroupState group, RouteNode route, NotificationDecision decision, DateTimeOffset at, CancellationToken cancellationToken) =>
        Address(new Notification
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
        });

    /// <summary>Who would be told of alerts that nobody is told of for now.</summary>
    public async Task<PlannedNotification> PlanMutedAsync(IStoreSession session, AlertGroupState group, RouteNode route, ImmutableArray<Alert> muted, DateTimeOffset at, CancellationToken cancellationToken) =>
        await PlanAsync(session, group, route, new NotificationDecision(NotificationReason.NewAlerts, muted, [], [.. muted.Select(a => a.EpisodeId)]), at, cancellationToken).ConfigureAwait(false);

    /// <summary>The recipients of a notification's receiver, each with their part.</summary>
    public PlannedNotification Address(Notification notification)
    {
        List<Part> parts = [.. PartsOf(notification)];
        Part[] unowned = [.. parts.Where(p => p.Recipient.Length == 0)];
        if (unowned.Length > 0 && routing.FallbackReceiver is { } fallback)
        {
            HashSet<string> episodes = [.. unowned.SelectMany(p => p.Notification.Alerts).Select(a => a.EpisodeId)];
            Notification rest = notification.Only(a => episodes.Contains(a.EpisodeId)) with { Receiver = fallback };
            ImmutableArray<string> because = [.. unowned.SelectMany(p => p.Notification.Because).Distinct()];
            parts.AddRange(PartsOf(rest).Where(p => p.Recipient.Length > 0).Select(p => p with { Notification = p.Notification with { Because = because } }));
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

    private IEnumerable<Part> PartsOf(Notification notification) =>
        from target in routing.Receivers[notification.Receiver].Targets
        let channel = channels.Find(target.Channel)!
        where target.SendResolved || notification.Reason != NotificationReason.Resolved
        let told = target.SendResolved ? notification : notification with { Resolved = [] }
        where told.Alerts.Any()
        from to in channel.Address(target, told)

        // Somebody else's news is none for an owner whose own suppliers stand as they were told.
        where !channel.ReachesPersons || to.Notification.HasNews
        select new Part(target, channel.ReachesPersons, to.Recipient, to.Notification);
}
