using Risk.Rules.Alerts;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Evaluation;

/// <summary>Takes the state of the rules back out of a stored assessment, to explain instants whose own state was not kept.</summary>
internal static class RecordedState
{
    public static SupplierState Of(RuleSet set, Assessment assessment)
    {
        var states = new List<RuleState>();
        foreach (Finding finding in assessment.Findings)
        {
            if (set.Find(finding.Rule) is not { } rule) continue;
            bool isCounting = finding.Missing.IsEmpty && finding.State is FindingState.Pending or FindingState.Recovering;
            states.Add(new RuleState
            {
                Rule = finding.Rule, Key = finding.Key, RuleVersion = rule.Logic.Revision, State = finding.State, Since = finding.Since, Severity = finding.Severity,
                Held = isCounting ? assessment.AsOf - finding.Since : TimeSpan.Zero,
                CountedAt = isCounting ? assessment.AsOf : null,
                LastPoints = finding.State == FindingState.Fading ? Unfaded(set, finding, assessment.AsOf) : finding.Points,
                ResolvedAt = finding.State == FindingState.Fading ? finding.Since : null,
                UnknownSince = finding.State == FindingState.Unknown ? finding.Since : finding.Missing.IsEmpty ? null : assessment.AsOf,
            });
        }

        states.Sort(static (a, b) => string.CompareOrdinal(a.Rule, b.Rule) is not 0 and var order ? order : string.CompareOrdinal(a.Key, b.Key));
        return new SupplierState(assessment.Band, assessment.Score, [.. states]) { RuleSetHash = assessment.RuleSetHash, RuleChange = assessment.RuleChange };
    }

    private static decimal Unfaded(RuleSet set, Finding finding, DateTimeOffset at)
    {
        decimal left = set.Scoring.Faded(1000, at - finding.Since);
        return left == 0 ? finding.Points : finding.Points * 1000 / left;
    }
}
