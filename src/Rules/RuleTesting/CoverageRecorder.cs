using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.RuleTesting;

/// <summary>Watches evaluations and remembers which outcomes of each rule were seen.</summary>
internal sealed class CoverageRecorder(RuleSet rules)
{
    private readonly HashSet<string> fired = new(StringComparer.Ordinal);
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private readonly HashSet<string> cleared = new(StringComparer.Ordinal);
    private readonly HashSet<(string, Severity)> severities = [];

    /// <param name="before">What was remembered before the evaluation.</param>
    /// <param name="hasPortfolio">The test names other suppliers too: without them, rules over groups were not asked.</param>
    public void Observe(ImmutableArray<RuleState> before, EvaluationResult result, bool hasPortfolio)
    {
        ILookup<string, Finding> findings = result.Assessment.Findings.ToLookup(f => f.Rule, StringComparer.Ordinal);
        foreach (Rule rule in rules.Rules.Where(r => hasPortfolio || !r.IsForGroups))
        {
            bool isActive = false;
            foreach (Finding finding in findings[rule.Id])
            {
                if (finding.State == FindingState.Firing)
                {
                    fired.Add(rule.Id);
                    severities.Add((rule.Id, finding.Severity));
                }

                isActive |= finding.State is FindingState.Firing or FindingState.Pending;
                if (!finding.Missing.IsEmpty) unknown.Add(rule.Id);
            }

            if (!isActive && findings[rule.Id].All(f => f.Missing.IsEmpty)) silent.Add(rule.Id);
        }

        // A rule clears when an item that fired fires no more, though its data is there.
        foreach (RuleState state in before)
        {
            if (state.State == FindingState.Firing && findings[state.Rule].All(f => f.Key != state.Key || (f.State is FindingState.Recovering or FindingState.Fading && f.Missing.IsEmpty))) cleared.Add(state.Rule);
        }
    }

    /// <summary>Every rule that is on, by id.</summary>
    public ImmutableArray<RuleTestCoverage> Coverage() =>
    [
        .. rules.Rules.Where(r => r is { IsEnabled: true, IsDormant: false }).Select(rule => new RuleTestCoverage(
            rule.Id, fired.Contains(rule.Id), silent.Contains(rule.Id), unknown.Contains(rule.Id), CanBeUnknown(rule),
            [.. rule.Severities.Where(s => rule.Severities.Length > 1 && !severities.Contains((rule.Id, s)))], rule.Logic.Clear is not null && !cleared.Contains(rule.Id))),
    ];

    /// <summary>What the portfolio itself says is always known, and so is whether something is there: a rule that asks has() for all it reads decides for itself.</summary>
    private static bool CanBeUnknown(Rule rule)
    {
        CelExpression?[] conditions = [rule.Logic.When, rule.Logic.AppliesTo, rule.Logic.Each?.In];
        string text = string.Concat(conditions.Select(e => e?.Text));
        return rule.Inputs.Concat(conditions.SelectMany(e => e?.References ?? []).Where(path => path.Split('.')[0] is "contract" or "certs" or "group")).Any(path => !IsAsked(path));

        // Every contract has a decision, be it "none".
        bool IsAsked(string path) => text.Contains($"has({path})", StringComparison.Ordinal) || (path == "contract.renewal_decision" && text.Contains("has(contract.", StringComparison.Ordinal));
    }
}
