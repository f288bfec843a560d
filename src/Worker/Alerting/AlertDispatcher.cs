using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <summary>
/// Carries alert transitions to deliveries, inside the caller's transaction: what it does is there with the assessment that caused it, or not at all.
/// Holds no state of its own; one for each loaded routing.yaml.
/// </summary>
/// <param name="links">Signs links for mails, with the keys as they are; null: mails have none.</param>
internal sealed class AlertDispatcher(RoutingModel routing, ReceiverChannels channels, Func<ActionLinks>? links = null)
{
    /// <summary>How long a group that has something to say waits inside a mute interval before it looks again.</summary>
    private static readonly TimeSpan MutedRetryEvery = TimeSpan.FromMinutes(5);

    /// <summary>How often a group whose alerts belong to other groups now is looked at: it goes when they have ended.</summary>
    private static readonly TimeSpan MovedAwayLookEvery = TimeSpan.FromDays(1);

    private const int AlertsAtOnce = 1_000;

    private const int GroupsAtOnce = 2_000;

    private readonly RoutingModel routing = routing;
    private readonly ReceiverChannels channels = channels;
    private readonly NotificationPlanner planner = new(routing, channels);
    private readonly DeliveryPlanner deliveries = new(routing, channels, links);

    /// <summary>Puts changed alerts into their groups. The alerts themselves have been saved in the same session before.</summary>
    /// <returns>The earliest flush now planned for a touched group, or null when nothing is to be told.</returns>
    public async Task<DateTimeOffset?> OnTransitionsAsync(IStoreSession session, IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await Snoozes.WakeAsync(session, transitions, at, cancellationToken).ConfigureAwait(false);
        return await JoinAsync(session, transitions, at, isAdopted: false, cancellationToken).ConfigureAwait(false);
    }

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

