using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>What to tell, and why.</summary>
/// <param name="Firing">To be called firing, worst first.</param>
/// <param name="Resolved">To be called resolved, worst first; only ones that were announced.</param>
internal sealed record NotificationDecision(NotificationReason Reason, ImmutableArray<Alert> Firing, ImmutableArray<Alert> Resolved, ImmutableSortedSet<string> Fresh);

/// <summary>Decides whether a group is told at an instant. Pure and total.</summary>
internal static class NotificationDecider
{
    /// <param name="group">As it was left by the last notification.</param>
    /// <param name="members">Every alert that the group still has to speak of.</param>
    /// <param name="muted">Episodes that an inhibition hides now. They are not told; announced ones stay announced.</param>
    /// <param name="sendsResolved">Whether any target of the receiver wants resolved alerts.</param>
    public static NotificationDecision Decide(
        AlertGroupState group, IReadOnlyCollection<Alert> members, IReadOnlySet<string> muted, bool sendsResolved, TimeSpan groupInterval, TimeSpan repeatInterval, DateTimeOffset at)
    {
        Dictionary<string, int> announced = Announced(group);
        ImmutableArray<Alert> firing = AlertOrder.Sort(members.Where(a => a.ResolvedAt is null && !muted.Contains(a.EpisodeId)));
        ImmutableArray<Alert> resolved = sendsResolved
            ? AlertOrder.Sort(members.Where(a => a.ResolvedAt is not null && announced.ContainsKey(a.EpisodeId) && !IsSilent(a)))
            : [];
        ImmutableSortedSet<string> fresh = [.. firing.Where(a => !announced.TryGetValue(a.EpisodeId, out int revision) || a.Revision > revision).Select(a => a.EpisodeId)];
        return new NotificationDecision(Reason(), firing, resolved, fresh);

        NotificationReason Reason()
        {
            if (group.LastSentAt is not { } last) return firing.IsEmpty ? NotificationReason.None : NotificationReason.First;
            if (at - last < groupInterval) return NotificationReason.None;
            if (fresh.Any(episode => !announced.ContainsKey(episode))) return NotificationReason.NewAlerts;
            if (!fresh.IsEmpty) return NotificationReason.Worsened;
            if (!resolved.IsEmpty) return NotificationReason.Resolved;

            // "At least", unlike Alertmanager's "more than": a repeat that is due at the tick is sent at the tick.
            return !firing.IsEmpty && at - last >= repeatInterval ? NotificationReason.RepeatDue : NotificationReason.None;
        }
    }

    /// <summary>An end that is bookkeeping, not news: the same risk goes on under other labels.</summary>
    public static bool IsSilent(Alert alert) => alert.Resolution == "relabelled";

    /// <summary>Episode to announced revision.</summary>
    public static Dictionary<string, int> Announced(AlertGroupState group) => group.LastFiring
        .Select(text => text.Split('#'))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    public static string Mark(Alert alert) => string.Create(CultureInfo.InvariantCulture, $"{alert.EpisodeId}#{alert.Revision}");
}
