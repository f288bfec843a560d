using System.Collections.Immutable;

namespace Risk.Worker.Replay;

/// <summary>Alerts of one owner, team, receiver or rule.</summary>
/// <param name="FromBefore">Were open when the replay began; not among the <paramref name="Opened"/>.</param>
/// <param name="Opened">In the period.</param>
/// <param name="Days">Opened on each day (UTC) on which any was.</param>
internal sealed record AlertCount(string Name, int FromBefore, int Opened, ImmutableSortedDictionary<DateOnly, int> Days)
{
    /// <summary>The week (its Monday) with the most, the earliest of them, and how many; null when none was opened.</summary>
    public (DateOnly Monday, int Opened)? WorstWeek { get; } = Days.GroupBy(d => ReplayPeriod.MondayOf(d.Key)).Select(g => (Monday: g.Key, Opened: g.Sum(d => d.Value)))
        .OrderByDescending(w => w.Opened).ThenBy(w => w.Monday).Select(w => ((DateOnly, int)?)w).FirstOrDefault();

    /// <param name="names">What the alert counts for; several for an alert that goes to several.</param>
    /// <returns>Most opened first, then by name.</returns>
    public static ImmutableArray<AlertCount> By(IEnumerable<ReplayedAlert> alerts, Func<ReplayedAlert, IEnumerable<string>> names) =>
    [
        .. alerts.SelectMany(a => names(a).Select(name => (Name: name, Alert: a))).GroupBy(p => p.Name, p => p.Alert, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g]))
            .OrderByDescending(c => c.Opened).ThenByDescending(c => c.FromBefore).ThenBy(c => c.Name, StringComparer.Ordinal),
    ];

    public static AlertCount Of(string name, IReadOnlyCollection<ReplayedAlert> alerts) => new(
        name, alerts.Count(a => a.IsFromBefore), alerts.Count(a => !a.IsFromBefore),
        alerts.Where(a => !a.IsFromBefore).GroupBy(a => ReplayPeriod.DayOf(a.OpenedAt)).ToImmutableSortedDictionary(g => g.Key, g => g.Count()));
}

/// <summary>By what alerts are told apart in a replay's tables.</summary>
internal static class AlertNames
{
    public static IEnumerable<string> Owner(ReplayedAlert alert) => [alert.Owner];

    public static IEnumerable<string> Team(ReplayedAlert alert) => alert.Team.Length > 0 ? [alert.Team] : [];

    public static IEnumerable<string> Rule(ReplayedAlert alert) => [alert.Rule];

    public static IEnumerable<string> Receivers(ReplayedAlert alert) => alert.Receivers;
}
