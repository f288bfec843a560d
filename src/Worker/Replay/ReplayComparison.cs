using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Replay;

/// <summary>Alerts of one owner, team, receiver or rule under both rule sets; those from before the period included. <c>Before - Lost + Gained = After</c>.</summary>
internal sealed record CountChange(string Name, int Before, int After, int Gained, int Lost);

/// <summary>The same for one week; what was open before the period is in none.</summary>
internal sealed record WeekChange(DateOnly Monday, int Before, int After, int Gained, int Lost);

/// <summary>A supplier that stands otherwise at the end. Null: not in the portfolio then.</summary>
internal sealed record SupplierMove(SupplierId Id, string Name, string Owner, Band? BandBefore, Band? BandAfter, decimal? ScoreBefore, decimal? ScoreAfter)
{
    public decimal Points => (ScoreAfter ?? 0) - (ScoreBefore ?? 0);
}

/// <summary>How many alerts of one supplier came or went.</summary>
internal sealed record ChangedSupplier(SupplierId Id, string Name, string Owner, int Gained, int Lost);

/// <summary>Alerts of both rule sets that open at another time.</summary>
/// <param name="MedianDays">Of the shifts, as days, above zero.</param>
internal sealed record OpeningShift(int Alerts, decimal MedianDays);

/// <summary>What a change of rules does to the alerts and bands of one history.</summary>
/// <remarks>
/// An episode is the same under both rule sets when supplier, rule, key and kind are the same and the episodes overlap; each has at most one counterpart, the earliest
/// that is left. What has none is gained or lost, so that one alert that flaps under the new rules counts as often as people are told of it.
/// </remarks>
internal sealed record ReplayComparison
{
    public required ReplaySummary Before { get; init; }

    public required ReplaySummary After { get; init; }

    /// <summary>By opening, supplier, rule, key and kind.</summary>
    public required ImmutableArray<ReplayedAlert> Gained { get; init; }

    public required ImmutableArray<ReplayedAlert> Lost { get; init; }

    /// <summary>Those of the lost during which the same alert is open under the new rules: people are told once where they were told twice.</summary>
    public required ImmutableArray<ReplayedAlert> Merged { get; init; }

    public required OpeningShift Earlier { get; init; }

    public required OpeningShift Later { get; init; }

    /// <summary>Open at the end under the new rules only: what the change announces the moment it is made, if that is now.</summary>
    public required int OpenedBySwitching { get; init; }

    /// <summary>Open at the end under the present rules only.</summary>
    public required int ClosedBySwitching { get; init; }

    public required ImmutableArray<WeekChange> Weeks { get; init; }

    public required ImmutableArray<CountChange> Owners { get; init; }

    public required ImmutableArray<CountChange> Teams { get; init; }

    public required ImmutableArray<CountChange> Receivers { get; init; }

    public required ImmutableArray<CountChange> Rules { get; init; }

    /// <summary>Suppliers with another score or band at the end, the biggest move first.</summary>
    public required ImmutableArray<SupplierMove> Moves { get; init; }

    /// <summary>Most alerts gained or lost first.</summary>
    public required ImmutableArray<ChangedSupplier> Suppliers { get; init; }

    public decimal GainedPerWeek => decimal.Round(Gained.Length / Before.Period.Weeks, 2);

    /// <summary>Suppliers in another band at the end.</summary>
    public IEnumerable<SupplierMove> BandMoves => Moves.Where(m => m.BandBefore != m.BandAfter);

    /// <param name="before">Of the same suppliers in the same order as <paramref name="after"/>.</param>
    /// <param name="rule">Only this rule's alerts; null: all. Bands are those of all rules.</param>
    public static ReplayComparison Of(ImmutableArray<SupplierOutcome> before, ImmutableArray<SupplierOutcome> after, ReplayPeriod period, string? rule)
    {
        ReplayedAlert[] old = Alerts(before, rule), @new = Alerts(after, rule);
        Matching matching = Match(old, @new);
        (List<ReplayedAlert> gained, List<ReplayedAlert> lost) = (matching.Gained, matching.Lost);
        TimeSpan[] shifts = [.. matching.Kept.Select(k => k.After.OpenedAt - k.Before.OpenedAt)];
        HashSet<(SupplierId, string, string, string)> openOld = Open(old), openNew = Open(@new);
        return new ReplayComparison
        {
            Before = ReplaySummary.Of(before, period, rule),
            After = ReplaySummary.Of(after, period, rule),
            Gained = InOrder(gained),
            Lost = InOrder(lost),
            Merged = InOrder(Overlapped(lost, @new)),
            Earlier = Shift(shifts.Where(s => s < TimeSpan.Zero)),
            Later = Shift(shifts.Where(s => s > TimeSpan.Zero)),
            OpenedBySwitching = openNew.Count(i => !openOld.Contains(i)),
            ClosedBySwitching = openOld.Count(i => !openNew.Contains(i)),
            Weeks = WeeksOf(old, @new, gained, lost, period),
            Owners = Changes(old, @new, matching, AlertNames.Owner),
            Teams = Changes(old, @new, matching, AlertNames.Team),
            Receivers = Changes(old, @new, matching, AlertNames.Receivers),
            Rules = Changes(old, @new, matching, AlertNames.Rule),
            Moves =
            [
                .. before.Zip(after, (b, a) => new SupplierMove(a.Id, a.Name, a.Owner, b.Band, a.Band, b.Score, a.Score)).Where(m => m.BandBefore != m.BandAfter || m.ScoreBefore != m.ScoreAfter)
                    .OrderByDescending(m => Math.Abs(m.Points)).ThenBy(m => m.Id),
            ],
            Suppliers = SuppliersOf(after, gained, lost),
        };
    }

