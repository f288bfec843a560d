using System.Text;
using System.Text.RegularExpressions;

namespace Risk.Worker.Alerting.Routing;

internal enum MatchOperator { Equal, NotEqual, Regex, NotRegex }

/// <summary>One condition on one label, in Alertmanager's sense: an absent label equals the empty value; expressions are anchored at both ends.</summary>
internal sealed class Matcher
{
    private readonly Regex? expression;

    /// <exception cref="ArgumentException">The value is no regular expression that can be matched in linear time.</exception>
    public Matcher(string label, MatchOperator @operator, string value)
    {
        Label = label;
        Operator = @operator;
        Value = value;
        if (@operator is not (MatchOperator.Regex or MatchOperator.NotRegex)) return;
        try
        {
            expression = new Regex($@"\A(?:{value})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException("lookaround, backreferences and atomic groups are not supported; write it as alternatives");
        }
    }

    public string Label { get; }

    public MatchOperator Operator { get; }

    public string Value { get; }

    public bool Matches(string value) => Operator switch
    {
        MatchOperator.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchOperator.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchOperator.Regex => expression!.IsMatch(value),
        _ => !expression!.IsMatch(value),
    };

    public bool Matches(IReadOnlyDictionary<string, string> labels) => Matches(labels.TryGetValue(Label, out string? value) ? value : "");

    /// <summary>Canonical text, for example <c>tier=~"1|2"</c>; part of route paths, so it never changes.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Label).Append(Operator switch { MatchOperator.Equal => "=", MatchOperator.NotEqual => "!=", MatchOperator.Regex => "=~", _ => "!~" }).Append('"');
        foreach (char c in Value)
        {
            if (c is '"' or '\\') text.Append('\\');
            text.Append(c is '\n' ? "\\n" : c.ToString());
        }

        return text.Append('"').ToString();
    }
}

/// <summary>Why a text is no matcher, and where in it.</summary>
internal sealed record MatcherProblem(string Message, int Offset);

/// <summary>A parsed matcher and where its label and value stand in the text.</summary>
internal sealed record ParsedMatcher(Matcher Matcher, int LabelOffset, int ValueOffset);

/// <summary>Reads matchers as Alertmanager 0.25 does (pkg/labels/parse.go): optional braces, commas outside quotes, values quoted or bare.</summary>
internal static class MatcherParser
{
    public static (IReadOnlyList<ParsedMatcher> Matchers, MatcherProblem? Problem) Parse(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        if (start < end && text[start] == '{') start++;
        if (end > start && text[end - 1] == '}') end--;
        var matchers = new List<ParsedMatcher>();
        foreach ((int from, int to) in Parts(text, start, end))
        {
            (ParsedMatcher? matcher, MatcherProblem? problem) = ParseOne(text, from, to);
            if (problem is not null) return (matchers, problem);
            matchers.Add(matcher!);
        }

        return (matchers, matchers.Count == 0 ? new MatcherProblem("expected a matcher such as severity=\"critical\"", start) : null);
    }

    private static IEnumerable<(int From, int To)> Parts(string text, int start, int end)
    {
        bool quoted = false;
        int from = start;
        for (int i = start; i < end; i++)
        {
            if (text[i] == '\\' && quoted) i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] == ',' && !quoted)
            {
                yield return (from, i);
                from = i + 1;
            }
        }

        // A trailing comma is allowed.
        if (text.AsSpan(from, end - from).Trim().Length > 0) yield return (from, end);
    }

    private static (ParsedMatcher? Matcher, MatcherProblem? Problem) ParseOne(string text, int from, int to)
    {
        int at = from;
        while (at < to && char.IsWhiteSpace(text[at])) at++;
        while (to > at && char.IsWhiteSpace(text[to - 1])) to--;
        int labelAt = at;
        while (at < to && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or ':') && (at > labelAt || !char.IsAsciiDigit(text[at]))) at++;
        if (at == labelAt) return Fail("expected a label name (letters, digits, '_' and ':')", at);
        string label = text[labelAt..at];
        while (at < to && char.IsWhiteSpace(text[at])) at++;
        MatchOperator? found = at >= to ? null : text[at..to] switch
        {
            ['=', '~', ..] => MatchOperator.Regex,
            ['!', '~', ..] => MatchOperator.NotRegex,
            ['!', '=', ..] => MatchOperator.NotEqual,
            ['=', ..] => MatchOperator.Equal,
            _ => null,
        };
        if (found is not { } op) return Fail($"expected =, !=, =~ or !~ after '{label}'", at);
        at += op == MatchOperator.Equal ? 1 : 2;
        while (at < to && char.IsWhiteSpace(text[at])) at++;
        int valueAt = at;
        (string value, MatcherProblem? problem) = Value(text, at, to);
        if (problem is not null) return (null, problem);
        try
        {
            return (new ParsedMatcher(new Matcher(label, op, value), labelAt, valueAt), null);
        }
        catch (ArgumentException wrong)
        {
            return Fail($"'{value}' is no usable regular expression: {wrong.Message}", valueAt);
        }
    }

    private static (string Value, MatcherProblem? Problem) Value(string text, int at, int to)
    {
        bool quoted = at < to && text[at] == '"';
        int from = quoted ? at + 1 : at;
        var value = new StringBuilder(to - from);
        for (int i = from; i < to; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < to)
            {
                i++;
                value.Append(text[i] switch { 'n' => "\n", '"' => "\"", '\\' => "\\", char other => "\\" + other });
            }
            else if (c == '"')
            {
                if (quoted && i == to - 1) return (value.ToString(), null);
                return ("", new MatcherProblem("a double quote inside a value is written \\\"", i));
            }
            else
            {
                value.Append(c);
            }
        }

        return quoted ? ("", new MatcherProblem("the value's closing double quote is missing", at)) : (value.ToString(), null);
    }

    private static (ParsedMatcher?, MatcherProblem?) Fail(string message, int offset) => (null, new MatcherProblem(message, offset));
}
