using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Scoring;

/// <param name="Score">Two decimals; the sum of the contributions' shares.</param>
public sealed record ScoreResult(decimal Score, Band Band, ImmutableArray<CategoryScore> Categories, ImmutableArray<Contribution> Contributions);

/// <summary>Turns findings into a total with its derivation (RULES.md 4.6, steps 2 to 5). Pure.</summary>
public static class Scorer
{
    /// <summary>
    /// Findings that put a supplier here or worse decide its band even where much else is unknown: "insufficient data" must not hide a sanctions hit (docs/adr/0010).
    /// </summary>
    private const Band WorstHiddenBand = Band.Elevated;

    /// <param name="weights">Normalised, in category order (<see cref="ScoringPolicy.Weights"/>).</param>
    /// <param name="findings">Their points are as they count: faded, shared and limited already.</param>
    /// <param name="coverage">0 to 1.</param>
    /// <param name="before">The band in force; null at the first assessment.</param>
    public static ScoreResult Score(
        ScoringPolicy policy, ImmutableArray<decimal> weights, IReadOnlyList<Finding> findings, decimal coverage, SupplierId supplier, DateTimeOffset at, Band? before)
    {
        int count = policy.Categories.Length;
        var sums = new decimal[count];
        foreach (Finding finding in findings)
        {
            if (policy.IndexOf(finding.Category) is >= 0 and var index) sums[index] += finding.Points;
        }

        var scores = new decimal[count];
        decimal mean = 0, worst = 0;
        int worstIndex = 0;
        var lines = new List<Contribution>();
        var categories = ImmutableArray.CreateBuilder<CategoryScore>(count);
        for (int i = 0; i < count; i++)
        {
            CategoryPolicy category = policy.Categories[i];
            decimal capped = Math.Min(sums[i], Math.Min(category.Cap, 100m));
            ScoreOverride? set = OverrideFor(policy, supplier, category.Name, at);
            scores[i] = set is null ? capped : Math.Clamp(set.Value, 0, 100);
            mean += weights[i] * scores[i];
            if (scores[i] > worst) (worst, worstIndex) = (scores[i], i);
            categories.Add(new CategoryScore(category.Name, Round(sums[i]), Round(scores[i]), decimal.Round(weights[i], 6)));

            foreach (Finding finding in findings)
            {
                if (finding.Category == category.Name && finding.Points > 0)
                    lines.Add(new Contribution("finding", category.Name, finding.Key.Length == 0 ? finding.Rule : $"{finding.Rule} {finding.Key}", Round(finding.Points), Round(finding.Points * weights[i])));
            }

            if (capped < sums[i]) lines.Add(new Contribution("cap", category.Name, $"cap of {category.Name} at {Text(category.Cap)}", 0, Round((capped - sums[i]) * weights[i])));
            if (set is not null && scores[i] != capped)
                lines.Add(new Contribution("override", category.Name, $"{category.Name} set to {Text(set.Value)}: {set.Reason}", 0, Round((scores[i] - capped) * weights[i])));
        }

        decimal total = mean;
        decimal share = policy.WorstCategoryShare * worst;
        if (share > total)
        {
            string name = policy.Categories[worstIndex].Name;
            lines.Add(new Contribution("worst-category", name, $"{Text(policy.WorstCategoryShare)} of the worst category, {name}", 0, Round(share - total)));
            total = share;
        }

        Finding? gate = null;
        foreach (Finding finding in findings)
        {
            if (finding.Floor is { } floor && floor > (gate?.Floor ?? 0)) gate = finding;
        }

        if (gate?.Floor > total)
        {
            lines.Add(new Contribution("floor", gate.Category, $"gate {gate.Rule}: at least {Text(gate.Floor.Value)}", 0, Round(gate.Floor.Value - total)));
            total = gate.Floor.Value;
        }

        bool isInsufficient = coverage < policy.MinimumCoverage;
        if (isInsufficient && policy.CoverageFloor > total)
        {
            lines.Add(new Contribution("coverage-floor", "", $"too little is known: at least {Text(policy.CoverageFloor)}", 0, Round(policy.CoverageFloor - total)));
            total = policy.CoverageFloor;
        }

        total = Round(Math.Clamp(total, 0, 100));
        decimal explained = 0;
        foreach (Contribution line in lines) explained += line.Share;
        if (explained != total) lines.Add(new Contribution("rounding", "", "rounding to cents", 0, total - explained));
        Band band = BandOf(policy, isInsufficient ? KnownTotal(policy, weights, findings, supplier, at) : total, before);
        if (isInsufficient && band < WorstHiddenBand) band = Band.InsufficientData;
        return new ScoreResult(total, band, categories.MoveToImmutable(), [.. lines]);
    }

    /// <summary>The total without the points that undecided rules add: what is known for certain.</summary>
    private static decimal KnownTotal(ScoringPolicy policy, ImmutableArray<decimal> weights, IReadOnlyList<Finding> findings, SupplierId supplier, DateTimeOffset at)
    {
        decimal mean = 0, worst = 0, floor = 0;
        for (int i = 0; i < policy.Categories.Length; i++)
        {
            CategoryPolicy category = policy.Categories[i];
            decimal sum = 0;
            foreach (Finding finding in findings)
            {
                if (finding.State == FindingState.Unknown) continue;
                if (finding.Category == category.Name) sum += finding.Points;
                floor = Math.Max(floor, finding.Floor ?? 0);
            }

            decimal score = OverrideFor(policy, supplier, category.Name, at) is { } set ? Math.Clamp(set.Value, 0, 100) : Math.Min(sum, Math.Min(category.Cap, 100m));
            mean += weights[i] * score;
            worst = Math.Max(worst, score);
        }

        return Round(Math.Clamp(Math.Max(Math.Max(mean, policy.WorstCategoryShare * worst), floor), 0, 100));
    }

    /// <summary>The band of a total: the one in force while the total is within the margin of its edges, else by the edges.</summary>
    public static Band BandOf(ScoringPolicy policy, decimal total, Band? before)
    {
        int index = 0;
        for (int i = 0; i < policy.Edges.Length; i++)
        {
            if (total >= policy.Edges[i].From) index = i;
            if (policy.Edges[i].Band != before) continue;
            decimal above = i + 1 < policy.Edges.Length ? policy.Edges[i + 1].From : decimal.MaxValue - policy.BandMargin;
            if (total > policy.Edges[i].From - policy.BandMargin && total < above + policy.BandMargin) return policy.Edges[i].Band;
        }

        return policy.Edges[index].Band;
    }

    private static ScoreOverride? OverrideFor(ScoringPolicy policy, SupplierId supplier, string category, DateTimeOffset at)
    {
        foreach (ScoreOverride item in policy.Overrides)
        {
            if (item.Supplier == supplier && item.Category == category && at < item.ExpiresAt) return item;
        }

        return null;
    }

    private static decimal Round(decimal value) => decimal.Round(value, 2, MidpointRounding.AwayFromZero);

    private static string Text(decimal value) => value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