    private static ReplayedAlert[] Alerts(IEnumerable<SupplierOutcome> outcomes, string? rule) => [.. outcomes.SelectMany(o => o.Alerts).Where(a => rule is null || a.Rule == rule)];

    private static HashSet<(SupplierId, string, string, string)> Open(IEnumerable<ReplayedAlert> alerts) => [.. alerts.Where(a => a.ResolvedAt is null).Select(a => a.Identity)];

    private static ImmutableArray<ReplayedAlert> InOrder(IEnumerable<ReplayedAlert> alerts) =>
    [
        .. alerts.OrderBy(a => a.OpenedAt).ThenBy(a => a.Supplier).ThenBy(a => a.Rule, StringComparer.Ordinal).ThenBy(a => a.Key, StringComparer.Ordinal).ThenBy(a => a.Kind, StringComparer.Ordinal),
    ];

    private sealed record Matching(List<ReplayedAlert> Gained, List<ReplayedAlert> Lost, List<(ReplayedAlert Before, ReplayedAlert After)> Kept);

    private static Matching Match(ReplayedAlert[] old, ReplayedAlert[] @new)
    {
        var left = old.GroupBy(a => a.Identity).ToDictionary(g => g.Key, g => g.OrderBy(a => a.OpenedAt).ToList());
        var gained = new List<ReplayedAlert>();
        var kept = new List<(ReplayedAlert, ReplayedAlert)>();
        foreach (ReplayedAlert alert in @new.OrderBy(a => a.OpenedAt))
        {
            int found = left.TryGetValue(alert.Identity, out List<ReplayedAlert>? candidates) ? candidates.FindIndex(c => Overlap(c, alert)) : -1;
            if (found < 0)
            {
                gained.Add(alert);
                continue;
            }

            kept.Add((candidates![found], alert));
            candidates.RemoveAt(found);
        }

        return new Matching(gained, [.. left.Values.SelectMany(l => l)], kept);
    }

    private static IEnumerable<ReplayedAlert> Overlapped(IEnumerable<ReplayedAlert> alerts, IEnumerable<ReplayedAlert> others)
    {
        var byIdentity = others.ToLookup(a => a.Identity);
        return alerts.Where(a => byIdentity[a.Identity].Any(o => Overlap(a, o)));
    }

    private static bool Overlap(ReplayedAlert a, ReplayedAlert b) => !(a.ResolvedAt < b.OpenedAt) && !(b.ResolvedAt < a.OpenedAt);

    private static OpeningShift Shift(IEnumerable<TimeSpan> shifts)
    {
        TimeSpan[] sorted = [.. shifts.Select(s => s.Duration()).Order()];
        return new OpeningShift(sorted.Length, sorted.Length == 0 ? 0 : ReplaySummary.Days(sorted[sorted.Length / 2]));
    }

    private static ImmutableArray<WeekChange> WeeksOf(
        IEnumerable<ReplayedAlert> old, IEnumerable<ReplayedAlert> @new, IEnumerable<ReplayedAlert> gained, IEnumerable<ReplayedAlert> lost, ReplayPeriod period)
    {
        ILookup<DateOnly, ReplayedAlert> olds = ByWeek(old), news = ByWeek(@new), gains = ByWeek(gained), losses = ByWeek(lost);
        return [.. period.Mondays().Select(m => new WeekChange(m, olds[m].Count(), news[m].Count(), gains[m].Count(), losses[m].Count()))];

        static ILookup<DateOnly, ReplayedAlert> ByWeek(IEnumerable<ReplayedAlert> alerts) => alerts.Where(a => !a.IsFromBefore).ToLookup(a => ReplayPeriod.MondayOf(a.OpenedAt));
    }

    /// <summary>By name; only those with any alert under either rule set. What goes to another receiver now is lost to one and gained by the other.</summary>
    private static ImmutableArray<CountChange> Changes(IEnumerable<ReplayedAlert> old, IEnumerable<ReplayedAlert> @new, Matching matching, Func<ReplayedAlert, IEnumerable<string>> names)
    {
        Dictionary<string, int> before = Count(old.SelectMany(names)), after = Count(@new.SelectMany(names));
        Dictionary<string, int> more = Count(matching.Gained.SelectMany(names).Concat(matching.Kept.SelectMany(k => names(k.After).Except(names(k.Before)))));
        Dictionary<string, int> less = Count(matching.Lost.SelectMany(names).Concat(matching.Kept.SelectMany(k => names(k.Before).Except(names(k.After)))));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Select(n => new CountChange(n, before.GetValueOrDefault(n), after.GetValueOrDefault(n), more.GetValueOrDefault(n), less.GetValueOrDefault(n)))
                .OrderByDescending(c => c.Gained + c.Lost).ThenByDescending(c => c.After).ThenBy(c => c.Name, StringComparer.Ordinal),
        ];

        static Dictionary<string, int> Count(IEnumerable<string> found) => found.CountBy(n => n, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private static ImmutableArray<ChangedSupplier> SuppliersOf(ImmutableArray<SupplierOutcome> outcomes, IEnumerable<ReplayedAlert> gained, IEnumerable<ReplayedAlert> lost)
    {
        Dictionary<SupplierId, int> more = gained.CountBy(a => a.Supplier).ToDictionary(), less = lost.CountBy(a => a.Supplier).ToDictionary();
        return
        [
            .. outcomes.Select(o => new ChangedSupplier(o.Id, o.Name, o.Owner, more.GetValueOrDefault(o.Id), less.GetValueOrDefault(o.Id))).Where(s => s.Gained + s.Lost > 0)
                .OrderByDescending(s => s.Gained + s.Lost).ThenBy(s => s.Id),
        ];
    }
}