    /// <summary>Decides for some of the groups that are due, by key, and enqueues what is to be told. With the last of them, escalations, digests and tables that are due.</summary>
    /// <remarks>A flood is told in several transactions, so that nobody else waits long to write. A person is told of an alert twice only when two of its groups are more than a part away from each other.</remarks>
    /// <param name="everythingNow">For one-shot runs: group_wait counts as elapsed; group_interval and repeat_interval do not.</param>
    /// <param name="after">Key of the last group of the part before; "" for the first.</param>
    /// <returns>Ids of the deliveries that are new, and where the next part begins; null after the last.</returns>
    public async Task<(IReadOnlyList<string> Ids, string? Next)> FlushSomeAsync(IStoreSession session, DateTimeOffset at, bool everythingNow, string after, CancellationToken cancellationToken)
    {
        TimeSpan ahead = everythingNow ? routing.Routes.All.Max(r => r.GroupWait) : TimeSpan.Zero;
        if (!await IsAnythingDueAsync(session, at + ahead, cancellationToken).ConfigureAwait(false)) return ([], null);
        await Snoozes.EndAsync(session, at, cancellationToken).ConfigureAwait(false);
        var mutings = new Mutings(await InhibitionsAsync(session, cancellationToken).ConfigureAwait(false), routing.Silences, routing.FlappingOpens, at);
        var clocks = new EscalationClocks(routing, planner);
        var planned = new List<PlannedNotification>();
        string[] keys = [.. (await session.Alerts.DueGroupsAsync(at + ahead, cancellationToken).ConfigureAwait(false)).Select(g => g.GroupKey).Where(k => string.CompareOrdinal(k, after) > 0).Order(StringComparer.Ordinal).Take(GroupsAtOnce + 1)];
        foreach (string key in keys.Take(GroupsAtOnce))
        {
            // Read anew: an alert that left a group before this one may have joined it.
            if (await session.Alerts.FindGroupAsync(key, cancellationToken).ConfigureAwait(false) is not { } group) continue;
            if (routing.Routes.Find(group.RoutePath) is not { } route) await RerouteAsync(session, group, at, cancellationToken).ConfigureAwait(false);
            else if (Groups.IsDue(group, route, at, everythingNow) && await FlushAsync(session, group, route, mutings, at, cancellationToken).ConfigureAwait(false) is { } plan)
            {
                planned.Add(plan);
                await clocks.StartAsync(session, plan.Notification, cancellationToken).ConfigureAwait(false);
            }
        }

        bool isLast = keys.Length <= GroupsAtOnce;
        if (isLast) planned.AddRange(await clocks.DueAsync(session, mutings, at, cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> told = await deliveries.EnqueueAsync(session, planned, at, cancellationToken).ConfigureAwait(false);
        if (!isLast) return (told, keys[GroupsAtOnce - 1]);
        return ([.. told, .. await new DigestComposer(routing, channels, deliveries).ComposeDueAsync(session, mutings, at, cancellationToken).ConfigureAwait(false)], null);
    }

    /// <summary>Whether a flush would have anything to look at.</summary>
    public static async Task<bool> IsAnythingDueAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken) =>
        (await session.Alerts.DueGroupsAsync(at, cancellationToken).ConfigureAwait(false)).Count > 0
        || await session.Digests.IsAnyDueAsync(at, cancellationToken).ConfigureAwait(false)
        || (await session.Escalations.DueAsync(at, 1, cancellationToken).ConfigureAwait(false)).Count > 0;

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
        transition.Kind is AlertTransitionKind.Opened or AlertTransitionKind.Reopened or AlertTransitionKind.Worsened or AlertTransitionKind.Resolved or AlertTransitionKind.Relabelled;

    private async Task<PlannedNotification?> FlushAsync(IStoreSession session, AlertGroupState group, RouteNode route, Mutings mutings, DateTimeOffset at, CancellationToken cancellationToken)
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
        IReadOnlyDictionary<string, AlertWorkflow> workflows = await session.Workflow.FindManyAsync(Episodes(members), cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<string, string> muted = members.Select(a => (a.EpisodeId, Why: mutings.Why(a, workflows.GetValueOrDefault(a.EpisodeId)))).Where(m => m.Why is not null)
            .ToImmutableDictionary(m => m.EpisodeId, m => m.Why!, StringComparer.Ordinal);
        bool sendsResolved = routing.Receivers[route.Receiver].Targets.Any(t => t.SendResolved);
        NotificationDecision decision = NotificationDecider.Decide(group, members, muted.Keys.ToImmutableHashSet(StringComparer.Ordinal), sendsResolved, route.RepeatInterval, at);

        // Nobody is reminded of what somebody has taken.
        if (decision.Reason == NotificationReason.RepeatDue && decision.Firing.All(a => workflows.GetValueOrDefault(a.EpisodeId)?.IsAcknowledged(a) == true)) decision = decision with { Reason = NotificationReason.None };
        bool isTold = decision.Reason != NotificationReason.None;
        if (isTold && MutedBy(route, at) is { } interval)
        {
            group = await NoteMutedAsync(session, group, route, members, decision.Fresh.ToImmutableDictionary(e => e, _ => interval, StringComparer.Ordinal).SetItems(muted), at, cancellationToken).ConfigureAwait(false);
            TimeSpan wait = route.GroupInterval < MutedRetryEvery ? route.GroupInterval : MutedRetryEvery;
            await session.Alerts.SaveGroupAsync(group with { NextFlushAt = at + wait, TickAt = at }, [], cancellationToken).ConfigureAwait(false);
            return null;
        }

        group = await NoteMutedAsync(session, group, route, members, muted, at, cancellationToken).ConfigureAwait(false);
        PlannedNotification? plan = isTold && !(decision.Firing.IsEmpty && decision.Resolved.IsEmpty) ? await planner.PlanAsync(session, group, route, decision, at, cancellationToken).ConfigureAwait(false) : null;
        await SettleAsync(session, group, route, members, [.. muted.Keys], decision, at, cancellationToken).ConfigureAwait(false);
        return plan;
    }

    /// <summary>Puts what fires and is told nobody for now into the digests of those who would be told, once; the group remembers.</summary>
    private async Task<AlertGroupState> NoteMutedAsync(
        IStoreSession session, AlertGroupState group, RouteNode route, IReadOnlyList<Alert> members, ImmutableDictionary<string, string> muted, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Alert[] hidden = [.. members.Where(a => a.ResolvedAt is null && muted.ContainsKey(a.EpisodeId))];
        Alert[] news = [.. hidden.Where(a => !group.NotedMuted.Contains(a.EpisodeId))];
        if (news.Length > 0)
            await deliveries.NoteMutedAsync(session, await planner.PlanMutedAsync(session, group, route, AlertOrder.Sort(news), at, cancellationToken).ConfigureAwait(false), muted, at, cancellationToken).ConfigureAwait(false);
        return group with { NotedMuted = [.. Episodes(hidden).Order(StringComparer.Ordinal)] };
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
        if (!hides && until <= at) until = at + route.RepeatInterval;
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

    /// <summary>Why the route tells nothing at an instant, or null when it does.</summary>
    private string? MutedBy(RouteNode route, DateTimeOffset at) =>
        route.MuteTimeIntervals.FirstOrDefault(name => routing.TimeIntervals[name].Contains(at)) is { } muting ? $"outside hours: told when '{muting}' is over"
        : !route.ActiveTimeIntervals.IsEmpty && !route.ActiveTimeIntervals.Any(name => routing.TimeIntervals[name].Contains(at)) ? $"outside hours: told when '{string.Join("' or '", route.ActiveTimeIntervals)}' begins"
        : null;

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
            ImmutableSortedDictionary<string, string> labels = RoutingLabels.Of(alert, alert.Supplier is { } id ? suppliers.GetValueOrDefault(id) : null);
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
}
