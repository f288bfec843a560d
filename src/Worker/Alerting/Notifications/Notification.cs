using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>Why a group is told now. <see cref="None"/>: it is not. The last three are about the way itself and belong to no group.</summary>
internal enum NotificationReason
{
    None, First, NewAlerts, Worsened, Resolved, RepeatDue,

    /// <summary>Nobody acknowledged them in time.</summary>
    Escalated,

    /// <summary>What waited for a person's digest.</summary>
    Digest,

    /// <summary>Many at once, in one.</summary>
    Burst,
    Test, Canary, AllQuiet,
}

/// <summary>What a group says at one instant; the only input of every rendering.</summary>
internal sealed record Notification
{
    /// <summary>The same for every receiver and recipient of it.</summary>
    public required string Id { get; init; }

    public required NotificationReason Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string GroupKey { get; init; }

    /// <summary>Names the life of the group: one mail thread.</summary>
    public required string ThreadId { get; init; }

    public required string Receiver { get; init; }

    public required ImmutableSortedDictionary<string, string> GroupLabels { get; init; }

    /// <summary>Worst first; see <see cref="AlertOrder"/>.</summary>
    public required ImmutableArray<Alert> Firing { get; init; }

    /// <summary>Announced earlier, over now; worst first.</summary>
    public required ImmutableArray<Alert> Resolved { get; init; }

    /// <summary>Episodes among <see cref="Firing"/> that the last notification did not name, or named less bad.</summary>
    public required ImmutableSortedSet<string> Fresh { get; init; }

    public required ImmutableSortedDictionary<SupplierId, SupplierContext> Suppliers { get; init; }

    /// <summary>Everyone the notification goes to, over all targets of the receiver; addresses and host names, ordinal order.</summary>
    public ImmutableArray<string> Recipients { get; init; } = [];

    /// <summary>In words, where <see cref="Reason"/> does not say it all: "daily digest", "nobody acknowledged it within 4h"; or "".</summary>
    public string Occasion { get; init; } = "";

    /// <summary>Of a table: how many of its alerts are there because nobody acknowledged them in time.</summary>
    public int Escalated { get; init; }

    /// <summary>Why this recipient gets it; whole sentences.</summary>
    public ImmutableArray<string> Because { get; init; } = [];

    /// <summary>Of a digest: what fires and is told nobody for now, with the reason; worst first.</summary>
    public ImmutableArray<MutedAlert> Muted { get; init; } = [];

    /// <summary>What waits for the recipient's next digest, or null.</summary>
    public WaitingItems? Waiting { get; init; }

    /// <summary>What became of the alerts so far, by episode; of the worst ones.</summary>
    public ImmutableSortedDictionary<string, EpisodeContext> Episodes { get; init; } = ImmutableSortedDictionary<string, EpisodeContext>.Empty;

    /// <summary>Signs links for who reads it; null: it has none.</summary>
    public ActionLinks? Links { get; init; }

    public IEnumerable<Alert> Alerts => Firing.Concat(Resolved);

    /// <summary>The alert that stands for the whole.</summary>
    public Alert Worst => Firing.IsEmpty ? Resolved[0] : Firing[0];

    /// <summary>What a person is to read first: where something came to alerts that were told before, the worst of what came; else the worst of all.</summary>
    public Alert Lead => Reason is NotificationReason.NewAlerts or NotificationReason.Worsened ? Firing.FirstOrDefault(a => Fresh.Contains(a.EpisodeId)) ?? Worst : Worst;

    public SupplierContext? ContextOf(Alert alert) => alert.Supplier is { } id ? Suppliers.GetValueOrDefault(id) : null;

    /// <summary>Whether it says something that was not said before, or is a reminder.</summary>
    public bool HasNews => !Fresh.IsEmpty || !Resolved.IsEmpty || (Reason == NotificationReason.RepeatDue && !Firing.IsEmpty);

    /// <summary>What is critical, or nobody took in time, waits for nothing.</summary>
    public bool IsUrgent => Reason == NotificationReason.Escalated
        || Firing.Any(a => a.Severity == Severity.Critical && (Reason == NotificationReason.RepeatDue || Fresh.Contains(a.EpisodeId)));

    /// <summary>The part that concerns some alerts only.</summary>
    public Notification Only(Func<Alert, bool> concerned)
    {
        ImmutableArray<Alert> firing = [.. Firing.Where(concerned)], resolved = [.. Resolved.Where(concerned)];
        if (firing.Length == Firing.Length && resolved.Length == Resolved.Length) return this;
        HashSet<SupplierId> suppliers = [.. firing.Concat(resolved).Select(a => a.Supplier).OfType<SupplierId>()];
        return this with
        {
            Firing = firing,
            Resolved = resolved,
            Fresh = Fresh.Intersect(firing.Select(a => a.EpisodeId)),
            Suppliers = Suppliers.Where(s => suppliers.Contains(s.Key)).ToImmutableSortedDictionary(),
        };
    }
}

/// <param name="Why">By whom or what, and until when where that is known.</param>
internal sealed record MutedAlert(Alert Alert, string Why);

/// <summary>What a reader needs to know of a supplier.</summary>
/// <param name="Assessment">The latest, or null before the first.</param>
internal sealed record SupplierContext(Supplier Supplier, Assessment? Assessment)
{
    /// <summary>Scores of the last months, oldest first.</summary>
    public ImmutableArray<(DateTimeOffset At, decimal Score, Band Band)> Scores { get; init; } = [];
}

/// <summary>What became of an alert so far, and what people did about it.</summary>
/// <param name="Workflow">Null: nobody did anything.</param>
/// <param name="Transitions">Oldest first.</param>
/// <param name="Acts">Oldest first.</param>
internal sealed record EpisodeContext(AlertWorkflow? Workflow, ImmutableArray<(DateTimeOffset At, AlertTransition Transition)> Transitions, ImmutableArray<AlertAct> Acts);

/// <summary>The order in which alerts are told: severity, then points, the most important supplier, the newest, the episode.</summary>
internal static class AlertOrder
{
    public static ImmutableArray<Alert> Sort(IEnumerable<Alert> alerts) =>
    [
        .. alerts.OrderByDescending(a => a.Severity).ThenByDescending(a => a.Points)
            .ThenBy(a => a.Labels.GetValueOrDefault("tier", "9"), StringComparer.Ordinal)
            .ThenByDescending(a => a.StartsAt).ThenBy(a => a.EpisodeId, StringComparer.Ordinal),
    ];
}
