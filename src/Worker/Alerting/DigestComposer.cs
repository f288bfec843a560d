using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.People;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <summary>Tells what waited: a person's digest when it is due, or the table that a burst became. What an undeliverable one told is told again by the next.</summary>
internal sealed class DigestComposer(RoutingModel routing, ReceiverChannels channels, DeliveryPlanner deliveries)
{
    /// <summary>How long items wait whose channel routing.yaml has no target for.</summary>
    private static readonly TimeSpan HomelessFor = TimeSpan.FromDays(1);

    /// <returns>Ids of the deliveries that are new.</returns>
    public async Task<IReadOnlyList<string>> ComposeDueAsync(IStoreSession session, Mutings mutings, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (IGrouping<(string Channel, string Recipient), DigestItem> person in (await session.Digests.DueAsync(at, cancellationToken).ConfigureAwait(false)).GroupBy(i => (i.Channel, i.Recipient.ToLowerInvariant())))
        {
            DigestItem[] items = [.. person];
            if (FindTarget(items[0]) is not { } target)
            {
                await session.Digests.TakeAsync(items, null, at + HomelessFor, cancellationToken).ConfigureAwait(false);
                continue;
            }

            Notification notification = await ComposeAsync(session, items, mutings, at, cancellationToken).ConfigureAwait(false);
            if (notification.Reason == NotificationReason.Burst && routing.People.Digest is { } later && !notification.IsUrgent
                && Pacing.IsFull([.. (await session.Digests.SentAsync(person.Key.Channel, [person.Key.Recipient], at.AddDays(-1), cancellationToken).ConfigureAwait(false))[person.Key.Recipient]], routing.People, at))
            {
                await session.Digests.TakeAsync([.. items.Select(i => i with { Cause = HoldCause.Ceiling })], null, later.Next(at), cancellationToken).ConfigureAwait(false);
                continue;
            }

            var part = new Part(target, ReachesPerson: true, items[0].Recipient, notification);
            await session.Digests.TakeAsync(items, part.DeliveryId, routing.DigestOf(target, items[0].Recipient)?.Next(at) ?? at + HomelessFor, cancellationToken).ConfigureAwait(false);
            await session.Ledger.AppendAsync([DeliveryPlanner.TableEntryOf(part)], at, cancellationToken).ConfigureAwait(false);
            ids.AddRange(await deliveries.StoreAsync(session, [part], cancellationToken).ConfigureAwait(false));
        }

        return ids;
    }

    /// <summary>The target it waits for; or, when routing.yaml names that no more, another of the same channel: what was promised is told.</summary>
    private ReceiverTarget? FindTarget(DigestItem item) =>
        channels.Find(item.Channel) is null ? null
        : routing.Receivers.GetValueOrDefault(item.Receiver)?.Target(item.Channel, item.ChannelIndex) ?? routing.Receivers.Values.SelectMany(r => r.Targets).FirstOrDefault(t => t.Channel == item.Channel);

    private async Task<Notification> ComposeAsync(IStoreSession session, IReadOnlyCollection<DigestItem> items, Mutings mutings, DateTimeOffset at, CancellationToken cancellationToken)
    {
        DigestItem first = items.First();
        string[] episodes = [.. items.Select(i => i.Episode)];
        Dictionary<string, Alert> alerts = (await session.Alerts.FindManyAsync(episodes, cancellationToken).ConfigureAwait(false)).ToDictionary(a => a.EpisodeId, StringComparer.Ordinal);
        IReadOnlyDictionary<string, AlertWorkflow> workflows = await session.Workflow.FindManyAsync(episodes, cancellationToken).ConfigureAwait(false);
        var told = new List<Alert>();
        var muted = new List<MutedAlert>();
        foreach (DigestItem item in items)
        {
            if (!alerts.TryGetValue(item.Episode, out Alert? alert)) continue;
            AlertWorkflow? workflow = workflows.GetValueOrDefault(item.Episode);
            string? why = mutings.Why(alert, workflow) ?? Mutings.Taken(alert, workflow) ?? (item.Cause == HoldCause.Muted ? item.Why : null);
            if (why is null) told.Add(alert);
            else muted.Add(new MutedAlert(alert, why));
        }

        bool isBurst = items.All(i => i.Cause is HoldCause.Burst);
        DigestSchedule? schedule = routing.Receivers.GetValueOrDefault(first.Receiver)?.Target(first.Channel, first.ChannelIndex) is { } target ? routing.DigestOf(target, first.Recipient) : routing.People.Digest;
        string id = StableId.Of("notification", isBurst ? "burst" : "digest", first.Channel, first.Recipient.ToLowerInvariant(), at.UtcTicks.ToString(CultureInfo.InvariantCulture));
        ImmutableArray<Alert> firing = AlertOrder.Sort(told.Where(a => a.ResolvedAt is null));
        return new Notification
        {
            Id = id,
            Reason = isBurst ? NotificationReason.Burst : NotificationReason.Digest,
            Occasion = isBurst ? "many came in a short time and became this one" : schedule?.Text ?? "",
            At = at,
            GroupKey = isBurst ? "burst" : "digest",
            ThreadId = id,
            Receiver = first.Receiver,
            GroupLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
            Firing = firing,
            Resolved = AlertOrder.Sort(told.Where(a => a.ResolvedAt is not null)),
            Fresh = [.. items.Where(i => i.IsFresh).Select(i => i.Episode).Intersect(firing.Select(a => a.EpisodeId))],
            Muted = [.. AlertOrder.Sort(muted.Select(m => m.Alert)).Join(muted, a => a.EpisodeId, m => m.Alert.EpisodeId, (_, m) => m)],
            Suppliers = await NotificationPlanner.SuppliersAsync(session, told.Concat(muted.Select(m => m.Alert)), cancellationToken).ConfigureAwait(false),
            Because = [.. items.Where(i => i.Cause != HoldCause.Muted).SelectMany(i => i.Why.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Distinct()],
            Recipients = [first.Recipient],
        };
    }
}
