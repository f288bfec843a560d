using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <summary>
/// Carries alert transitions to deliveries, inside the caller's transaction: what it does is there with the assessment that caused it, or not at all.
/// Holds no state of its own; one for each loaded routing.yaml.
/// </summary>
internal sealed class AlertDispatcher(RoutingModel routing, ReceiverChannels channels)
{
    /// <summary>How long a group that has something to say waits inside a mute interval before it looks again.</summary>
    private static readonly TimeSpan MutedRetryEvery = TimeSpan.FromMinutes(5);

    /// <summary>How often a group whose alerts belong to other groups now is looked at: it goes when they have ended.</summary>
    private static readonly TimeSpan MovedAwayLookEvery = TimeSpan.FromDays(1);

    private const int AlertsAtOnce = 1_000;

    private readonly RoutingModel routing = routing;
    private readonly ReceiverChannels channels = channels;
    private readonly NotificationPlanner planner = new(routing, channels);

    /// <summary>Puts changed alerts into their groups. The alerts themselves have been saved in the same session before.</summary>
    /// <returns>The earliest flush now planned for a touched group, or null when nothing is to be told.</returns>
    public Task<DateTimeOffset?> OnTransitionsAsync(IStoreSession session, IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken) =>
        JoinAsync(session, transitions, at, isAdopted: false, cancellationToken);

    /// <param name="isAdopted">They fired before: they wait for group_wait, however long ago they began.</param>
    private async Task<DateTimeOffset?> JoinAsync(IStoreSession session, IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, bool isAdopted, CancellationToken cancellationToken)
    {
        Alert[] news = [.. transitions.Where(IsNews).Select(t => t.Alert)];
        if (news.Length == 0) return null;
        DateTimeOffset? earliest = null;

        // One look at each group, not at each alert: a group of ten thousand is read and written once.
        foreach ((string key, Membership members) in await GroupsOfAsync(session, news, cancellationToken).ConfigureAwait(false))
        {
            AlertGroupState? known = await session.Alerts.FindGroupAsync(key, cancellationToken).ConfigureAwait(false);

            // What nobody was told of needs no "resolved": a group that does not exist, or is empty, stays that way.
            Alert[] alerts = known is null or { EmptySince: not null } ? [.. members.Alerts.Where(a => a.ResolvedAt is null)] : [.. members.Alerts];
            if (alerts.Length == 0) continue;
            AlertGroupState? before = known is not null && Groups.IsGone(known, at) ? null : known;
            bool overdue = !isAdopted && alerts.Any(a => a.ResolvedAt is null && a.StartsAt + members.Route.GroupWait < at);
            AlertGroupState group = Groups.Touch(before ?? Groups.Open(members.Route, members.GroupLabels, alerts[0]), members.Route, at, overdue);
            await session.Alerts.SaveGroupAsync(group, Episodes(alerts), cancellationToken).ConfigureAwait(false);

            // Not those that have just come: one that opened and ended at once holds the group's place until its next look.
            if (known is { EmptySince: not null }) await ReleaseOverAsync(session, key, Episodes(alerts), cancellationToken).ConfigureAwait(false);
            if (earliest is null || group.NextFlushAt < earliest) earliest = group.NextFlushAt;
        }

        return earliest;
    }

