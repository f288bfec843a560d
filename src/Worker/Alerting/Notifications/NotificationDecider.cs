using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>What to tell, and why.</summary>
/// <param name="Firing">To be called firing, worst first.</param>
/// <param name="Resolved">To be called resolved, worst first; only ones that were announced.</param>
internal sealed record NotificationDecision(NotificationReason Reason, ImmutableArray<Alert> Firing, ImmutableArray<Alert> Resolved, ImmutableSortedSet<string> Fresh);

/// <summary>Decides whether a group is told at one of its looks, as Alertmanager does. Pure and total.</summary>
internal static class NotificationDecider
{
    /// <param name="group">As it was left by the last notification.</param>
    /// <param name="members">Every alert that fires, or ended since the last look.</param>
    /// <param name="muted">Episodes that a silence or an inhibition hides now: they are neither told nor a reason to tell.</param>
    /// <param name="sendsResolved">Whether any target of the receiver wants resolved alerts.</param>
    public static NotificationDecision Decide(
        AlertGroupState group, IReadOnlyCollection<Alert> members, IReadOnlySet<string> muted, bool sendsResolved, TimeSpan repeatInterval, DateTimeOffset at)
    {
        var announced = new AnnouncedAlerts(group.LastFiring);
        ImmutableArray<Alert> firing = AlertOrder.Sort(members.Where(a => a.ResolvedAt is null && !muted.Contains(a.EpisodeId)));

        // An alert that ended and came back under the same labels fires; it has not ended.
        HashSet<string> back = [.. members.Where(a => a.ResolvedAt is null).Select(AnnouncedAlerts.Fingerprint)];

        // One that ended, came back and ended again is one end.
        ImmutableArray<Alert> over = AlertOrder.Sort(
            members.Where(a => a.ResolvedAt is not null && !IsSilent(a) && !muted.Contains(a.EpisodeId) && !back.Contains(AnnouncedAlerts.Fingerprint(a)))
                .GroupBy(AnnouncedAlerts.Fingerprint).Select(g => g.MaxBy(a => (a.ResolvedAt, a.EpisodeId))!));
        ImmutableSortedSet<string> fresh = [.. firing.Where(a => !announced.Covers(a)).Select(a => a.EpisodeId)];
        return new NotificationDecision(Reason(), firing, sendsResolved ? over : [], fresh);

        NotificationReason Reason()
        {
            if (group.LastSentAt is not { } last) return firing.IsEmpty ? NotificationReason.None : NotificationReason.First;
            if (firing.Any(a => fresh.Contains(a.EpisodeId) && !announced.Names(a))) return NotificationReason.NewAlerts;
            if (!fresh.IsEmpty) return NotificationReason.Worsened;

            // The end of everything clears what was announced, also when nobody wants to hear of it.
            if (firing.IsEmpty && !over.IsEmpty) return group.LastFiring.IsEmpty ? NotificationReason.None : NotificationReason.Resolved;
            if (sendsResolved && !over.All(new AnnouncedAlerts(group.LastResolved).Names)) return NotificationReason.Resolved;

            // "At least", unlike Alertmanager's "more than": a repeat that is due at the tick is sent at the tick.
            return !firing.IsEmpty && at - last >= repeatInterval ? NotificationReason.RepeatDue : NotificationReason.None;
        }
    }

    /// <summary>An end that is bookkeeping, not news: the same risk goes on under other labels.</summary>
    public static bool IsSilent(Alert alert) => alert.Resolution == "relabelled";
}
