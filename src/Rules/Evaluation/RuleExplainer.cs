using System.Collections.Immutable;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Evaluation;

/// <param name="Key">The item of an <c>each</c> rule, else "".</param>
/// <param name="When">The condition with the values of its parts.</param>
/// <param name="Clear">The clear condition, or null when the rule has none.</param>
public sealed record RuleSubjectTrace(string Key, CelTrace When, CelTrace? Clear);

/// <param name="Value">In force for the supplier, as text.</param>
/// <param name="Origin">The default or the override that won, as the file has it.</param>
public sealed record LimitInForce(string Name, string Value, string Origin);

/// <summary>Why a rule fires or does not.</summary>
/// <param name="Standing">One sentence on rules that are disabled or dormant, else "".</param>
/// <param name="AppliesTo">Null when the rule applies to everyone.</param>
/// <param name="Items">The list of an <c>each</c> rule, else null.</param>
/// <param name="Findings">What the rule says now.</param>
public sealed record RuleExplanation(
    Rule Rule, string Standing, CelTrace? AppliesTo, CelTrace? Items, ImmutableArray<RuleSubjectTrace> Subjects, ImmutableArray<LimitInForce> Limits, ImmutableArray<Finding> Findings);

/// <summary>Runs one rule's expressions with their traces.</summary>
internal static class RuleExplainer
{
    public static RuleExplanation Explain(Rule rule, EvaluationScratch scratch, EvaluationResult result)
    {
        CelFrame frame = scratch.FrameOf(rule.Logic.Scope);
        var subjects = ImmutableArray.CreateBuilder<RuleSubjectTrace>();
        CelTrace? items = null;
        if (rule.Logic.Each is not { } each) subjects.Add(Subject(rule, frame, ""));
        else
        {
            items = each.In.Explain(frame);
            if (items.Value.Kind == CelValueKind.List)
            {
                foreach (CelValue item in items.Value.AsList.Items)
                {
                    frame[each.Slot] = item;
                    CelValue key = each.Key.Evaluate(frame);
                    subjects.Add(Subject(rule, frame, key.Kind == CelValueKind.Text ? key.AsText : key.ToString()));
                }
            }
        }

        var limits = ImmutableArray.CreateBuilder<LimitInForce>();
        for (int i = 0; i < rule.Logic.Scope.Limits.Length; i++)
        {
            Limit limit = rule.Logic.Scope.Limits[i];
            if (!Reads(rule, "limit." + limit.Name)) continue;
            LimitOverride? won = limit.Overrides.FirstOrDefault(o => !(frame.Now >= o.ExpiresAt) && !o.When.Evaluate(frame).IsFalse);
            limits.Add(new LimitInForce(limit.Name, scratch.Limit(rule.Logic.Scope, i).ToString(), won?.Text ?? $"{limit.DefaultText} (default)"));
        }

        string standing = !rule.IsEnabled ? "the rule is disabled" : rule.IsDormant ? $"the rule is dormant: no enabled source supplies {string.Join(", ", rule.Inputs)}" : "";
        return new RuleExplanation(
            rule, standing, rule.Logic.AppliesTo?.Explain(frame), items, subjects.ToImmutable(), limits.ToImmutable(), [.. result.Assessment.Findings.Where(f => f.Rule == rule.Id)]);
    }

    private static bool Reads(Rule rule, string path) =>
        rule.Logic.When.References.Contains(path) || rule.Logic.Clear?.References.Contains(path) == true || rule.Logic.AppliesTo?.References.Contains(path) == true
        || rule.Logic.Points.Expression?.References.Contains(path) == true || rule.Logic.Message.References.Contains(path);

    private static RuleSubjectTrace Subject(Rule rule, CelFrame frame, string key) => new(key, rule.Logic.When.Explain(frame), rule.Logic.Clear?.Explain(frame));
}
