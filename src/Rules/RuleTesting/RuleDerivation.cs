using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Rules.RuleTesting;

/// <summary>Why a rule came out as it did, in indented lines: each sub-expression with its value, then the limits in force.</summary>
internal static class RuleDerivation
{
    public static ImmutableArray<string> Lines(RuleExplanation explanation)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        if (explanation.Standing.Length > 0) lines.Add(explanation.Standing);
        if (explanation.AppliesTo is { } appliesTo) Add(lines, "applies_to: ", appliesTo, 0);
        if (explanation.Items is { } items) Add(lines, "each: ", items with { Children = [] }, 0);
        foreach (RuleSubjectTrace subject in explanation.Subjects)
        {
            Add(lines, subject.Key.Length == 0 ? "when: " : $"when [{subject.Key}]: ", subject.When, 0);
            if (subject.Clear is { } clear) Add(lines, "clear: ", clear, 0);
        }

        foreach (LimitInForce limit in explanation.Limits) lines.Add($"limit.{limit.Name} = {limit.Origin}");
        return lines.ToImmutable();
    }

    private static void Add(ImmutableArray<string>.Builder lines, string label, CelTrace trace, int depth)
    {
        lines.Add($"{new string(' ', 2 * depth)}{label}{OneLine(trace.Text)} = {trace.Value}");
        foreach (CelTrace child in trace.Children) Add(lines, "", child, depth + 1);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
