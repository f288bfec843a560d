using System.Collections.Immutable;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Scoring;

/// <summary>How much of what matters about a supplier could be decided (docs/adr/0013).</summary>
/// <remarks>
/// Within a category a rule counts by its points at stake: what it can put into the category, its floor when it is a gate, and 1 when it gives no points. Categories count by
/// their weight, whatever the number of their rules. Rules that do not apply and categories without applicable rules are left out.
/// </remarks>
internal sealed class CoverageMeter(ScoringPolicy policy, ImmutableArray<decimal> weights)
{
    private readonly decimal[] asked = new decimal[policy.Categories.Length];
    private readonly decimal[] decided = new decimal[policy.Categories.Length];

    public void Count(Rule rule, bool isDecided)
    {
        int category = policy.IndexOf(rule.Category);
        decimal stake = Stake(rule, policy.Categories[category].Cap);
        asked[category] += stake;
        if (isDecided) decided[category] += stake;
    }

    /// <summary>0 to 1, four decimals; null when no rule of the category applies.</summary>
    public decimal? ShareOf(int category) => asked[category] == 0 ? null : Down(decided[category] / asked[category]);

    /// <summary>0 to 1, four decimals. Nothing that could be asked is nothing known, not everything.</summary>
    public decimal Share()
    {
        decimal weight = 0, known = 0, plainAsked = 0, plainDecided = 0;
        for (int i = 0; i < asked.Length; i++)
        {
            plainAsked += asked[i];
            plainDecided += decided[i];
            if (asked[i] == 0) continue;
            weight += weights[i];
            known += weights[i] * (decided[i] / asked[i]);
        }

        if (plainAsked == 0) return 0;
        // Categories that all have weight 0 still were asked about.
        return weight > 0 ? Down(known / weight) : Down(plainDecided / plainAsked);
    }

    private static decimal Stake(Rule rule, decimal cap)
    {
        decimal points = rule.MaximumPoints ?? (rule.Logic.Points.Expression is null ? rule.Logic.Points.Fixed : cap);
        return Math.Max(1, Math.Max(Math.Min(points, cap), rule.Floor ?? 0));
    }

    /// <summary>Never up to 1 while something is undecided; sums of normalised weights end a hair below it.</summary>
    private static decimal Down(decimal share) => Math.Round(share + 1e-12m, 4, MidpointRounding.ToZero);
}
