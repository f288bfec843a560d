using System.Collections.Immutable;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Replay;

/// <summary>An alert that came back soon after it had been resolved.</summary>
/// <param name="Reopened">How often it opened again within <see cref="ReplaySummary.SoonAfter"/> of its resolution.</param>
internal sealed record FlappingAlert(SupplierId Supplier, string Rule, string Key, int Reopened);

/// <summary>How much one supplier gave its owner to do.</summary>
internal sealed record NoisySupplier(SupplierId Id, string Name, string Owner, int Opened);

/// <summary>What one rule did.</summary>
/// <param name="LongestDays">The longest that one of its alerts was open.</param>
/// <param name="Reopened">How often one of its alerts came back within <see cref="ReplaySummary.SoonAfter"/>.</param>
/// <param name="UnknownShare">Share of the watched supplier time in which it could not be decided, 0 to 1 (above 1 for rules that judge several subjects).</param>
internal sealed record RuleActivity(AlertCount Alerts, decimal LongestDays, int Reopened, decimal UnknownShare);

/// <summary>What one rule set did over the period.</summary>
internal sealed record ReplaySummary
{
    /// <summary>An alert that opens again within this time after its resolution flaps.</summary>
    public static readonly TimeSpan SoonAfter = TimeSpan.FromDays(30);

    public required ReplayPeriod Period { get; init; }

    public required int Evaluations { get; init; }

    /// <summary>Of all alerts.</summary>
    public required AlertCount Alerts { get; init; }

    /// <summary>How often an open alert was told again because it got worse.</summary>
    public required int Worsened { get; init; }

    /// <summary>Opened ones that an inhibit rule hid.</summary>
    public required int Hidden { get; init; }

    public required int OpenAtEnd { get; init; }

    /// <summary>Share of the rules that could be decided, averaged over suppliers and time, 0 to 1; null when nothing was watched.</summary>
    public required decimal? KnownShare { get; init; }

    public required ImmutableArray<AlertCount> Owners { get; init; }

    public required ImmutableArray<AlertCount> Teams { get; init; }

    public required ImmutableArray<AlertCount> Receivers { get; init; }

    /// <summary>Rules that raised an alert or were ever unknown; most alerts first.</summary>
    public required ImmutableArray<RuleActivity> Rules { get; init; }

    /// <summary>Most often first.</summary>
    public required ImmutableArray<FlappingAlert> Flapping { get; init; }

    /// <summary>Longest first.</summary>
    public required ImmutableArray<ReplayedAlert> LongestOpen { get; init; }

    /// <summary>Most alerts first; those without any are left out.</summary>
    public required ImmutableArray<NoisySupplier> Suppliers { get; init; }

    public decimal PerWeek => decimal.Round(Alerts.Opened / Period.Weeks, 2);

    /// <param name="rule">Only this rule's alerts; null: all.</param>
    public static ReplaySummary Of(IReadOnlyCollection<SupplierOutcome> outcomes, ReplayPeriod period, string? rule)
    {
        ReplayedAlert[] alerts = [.. outcomes.SelectMany(o => o.Alerts).Where(a => rule is null || a.Rule == rule)];
        long watched = outcomes.Sum(o => o.WatchedSeconds);
        ImmutableArray<FlappingAlert> flapping = Flaps(alerts);
        return new ReplaySummary
        {
            Period = period,
            Evaluations = outcomes.Sum(o => o.Evaluations),
            Alerts = AlertCount.Of("", alerts),
            Worsened = alerts.Sum(a => a.Worsened),
            Hidden = alerts.Count(a => a.Receivers.IsEmpty && !a.IsFromBefore),
            OpenAtEnd = alerts.Count(a => a.ResolvedAt is null),
            KnownShare = watched == 0 ? null : decimal.Round(outcomes.Sum(o => o.KnownSeconds) / 10_000m / watched, 4),
            Owners = AlertCount.By(alerts, AlertNames.Owner),
            Teams = AlertCount.By(alerts, AlertNames.Team),
            Receivers = AlertCount.By(alerts, AlertNames.Receivers),
            Rules = RulesOf(alerts, outcomes, flapping, period, watched, rule),
            Flapping = flapping,
            LongestOpen = [.. alerts.OrderByDescending(a => OpenFor(a, period)).ThenBy(a => a.Supplier).ThenBy(a => a.Rule, StringComparer.Ordinal).ThenBy(a => a.Key, StringComparer.Ordinal)],
            Suppliers =
            [
                .. outcomes.Select(o => new NoisySupplier(o.Id, o.Name, o.Owner, o.Alerts.Count(a => !a.IsFromBefore && (rule is null || a.Rule == rule)))).Where(s => s.Opened > 0)
                    .OrderByDescending(s => s.Opened).ThenBy(s => s.Id),
            ],
        };
    }

    /// <summary>How long an alert was open in the period.</summary>
    public static TimeSpan OpenFor(ReplayedAlert alert, ReplayPeriod period) => (alert.ResolvedAt ?? period.To) - alert.OpenedAt;

    public static decimal Days(TimeSpan span) => decimal.Round((decimal)span.TotalDays, 1);

    private static ImmutableArray<RuleActivity> RulesOf(
        IReadOnlyCollection<ReplayedAlert> alerts, IReadOnlyCollection<SupplierOutcome> outcomes, ImmutableArray<FlappingAlert> flapping, ReplayPeriod period, long watched, string? rule)
    {
        Dictionary<string, long> unknown = outcomes.SelectMany(o => o.UnknownSeconds).GroupBy(u => u.Key, StringComparer.Ordinal)
            .Where(g => rule is null || g.Key == rule).ToDictionary(g => g.Key, g => g.Sum(u => u.Value), StringComparer.Ordinal);
        ILookup<string, ReplayedAlert> byRule = alerts.ToLookup(a => a.Rule, StringComparer.Ordinal);
        return
        [
            .. byRule.Select(g => g.Key).Union(unknown.Keys, StringComparer.Ordinal)
                .Select(id => new RuleActivity(
                    AlertCount.Of(id, [.. byRule[id]]),
                    byRule[id].Select(a => Days(OpenFor(a, period))).DefaultIfEmpty().Max(),
                    flapping.Where(f => f.Rule == id).Sum(f => f.Reopened),
                    watched == 0 ? 0 : decimal.Round((decimal)unknown.GetValueOrDefault(id) / watched, 4)))
                .OrderByDescending(r => r.Alerts.Opened).ThenByDescending(r => r.Alerts.FromBefore).ThenByDescending(r => r.UnknownShare).ThenBy(r => r.Alerts.Name, StringComparer.Ordinal),
        ];
    }

    private static ImmutableArray<FlappingAlert> Flaps(IEnumerable<ReplayedAlert> alerts) =>
    [
        .. alerts.GroupBy(a => a.Identity).Select(g => new FlappingAlert(g.Key.Supplier, g.Key.Rule, g.Key.Key, Reopened([.. g.OrderBy(a => a.OpenedAt)])))
            .Where(f => f.Reopened > 0).OrderByDescending(f => f.Reopened).ThenBy(f => f.Supplier).ThenBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Key, StringComparer.Ordinal),
    ];

    private static int Reopened(ReplayedAlert[] episodes)
    {
        int count = 0;
        for (int i = 1; i < episodes.Length; i++)
        {
            if (episodes[i].OpenedAt - episodes[i - 1].ResolvedAt <= SoonAfter) count++;
        }

        return count;
    }
}
