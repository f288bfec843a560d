using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;

namespace Risk.Rules.Evaluation;

/// <summary>Finds when an assessment changes by the passing of time alone, so that no change waits for the next poll.</summary>
/// <remarks>
/// Instants that follow from a clock (holding times, expiries, staleness) are computed by who knows them. This looks for the others: conditions over the clock that turn, points that fade or
/// decay until the band changes. It judges the rules that can move once more at the end of the day, or just before the next known instant; when something differs then, it halves the span down to the
/// second. Suppliers with something that moves are therefore looked at once a day at least, and a condition that both begins and ceases to hold between two looks is not seen.
/// </remarks>
internal sealed class NextChange(RuleSet set, EvaluationScratch scratch, Dossier dossier, SupplierState state, ImmutableArray<decimal> weights, Assessment now)
{
    private readonly Dictionary<string, RuleStanding> standings = new(StringComparer.Ordinal);

    /// <summary>Rules that can move, in order.</summary>
    /// <param name="moving">Their standings now.</param>
    /// <param name="known">The earliest instant that follows from a clock; null: none.</param>
    /// <returns>Null when nothing ever changes.</returns>
    public DateTimeOffset? Find(IReadOnlyList<(RulePlan Plan, RuleStanding Standing)> moving, DateTimeOffset? known)
    {
        if (moving.Count == 0) return known;
        var start = new DateTimeOffset(dossier.AsOf.UtcTicks - (dossier.AsOf.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        DateTimeOffset end = start.AddTicks(TimeSpan.TicksPerDay - (start.UtcTicks % TimeSpan.TicksPerDay));
        DateTimeOffset due = known < end ? known.Value : end;
        // At a known instant something changes anyhow; what changes before it is asked here.
        int last = (int)((known <= end ? known.Value.AddSeconds(-1) : end) - start).TotalSeconds;
        foreach ((RulePlan plan, RuleStanding standing) in moving) standings[plan.Rule.Id] = standing;
        if (last <= 0 || !Differs(start.AddSeconds(last), moving)) return due;
        int same = 0;
        while (last - same > 1)
        {
            int middle = same + ((last - same) / 2);
            if (Differs(start.AddSeconds(middle), moving)) last = middle;
            else same = middle;
        }

        return start.AddSeconds(last);
    }

    private bool Differs(DateTimeOffset at, IReadOnlyList<(RulePlan Plan, RuleStanding Standing)> moving)
    {
        Dossier later = dossier with { AsOf = at };
        scratch.Reset(later);
        scratch.Coverage.Set(now.Coverage, now.Missing);
        var judgements = new List<Judgement>();
        var judge = new RuleJudge(scratch, set.Scoring, later, state, judgements, isTrial: true);
        foreach ((RulePlan plan, RuleStanding standing) in moving)
        {
            if (judge.Judge(plan) != standing) return true;
        }

        List<Finding> found = SupplierEvaluation.FindingsOf(judgements);
        int count = 0;
        foreach (Finding finding in now.Findings)
        {
            if (!standings.ContainsKey(finding.Rule)) continue;
            count++;
            if (!found.Exists(f => IsSame(f, finding))) return true;
        }

        if (count != found.Count) return true;
        if (!found.Exists(f => f.Points > 0)) return false;
        found.AddRange(now.Findings.Where(f => !standings.ContainsKey(f.Rule)));
        return Scorer.Score(set.Scoring, weights, found, now.Coverage, dossier.Supplier.Id, at, now.Band).Band != now.Band;
    }

    /// <summary>All but points and words.</summary>
    private static bool IsSame(Finding a, Finding b) =>
        a.Rule == b.Rule && a.Key == b.Key && a.State == b.State && a.Severity == b.Severity && a.Floor == b.Floor && a.Exception == b.Exception
        && a.Missing.Length == b.Missing.Length && a.Error.Length == b.Error.Length;
}
