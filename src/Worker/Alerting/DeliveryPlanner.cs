using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.People;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <summary>
/// Turns what is to be told at one instant into deliveries: each person once, at their pace. What is told later is stored as waiting in the same session. Messages are rendered and stored some
/// at a time, so that thousands are never held at once.
/// </summary>
/// <param name="links">Signs links of mails; null: they have none.</param>
internal sealed class DeliveryPlanner(RoutingModel routing, ReceiverChannels channels, Func<ActionLinks>? links)
{
    private const int MessagesAtOnce = 200;

    /// <summary>Alerts of a notification whose history is looked up.</summary>
    private const int MostStories = 25;

    /// <summary>How far back mails show scores.</summary>
    private static readonly TimeSpan ScoresShown = TimeSpan.FromDays(90);

    private readonly bool isPaced = routing.People.Digest is not null || routing.People.HasLimits || !routing.People.OwnDigests.IsEmpty || routing.Receivers.Values.Any(r => r.Targets.Any(t => t.Digest is not null));

    /// <returns>Ids of the deliveries that are new.</returns>
    public async Task<IReadOnlyList<string>> EnqueueAsync(IStoreSession session, IReadOnlyCollection<PlannedNotification> planned, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (planned.Count == 0) return [];
        ImmutableArray<Part> parts = Deduplication.Apply(planned.SelectMany(p => p.Parts).Select(p => p.ReachesPerson ? p with { OwnDigest = routing.People.OwnDigests.GetValueOrDefault(p.Recipient) } : p));
        PacedParts paced = isPaced ? await PaceAsync(session, parts, at, cancellationToken).ConfigureAwait(false) : new PacedParts([.. parts.Select(p => ImmutableArray.Create(p))], []);
        Part[] messages = [.. paced.Messages.Select(m => m.Length == 1 ? m[0] : Table(m, at))];
        if (isPaced) messages = await WithWaitingAsync(session, messages, cancellationToken).ConfigureAwait(false);
        HashSet<string> sent = [.. paced.Messages.SelectMany(m => m).Select(p => p.DeliveryId)], held = [.. paced.Held.Select(h => h.Part.DeliveryId)];
        await session.Ledger.AppendAsync([.. planned.Select(p => LedgerEntryOf(p, sent, held)), .. messages.Where(m => m.Notification.Reason == NotificationReason.Burst).Select(TableEntryOf)], at, cancellationToken).ConfigureAwait(false);
        return await StoreAsync(session, messages, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renders and enqueues messages.</summary>
    public async Task<IReadOnlyList<string>> StoreAsync(IStoreSession session, IEnumerable<Part> messages, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (Part[] some in messages.Chunk(MessagesAtOnce))
        {
            var known = new Dictionary<SupplierId, SupplierContext>();
            var deliveries = new List<Storage.Delivery>(some.Length);
            foreach (Part part in some) deliveries.Add(await RenderAsync(session, part, known, cancellationToken).ConfigureAwait(false));
            ids.AddRange(await session.Deliveries.EnqueueAsync(deliveries, cancellationToken).ConfigureAwait(false));
        }

        return ids;
    }

    /// <summary>Those who get digests are told there what they are not told otherwise, and why.</summary>
    /// <param name="why">By episode.</param>
    public async Task NoteMutedAsync(IStoreSession session, PlannedNotification wouldBe, ImmutableDictionary<string, string> why, DateTimeOffset at, CancellationToken cancellationToken)
    {
        DigestItem[] items =
        [
            .. from part in wouldBe.Parts
               where part.ReachesPerson
               let digest = routing.DigestOf(part.Target, part.Recipient)
               where digest is not null
               let dueAt = digest.Next(at)
               from alert in part.Notification.Firing
               select new DigestItem(part.Target.Channel, part.Recipient, alert.EpisodeId, part.Notification.Receiver, part.Target.Index, HoldCause.Muted, why[alert.EpisodeId], IsFresh: false, at, dueAt, null),
        ];
        if (items.Length > 0) await session.Digests.HoldAsync(items, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What one part is to say when it waits: news, or all of a reminder.</summary>
    public static IEnumerable<DigestItem> Items(HeldPart held, DateTimeOffset at)
    {
        (Part part, Notification notification) = (held.Part, held.Part.Notification);
        bool isReminder = notification.Reason == NotificationReason.RepeatDue;
        return notification.Alerts.Where(a => isReminder || a.ResolvedAt is not null || notification.Fresh.Contains(a.EpisodeId)).Select(a => new DigestItem(
            part.Target.Channel, part.Recipient, a.EpisodeId, notification.Receiver, part.Target.Index, held.Cause, string.Join('\n', notification.Because), !isReminder, at, held.DueAt, null));
    }

    private async Task<PacedParts> PaceAsync(IStoreSession session, ImmutableArray<Part> parts, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var messages = ImmutableArray.CreateBuilder<ImmutableArray<Part>>();
        var held = ImmutableArray.CreateBuilder<HeldPart>();
        messages.AddRange(parts.Where(p => !p.ReachesPerson).Select(p => ImmutableArray.Create(p)));
        foreach (IGrouping<string, Part> channel in parts.Where(p => p.ReachesPerson).GroupBy(p => p.Target.Channel, StringComparer.Ordinal))
        {
            IGrouping<string, Part>[] persons = [.. channel.GroupBy(p => p.Person.Recipient, StringComparer.Ordinal)];
            ILookup<string, DateTimeOffset> sent = await session.Digests.SentAsync(channel.Key, [.. persons.Select(p => p.Key)], at.AddDays(-1), cancellationToken).ConfigureAwait(false);
            foreach (IGrouping<string, Part> person in persons)
            {
                PacedParts paced = Pacing.Decide([.. person], [.. sent[person.Key]], routing.People, at);
                messages.AddRange(paced.Messages);
                held.AddRange(paced.Held);
            }

            (string, string)[] told = [.. messages.SelectMany(m => m).Where(p => p.Target.Channel == channel.Key).SelectMany(p => p.Notification.Alerts.Select(a => (p.Recipient, a.EpisodeId)))];
            await session.Digests.ForgetAsync(channel.Key, told, cancellationToken).ConfigureAwait(false);
        }

        await session.Digests.HoldAsync([.. held.SelectMany(h => Items(h, at))], cancellationToken).ConfigureAwait(false);
        return new PacedParts(messages.ToImmutable(), held.ToImmutable());
    }

    private static async Task<Part[]> WithWaitingAsync(IStoreSession session, Part[] messages, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, Part> channel in messages.Where(p => p.ReachesPerson).GroupBy(p => p.Target.Channel, StringComparer.Ordinal).ToArray())
        {
            IReadOnlyDictionary<string, WaitingItems> waiting = await session.Digests.WaitingAsync(channel.Key, [.. channel.Select(p => p.Person.Recipient).Distinct()], cancellationToken).ConfigureAwait(false);
            messages = [.. messages.Select(p => p.Target.Channel == channel.Key && waiting.TryGetValue(p.Person.Recipient, out WaitingItems? items) ? p with { Notification = p.Notification with { Waiting = items } } : p)];
        }

        return messages;
    }

    /// <summary>Many messages to one person as one.</summary>
    private static Part Table(ImmutableArray<Part> parts, DateTimeOffset at)
    {
        Part first = parts[0];
        Notification[] all = [.. parts.Select(p => p.Notification)];
        string id = StableId.Of(["notification", "burst", .. parts.Select(p => p.DeliveryId)]);
        Notification[] escalated = [.. all.Where(n => n.Reason == NotificationReason.Escalated)];
        string[] waitedFor = [.. escalated.Select(n => n.Occasion).Distinct().Take(3)];
        return new Part(first.Target, first.ReachesPerson, first.Recipient, first.Notification with
        {
            Id = id,
            Reason = NotificationReason.Burst,
            Occasion = string.Create(CultureInfo.InvariantCulture, $"{parts.Length} messages came together and became this one{(waitedFor.Length > 0 ? ". Escalated: " : "")}{string.Join("; ", waitedFor)}"),
            Escalated = escalated.SelectMany(n => n.Firing).Select(a => a.EpisodeId).Distinct().Count(),
            At = at,
            GroupKey = "burst",
            ThreadId = id,
            GroupLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
            Firing = AlertOrder.Sort(all.SelectMany(n => n.Firing)),
            Resolved = AlertOrder.Sort(all.SelectMany(n => n.Resolved)),
            Fresh = [.. all.SelectMany(n => n.Fresh)],
            Suppliers = all.SelectMany(n => n.Suppliers).DistinctBy(s => s.Key).ToImmutableSortedDictionary(),
            Because = [.. all.SelectMany(n => n.Because).Distinct()],
            Recipients = [first.Recipient],
        });
    }

    /// <param name="known">Suppliers whose assessments have been read; neighbours are often about the same ones.</param>
    private async Task<Storage.Delivery> RenderAsync(IStoreSession session, Part part, Dictionary<SupplierId, SupplierContext> known, CancellationToken cancellationToken)
    {
        Notification notification = part.Notification;

        // A table of many says of each only what the alert itself says.
        if (notification.Reason is not (NotificationReason.Digest or NotificationReason.Burst))
        {
            foreach ((SupplierId id, SupplierContext context) in notification.Suppliers)
                if (!known.ContainsKey(id)) known[id] = await InFullAsync(session, context, notification.At, cancellationToken).ConfigureAwait(false);
            notification = notification with
            {
                Suppliers = notification.Suppliers.Keys.ToImmutableSortedDictionary(id => id, id => known[id]),
                Episodes = await EpisodesAsync(session, notification.Alerts.Prepend(notification.Lead), cancellationToken).ConfigureAwait(false),
                Links = Links(),
            };
        }

        return Deliver(channels.Find(part.Target.Channel)!, part, notification);
    }

    /// <param name="notification">The part's, with what its rendering needs besides.</param>
    public static Storage.Delivery Deliver(IReceiverChannel channel, Part part, Notification notification)
    {
        Rendering rendering = channel.Render(part.Target, notification, part.Recipient, part.DeliveryId);
        return new Storage.Delivery(
            part.DeliveryId, notification.Id, notification.GroupKey, notification.Receiver, part.Target.Channel, part.Target.Index, part.Recipient, rendering.Subject, rendering.Body,
            notification.At, DeliveryState.Pending, 0, notification.At, null, "", "", [.. notification.Alerts.Concat(notification.Muted.Select(m => m.Alert)).Select(a => a.EpisodeId)]);
    }

    private static async Task<SupplierContext> InFullAsync(IStoreSession session, SupplierContext context, DateTimeOffset at, CancellationToken cancellationToken)
    {
        SupplierId id = context.Supplier.Id;
        return context with
        {
            Assessment = await session.Assessments.FindAsync(id, null, cancellationToken).ConfigureAwait(false),
            Scores = [.. await session.Assessments.HistoryAsync(id, at - ScoresShown, cancellationToken).ConfigureAwait(false)],
        };
    }

    /// <summary>What became of the first alerts so far; lists do not tell stories.</summary>
    private static async Task<ImmutableSortedDictionary<string, EpisodeContext>> EpisodesAsync(IStoreSession session, IEnumerable<Alert> alerts, CancellationToken cancellationToken)
    {
        string[] ids = [.. alerts.Select(a => a.EpisodeId).Distinct(StringComparer.Ordinal).Take(MostStories)];
        IReadOnlyDictionary<string, AlertWorkflow> workflow = await session.Workflow.FindManyAsync(ids, cancellationToken).ConfigureAwait(false);
        var episodes = ImmutableSortedDictionary.CreateBuilder<string, EpisodeContext>(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            episodes[id] = new EpisodeContext(
                workflow.GetValueOrDefault(id), [.. await session.Alerts.TransitionsAsync(id, cancellationToken).ConfigureAwait(false)], [.. await session.Workflow.ActsAsync(id, cancellationToken).ConfigureAwait(false)]);
        }

        return episodes.ToImmutable();
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

    private static (string Kind, string Subject, string Content) LedgerEntryOf(PlannedNotification plan, HashSet<string> sent, HashSet<string> held)
    {
        string[] ids = [.. plan.Parts.Select(p => p.DeliveryId)];
        var content = new JsonObject
        {
            ["deliveries"] = Texts(ids.Where(sent.Contains)),
            ["duplicates"] = Texts(ids.Where(id => !sent.Contains(id) && !held.Contains(id))),
            ["firing"] = Texts(plan.Notification.Firing.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.EpisodeId}#{a.Revision}"))),
            ["group"] = plan.Notification.GroupKey,
            ["later"] = Texts(ids.Where(held.Contains)),
            ["reason"] = plan.Notification.Reason.ToString(),
            ["receiver"] = plan.Notification.Receiver,
            ["resolved"] = Texts(plan.Notification.Resolved.Select(a => a.EpisodeId)),
        };
        return ("notification", plan.Notification.Id, content.ToJsonString());
    }

    /// <summary>Of a table or digest: which delivery says it, to how many alerts.</summary>
    public static (string Kind, string Subject, string Content) TableEntryOf(Part part)
    {
        var content = new JsonObject
        {
            ["deliveries"] = Texts([part.DeliveryId]),
            ["firing"] = Texts(part.Notification.Firing.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.EpisodeId}#{a.Revision}"))),
            ["muted"] = Texts(part.Notification.Muted.Select(m => m.Alert.EpisodeId)),
            ["reason"] = part.Notification.Reason.ToString(),
            ["receiver"] = part.Notification.Receiver,
            ["resolved"] = Texts(part.Notification.Resolved.Select(a => a.EpisodeId)),
        };
        return ("notification", part.Notification.Id, content.ToJsonString());
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
