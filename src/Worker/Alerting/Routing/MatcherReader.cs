using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Reads lists of matchers and checks their labels and values against what alerts can carry.</summary>
internal sealed class MatcherReader(RoutingVocabulary vocabulary)
{
    public ImmutableArray<Matcher> Read(ConfigSection section, string key)
    {
        var matchers = ImmutableArray.CreateBuilder<Matcher>();
        foreach (ScalarNode text in section.Scalars(key))
        {
            (IReadOnlyList<ParsedMatcher> parsed, MatcherProblem? problem) = MatcherParser.Parse(text.Text);
            if (problem is not null) section.Error("T005", problem.Message, text, problem.Offset, 1);
            foreach (ParsedMatcher one in parsed)
            {
                matchers.Add(one.Matcher);
                if (CheckLabel(section, one.Matcher.Label, text, one.LabelOffset)) CheckValue(section, one, text);
            }
        }

        return matchers.ToImmutable();
    }

    public bool CheckLabel(ConfigSection section, string label, ScalarNode at, int offset)
    {
        if (vocabulary.Labels.Contains(label)) return true;
        string hint = Suggestion.For(label, vocabulary.Labels);
        section.Error("T006", $"no alert has a label '{label}'{(hint.Length > 0 ? hint : "; known are " + string.Join(", ", vocabulary.Labels))}", at, offset, label.Length);
        return false;
    }

    private void CheckValue(ConfigSection section, ParsedMatcher parsed, ScalarNode at)
    {
        Matcher matcher = parsed.Matcher;
        if (!vocabulary.Values.TryGetValue(matcher.Label, out ImmutableArray<string> known)) return;
        IReadOnlyList<string> written = matcher.Operator is MatchOperator.Equal or MatchOperator.NotEqual ? [matcher.Value] : LiteralAlternatives.Of(matcher.Value) ?? [];
        foreach (string value in written.Where(v => v.Length > 0 && !known.Contains(v)))
        {
            string hint = Suggestion.For(value, known);
            section.Error("T007", $"'{matcher.Label}' never is '{value}'{(hint.Length > 0 ? hint : "; known are " + string.Join(", ", known))}", at, parsed.ValueOffset, Math.Max(1, matcher.Value.Length));
        }

        if (written.Count == 0 && matcher.Operator == MatchOperator.Regex && !known.Any(matcher.Matches) && !matcher.Matches(""))
            section.Error("T007", $"no value of '{matcher.Label}' matches '{matcher.Value}'; known are {string.Join(", ", known)}", at, parsed.ValueOffset, matcher.Value.Length);
    }
}

/// <summary>The values of an expression that is plain alternatives (<c>a|b|c</c>), which is how routes name sets.</summary>
internal static class LiteralAlternatives
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(@"\.+*?()[]{}^$");

    /// <returns>The alternatives, or null when the expression is anything more.</returns>
    public static IReadOnlyList<string>? Of(string expression) =>
        expression.AsSpan().ContainsAny(Special) ? null : expression.Split('|');
}
