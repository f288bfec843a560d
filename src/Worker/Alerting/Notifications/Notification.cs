using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>Why a group is told now. <see cref="None"/>: it is not. The last three are about the way itself and belong to no group.</summary>
internal enum NotificationReason { None, First, NewAlerts, Worsened, Resolved, RepeatDue, Test, Canary, AllQuiet }

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

    public IEnumerable<Alert> Alerts => Firing.Concat(Resolved);

    /// <summary>The alert that stands for the whole.</summary>
    public Alert Worst => Firing.IsEmpty ? Resolved[0] : Firing[0];

    public SupplierContext? ContextOf(Alert alert) => alert.Supplier is { } id ? Suppliers.GetValueOrDefault(id) : null;

    /// <summary>The part that concerns some suppliers only.</summary>
    public Notification For(IReadOnlySet<SupplierId> suppliers) => this with
    {
        Firing = [.. Firing.Where(a => a.Supplier is { } id && suppliers.Contains(id))],
        Resolved = [.. Resolved.Where(a => a.Supplier is { } id && suppliers.Contains(id))],
        Suppliers = Suppliers.Where(s => suppliers.Contains(s.Key)).ToImmutableSortedDictionary(),
    };
}

/// <summary>What a reader needs to know of a supplier.</summary>
/// <param name="Assessment">The latest, or null before the first.</param>
internal sealed record SupplierContext(Supplier Supplier, Assessment? Assessment);

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