    /// <summary>Decides for every group that is due, renders what is to be told and enqueues it.</summary>
    /// <param name="everythingNow">For one-shot runs: group_wait counts as elapsed; group_interval and repeat_interval do not.</param>
    /// <returns>Ids of the deliveries that are new.</returns>
    public async Task<IReadOnlyList<string>> FlushDueAsync(IStoreSession session, DateTimeOffset at, bool everythingNow, CancellationToken cancellationToken)
    {
        TimeSpan ahead = everythingNow ? routing.Routes.All.Max(r => r.GroupWait) : TimeSpan.Zero;
        IReadOnlyList<AlertGroupState> candidates = await session.Alerts.DueGroupsAsync(at + ahead, cancellationToken).ConfigureAwait(false);
        if (candidates.Count == 0) return [];
        Inhibitions inhibitions = await InhibitionsAsync(session, cancellationToken).ConfigureAwait(false);
        var planned = new List<PlannedNotification>();
        foreach (string key in candidates.Select(g => g.GroupKey).Order(StringComparer.Ordinal))
        {
            // Read anew: an alert that left a group before this one may have joined it.
            if (await session.Alerts.FindGroupAsync(key, cancellationToken).ConfigureAwait(false) is not { } group) continue;
            if (routing.Routes.Find(group.RoutePath) is not { } route) await RerouteAsync(session, group, at, cancellationToken).ConfigureAwait(false);
            else if (Groups.IsDue(group, route, at, everythingNow) && await FlushAsync(session, group, route, inhibitions, at, cancellationToken).ConfigureAwait(false) is { } plan) planned.Add(plan);
        }

        ImmutableArray<Storage.Delivery> deliveries = Deduplication.Apply(planned.SelectMany(p => p.Deliveries), d => channels.Find(d.Channel)!.ReachesPersons);
        HashSet<string> kept = deliveries.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        await session.Ledger.AppendAsync([.. planned.Select(p => LedgerEntryOf(p, kept))], at, cancellationToken).ConfigureAwait(false);
        return await session.Deliveries.EnqueueAsync([.. deliveries], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// After a start or a changed routing.yaml: groups of routes that are gone hand their alerts to the routes that take them now, and firing alerts join routes that
    /// are new. What was announced in a group that stays is not announced again.
    /// </summary>
    public async Task AdoptAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (AlertGroupState group in await session.Alerts.DueGroupsAsync(DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false))
            if (routing.Routes.Find(group.RoutePath) is null) await RerouteAsync(session, group, at, cancellationToken).ConfigureAwait(false);
        await foreach (IReadOnlyList<Alert> firing in FiringAsync(session, cancellationToken).ConfigureAwait(false))
            await JoinMissingAsync(session, firing, await GroupsOfAsync(session, firing, cancellationToken).ConfigureAwait(false), at, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts alerts that fired before into those of their groups that they are not in.</summary>
    private async Task JoinMissingAsync(IStoreSession session, IReadOnlyCollection<Alert> firing, SortedDictionary<string, Membership> groups, DateTimeOffset at, CancellationToken cancellationToken)
    {
        HashSet<(string, string)> members = await session.Alerts.MembersAsync(Episodes(firing), cancellationToken).ConfigureAwait(false);
        HashSet<Alert> outside = new(ReferenceEqualityComparer.Instance);
        foreach ((string key, Membership wanted) in groups) outside.UnionWith(wanted.Alerts.Where(a => !members.Contains((key, a.EpisodeId))));
        await JoinAsync(session, [.. firing.Where(outside.Contains).Select(a => new AlertTransition(AlertTransitionKind.Opened, a))], at, isAdopted: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything that fires, some at a time: tens of thousands of alerts with their evidence are not held at once.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<Alert>> FiringAsync(IStoreSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string last = "";
        while (await session.Alerts.FiringAsync(last, AlertsAtOnce, cancellationToken).ConfigureAwait(false) is { Count: > 0 } some)
        {
            yield return some;
            last = some[^1].EpisodeId;
        }
    }

    private async Task<Inhibitions> InhibitionsAsync(IStoreSession session, CancellationToken cancellationToken)
    {
        var sources = new List<Alert>();
        if (!routing.InhibitRules.IsEmpty)
        {
            await foreach (IReadOnlyList<Alert> firing in FiringAsync(session, cancellationToken).ConfigureAwait(false))
                sources.AddRange(firing.Where(a => routing.InhibitRules.Any(r => r.IsSource(a.Labels))));
        }

        return new Inhibitions(routing.InhibitRules, sources);
    }

    /// <summary>Improvements and updates are shown by the next notification; they are no reason for one.</summary>
    private static bool IsNews(AlertTransition transition) =>
        transition.Kind is AlertTransitionKind.Opened or AlertTransitionKind.Worsened or AlertTransitionKind.Resolved or AlertTransitionKind.Relabelled;

    private async Task<PlannedNotification?> FlushAsync(IStoreSession session, AlertGroupState group, RouteNode route, Inhibitions inhibitions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (group.EmptySince is not null)
        {
            if (!Groups.IsGone(group, at)) return null;
            await session.Alerts.SaveGroupAsync(group with { NextFlushAt = at + MovedAwayLookEvery }, [], cancellationToken).ConfigureAwait(false);
            await ReleaseOverAsync(session, group.GroupKey, [], cancellationToken).ConfigureAwait(false);
            return null;
        }

        // Looked at too early for the group's interval (a one-shot run).
        if (group.LastSentAt + route.GroupInterval is { } earliest && earliest > at)
        {
            await session.Alerts.SaveGroupAsync(group with { NextFlushAt = earliest }, [], cancellationToken).ConfigureAwait(false);
            return null;
        }

        IReadOnlyList<Alert> members = await PresentAsync(session, group, at, cancellationToken).ConfigureAwait(false);
        ImmutableHashSet<string> muted = [.. Episodes(members.Where(a => inhibitions.Hides(a) || routing.Silences.Find(a.Labels, at) is not null))];
        bool sendsResolved = routing.Receivers[route.Receiver].Targets.Any(t => t.SendResolved);
        NotificationDecision decision = NotificationDecider.Decide(group, members, muted, sendsResolved, route.RepeatInterval, at);
        bool isTold = decision.Reason != NotificationReason.None;
        if (isTold && IsMuted(route, at))
        {
            TimeSpan wait = route.GroupInterval < MutedRetryEvery ? route.GroupInterval : MutedRetryEvery;
            await session.Alerts.SaveGroupAsync(group with { NextFlushAt = at + wait, TickAt = at }, [], cancellationToken).ConfigureAwait(false);
            return null;
        }

        PlannedNotification? plan = isTold && !(decision.Firing.IsEmpty && decision.Resolved.IsEmpty) ? await planner.PlanAsync(session, group, route, decision, at, cancellationToken).ConfigureAwait(false) : null;
        await SettleAsync(session, group, route, members, muted, decision, at, cancellationToken).ConfigureAwait(false);
        return plan;
    }

    /// <summary>The members that the group speaks of. A firing one whose labels changed belongs to other groups now, and is seen to be there.</summary>
    private async Task<IReadOnlyList<Alert>> PresentAsync(IStoreSession session, AlertGroupState group, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<Alert> members = await session.Alerts.OfGroupAsync(group.GroupKey, cancellationToken).ConfigureAwait(false);
        SortedDictionary<string, Membership> groups = await GroupsOfAsync(session, [.. members.Where(a => a.ResolvedAt is null)], cancellationToken).ConfigureAwait(false);
        HashSet<string> here = groups.TryGetValue(group.GroupKey, out Membership? own) ? [.. Episodes(own.Alerts)] : [];
        Alert[] moved = [.. members.Where(a => a.ResolvedAt is null && !here.Contains(a.EpisodeId))];
        if (moved.Length == 0) return members;
        await JoinMissingAsync(session, moved, groups, at, cancellationToken).ConfigureAwait(false);
        return [.. members.Except(moved)];
    }

    /// <summary>Remembers what was told, plans the next look, and lets go of what is over.</summary>
    private static async Task SettleAsync(
        IStoreSession session, AlertGroupState group, RouteNode route, IReadOnlyList<Alert> members, ImmutableHashSet<string> muted, NotificationDecision decision, DateTimeOffset at, CancellationToken cancellationToken)
    {
        AlertGroupState next = group with { TickAt = at };
        if (decision.Reason != NotificationReason.None) next = Groups.Sent(next, route, decision.Firing.Select(AnnouncedAlerts.Mark), decision.Resolved.Select(AnnouncedAlerts.Mark), at);
        string[] over = [.. Episodes(members.Where(a => a.ResolvedAt is not null))];
        if (over.Length == members.Count)
        {
            // Its members stay with it until it is gone: they hold its place.
            await session.Alerts.SaveGroupAsync(next with { NextFlushAt = at + Groups.KeepEmptyFor, EmptySince = at }, [], cancellationToken).ConfigureAwait(false);
            return;
        }

        // A silence or the source of an inhibition may end at any time, and tells nobody.
        bool hides = members.Any(a => a.ResolvedAt is null && muted.Contains(a.EpisodeId));
        DateTimeOffset until = hides || next.LastSentAt is null ? at : next.LastSentAt.Value + route.RepeatInterval;
        await session.Alerts.SaveGroupAsync(next with { NextFlushAt = Groups.Tick(next, route, until) }, [], cancellationToken).ConfigureAwait(false);
        if (over.Length > 0) await session.Alerts.ReleaseMembersAsync(group.GroupKey, over, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ReleaseOverAsync(IStoreSession session, string groupKey, IReadOnlyCollection<string> kept, CancellationToken cancellationToken)
    {
        IReadOnlyList<Alert> members = await session.Alerts.OfGroupAsync(groupKey, cancellationToken).ConfigureAwait(false);
        await session.Alerts.ReleaseMembersAsync(groupKey, Episodes(members.Where(a => a.ResolvedAt is not null && !kept.Contains(a.EpisodeId))), cancellationToken).ConfigureAwait(false);
    }

    private async Task RerouteAsync(IStoreSession session, AlertGroupState orphan, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<Alert> members = await session.Alerts.OfGroupAsync(orphan.GroupKey, cancellationToken).ConfigureAwait(false);
        Alert[] firing = [.. members.Where(a => a.ResolvedAt is null)];
        await session.Alerts.ReleaseMembersAsync(orphan.GroupKey, Episodes(members.Except(firing)), cancellationToken).ConfigureAwait(false);

        // Kept asleep while its alerts fire: a route that comes back finds what it has announced.
        if (firing.Length > 0) await session.Alerts.SaveGroupAsync(orphan with { NextFlushAt = null }, [], cancellationToken).ConfigureAwait(false);
        await JoinAsync(session, [.. firing.Select(a => new AlertTransition(AlertTransitionKind.Opened, a))], at, isAdopted: true, cancellationToken).ConfigureAwait(false);
    }

    private bool IsMuted(RouteNode route, DateTimeOffset at) =>
        route.MuteTimeIntervals.Any(name => routing.TimeIntervals[name].Contains(at))
        || (!route.ActiveTimeIntervals.IsEmpty && !route.ActiveTimeIntervals.Any(name => routing.TimeIntervals[name].Contains(at)));

    /// <summary>The groups that take the alerts, by key; in a group the alerts are in the order given.</summary>
    private async Task<SortedDictionary<string, Membership>> GroupsOfAsync(IStoreSession session, IReadOnlyCollection<Alert> alerts, CancellationToken cancellationToken)
    {
        SupplierId[] ids = [.. alerts.Select(a => a.Supplier).OfType<SupplierId>().Distinct()];
        Dictionary<SupplierId, Supplier> suppliers = ids.Length == 0
            ? []
            : (await session.Suppliers.FindManyAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(s => s.Supplier.Id, s => s.Supplier);
        var groups = new SortedDictionary<string, Membership>(StringComparer.Ordinal);
        foreach (Alert alert in alerts)
        {
            // Routes may match on the portfolio's own columns too.
            ImmutableSortedDictionary<string, string> labels = alert.Supplier is { } id && suppliers.TryGetValue(id, out Supplier? supplier)
                ? alert.Labels.SetItems(supplier.Attributes.Where(a => !alert.Labels.ContainsKey(a.Key)))
                : alert.Labels;
            foreach (RouteNode route in routing.Routes.Match(labels))
            {
                ImmutableSortedDictionary<string, string> groupLabels = route.GroupLabels(labels);
                string key = Groups.Key(route, groupLabels);
                if (!groups.TryGetValue(key, out Membership? members)) groups[key] = members = new Membership(route, groupLabels, []);
                members.Alerts.Add(alert);
            }
        }

        return groups;
    }

    private sealed record Membership(RouteNode Route, ImmutableSortedDictionary<string, string> GroupLabels, List<Alert> Alerts);

    private static string[] Episodes(IEnumerable<Alert> alerts) => [.. alerts.Select(a => a.EpisodeId)];

    private static (string Kind, string Subject, string Content) LedgerEntryOf(PlannedNotification plan, HashSet<string> kept)
    {
        var content = new JsonObject
        {
            ["deliveries"] = new JsonArray([.. plan.Deliveries.Where(d => kept.Contains(d.Id)).Select(d => JsonValue.Create(d.Id))]),
            ["duplicates"] = new JsonArray([.. plan.Deliveries.Where(d => !kept.Contains(d.Id)).Select(d => JsonValue.Create(d.Id))]),
            ["firing"] = new JsonArray([.. plan.Notification.Firing.Select(a => JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{a.EpisodeId}#{a.Revision}")))]),
            ["group"] = plan.Notification.GroupKey,
            ["reason"] = plan.Notification.Reason.ToString(),
            ["receiver"] = plan.Notification.Receiver,
            ["resolved"] = new JsonArray([.. plan.Notification.Resolved.Select(a => JsonValue.Create(a.EpisodeId))]),
        };
        return ("notification", plan.Notification.Id, content.ToJsonString());
    }
}
