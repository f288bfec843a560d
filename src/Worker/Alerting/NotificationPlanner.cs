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
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <param name="Deliveries">One for each target and recipient, rendered.</param>
internal sealed record PlannedNotification(Notification Notification, ImmutableArray<Storage.Delivery> Deliveries);

/// <summary>Makes the deliveries of one notification: gathers what readers need to know, addresses and renders it for every target.</summary>
internal sealed class NotificationPlanner(RoutingModel routing, ReceiverChannels channels, Func<ActionLinks>? links)
{
    /// <summary>Alerts of a notification whose history is looked up.</summary>
    private const int MostStories = 25;

    /// <summary>How far back mails show scores.</summary>
    private static readonly TimeSpan ScoresShown = TimeSpan.FromDays(90);

    public async Task<PlannedNotification> PlanAsync(IStoreSession session, AlertGroupState group, RouteNode route, NotificationDecision decision, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ReceiverModel receiver = routing.Receivers[route.Receiver];
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
            Suppliers = await ContextAsync(session, decision.Firing.Concat(decision.Resolved), at, cancellationToken).ConfigureAwait(false),
            Episodes = await EpisodesAsync(session, decision.Firing.Concat(decision.Resolved), cancellationToken).ConfigureAwait(false),
            Links = Links(),
        };
        (ReceiverTarget Target, IReceiverChannel Channel, Addressed To)[] all =
        [
            .. from target in receiver.Targets
               let channel = channels.Find(target.Channel)!
               where target.SendResolved || notification.Reason != NotificationReason.Resolved
               let told = target.SendResolved ? notification : notification with { Resolved = [] }
               where told.Alerts.Any()
               from to in channel.Address(target, told)
               select (target, channel, to),
        ];
        ImmutableArray<string> everyone = [.. all.Select(a => a.To.Recipient).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new PlannedNotification(notification, [.. all.Select(a => Deliver(a.Target, a.Channel, a.To with { Notification = a.To.Notification with { Recipients = everyone } }))]);
    }

    private static Storage.Delivery Deliver(ReceiverTarget target, IReceiverChannel channel, Addressed to)
    {
        Notification notification = to.Notification;
        string id = StableId.Of("delivery", notification.Id, notification.Receiver, target.Channel, target.Index.ToString(CultureInfo.InvariantCulture), to.Recipient);
        Rendering rendering = channel.Render(target, notification, to.Recipient, id);
        return new Storage.Delivery(
            id, notification.Id, notification.GroupKey, notification.Receiver, target.Channel, target.Index, to.Recipient, rendering.Subject, rendering.Body,
            notification.At, DeliveryState.Pending, 0, notification.At, null, "", "", [.. notification.Alerts.Select(a => a.EpisodeId)]);
    }

    /// <summary>None when they cannot be signed: a mail without links beats no mail. Who opens a page of theirs is told why.</summary>
    private ActionLinks? Links()
    {
        try
        {
            return links?.Invoke();
        }
        catch (SecretMissingException)
        {
            return null;
        }
    }

    /// <summary>What became of the worst alerts so far; lists do not tell stories.</summary>
    private static async Task<ImmutableSortedDictionary<string, EpisodeContext>> EpisodesAsync(IStoreSession session, IEnumerable<Alert> alerts, CancellationToken cancellationToken)
    {
        string[] ids = [.. alerts.Select(a => a.EpisodeId).Take(MostStories)];
        IReadOnlyDictionary<string, AlertWorkflow> workflow = await session.Workflow.FindManyAsync(ids, cancellationToken).ConfigureAwait(false);
        var episodes = ImmutableSortedDictionary.CreateBuilder<string, EpisodeContext>(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            episodes[id] = new EpisodeContext(
                workflow.GetValueOrDefault(id), [.. await session.Alerts.TransitionsAsync(id, cancellationToken).ConfigureAwait(false)], [.. await session.Workflow.ActsAsync(id, cancellationToken).ConfigureAwait(false)]);
        }

        return episodes.ToImmutable();
    }

    private static async Task<ImmutableSortedDictionary<SupplierId, SupplierContext>> ContextAsync(IStoreSession session, IEnumerable<Alert> alerts, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var suppliers = ImmutableSortedDictionary.CreateBuilder<SupplierId, SupplierContext>();
        foreach (SupplierId id in alerts.Select(a => a.Supplier).OfType<SupplierId>().Distinct().Order())
        {
            if (await session.Suppliers.FindAsync(id, null, cancellationToken).ConfigureAwait(false) is not { } stored) continue;
            Assessment? assessment = await session.Assessments.FindAsync(id, null, cancellationToken).ConfigureAwait(false);
            suppliers.Add(id, new SupplierContext(stored.Supplier, assessment) { Scores = [.. await session.Assessments.HistoryAsync(id, at - ScoresShown, cancellationToken).ConfigureAwait(false)] });
        }

        return suppliers.ToImmutable();
    }
}
