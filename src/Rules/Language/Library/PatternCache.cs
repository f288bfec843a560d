using System.Text;
using System.Text.RegularExpressions;

namespace Risk.Rules.Language.Library;

/// <summary>Regular expressions by their text, for one frame. RE2's language as far as .NET's linear-time engine has it.</summary>
internal sealed class PatternCache
{
    private const int MaximumPatterns = 64;
    private const int MaximumLength = 1_000;

    /// <summary>The most states that the base library lets a pattern have.</summary>
    private const long MaximumStates = 10_000;

    private readonly Dictionary<string, (Regex? Regex, string Problem)> patterns = new(StringComparer.Ordinal);

    public CelValue Match(string text, string pattern, CelFrame frame)
    {
        long states = States(pattern);
        if (!patterns.TryGetValue(pattern, out (Regex? Regex, string Problem) made))
        {
            if (!frame.TrySpend(50 + (states / 4))) return WorkBudget.Spent;
            if (patterns.Count >= MaximumPatterns) patterns.Clear();
            made.Regex = TryMake(pattern, out made.Problem);
            patterns[pattern] = made;
        }

        if (made.Regex is null) return CelValue.Error(made.Problem);
        return frame.TrySpend(MatchSteps(text, states)) ? CelValue.Of(made.Regex.IsMatch(text)) : WorkBudget.Spent;
    }

    /// <summary>Steps that a match takes: a match looks at every character once, and for each at every state at worst.</summary>
    public static long MatchSteps(string text, long states) => text.Length * states / 4096;

    /// <summary>A bound on the states of a pattern: its length times the counts of its repetitions.</summary>
    public static long States(string pattern)
    {
        long states = Math.Max(1, pattern.Length);
        for (int i = 0; i < pattern.Length && states < MaximumStates; i++)
        {
            long count = 0;
            int digits = i;
            while (digits < pattern.Length && char.IsAsciiDigit(pattern[digits]) && count < MaximumStates) count = (count * 10) + (pattern[digits++] - '0');
            if (i > 0 && pattern[i - 1] is '{' or ',') states *= Math.Max(1, count);
            i = Math.Max(i, digits - 1);
        }

        return Math.Min(states, MaximumStates);
    }

    /// <summary>Null when the pattern is wrong or has what a linear-time engine cannot do.</summary>
    public static Regex? TryMake(string pattern, out string problem)
    {
        problem = "";
        if (pattern.Length > MaximumLength)
        {
            problem = $"the regular expression is longer than {MaximumLength} characters";
            return null;
        }

        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException exception)
        {
            problem = $"the regular expression '{pattern}' is wrong: {exception.Message}";
        }
        catch (NotSupportedException)
        {
            problem = $"the regular expression '{pattern}' uses look-around, a back-reference or a repetition that is too large; matching takes linear time and has none of these";
        }

        return null;
    }

    /// <summary>From RE2 to .NET: classes are ASCII, <c>$</c> is the end of the text, groups are named <c>(?P&lt;n&gt;</c>.</summary>
    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        bool inClass = false;
        bool isMultiline = pattern.Contains("(?m", StringComparison.Ordinal);
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                char next = pattern[++i];
                if (next == 'Q')
                {
                    int end = pattern.IndexOf("\\E", i, StringComparison.Ordinal);
                    text.Append(Regex.Escape(pattern[(i + 1)..(end < 0 ? pattern.Length : end)]));
                    i = end < 0 ? pattern.Length : end + 1;
                }
                else if (next is 'p' or 'P' && i + 1 < pattern.Length && pattern[i + 1] != '{')
                {
                    text.Append('\\').Append(next).Append('{').Append(pattern[++i]).Append('}');
                }
                else
                {
                    text.Append((next, inClass) switch
                    {
                        ('d', false) => "[0-9]",
                        ('d', true) => "0-9",
                        ('w', false) => "[0-9A-Za-z_]",
                        ('w', true) => "0-9A-Za-z_",
                        ('s', false) => "[\\t\\n\\f\\r ]",
                        ('s', true) => "\\t\\n\\f\\r ",
                        ('D', false) => "[^0-9]",
                        ('W', false) => "[^0-9A-Za-z_]",
                        ('S', false) => "[^\\t\\n\\f\\r ]",
                        _ => "\\" + next,
                    });
                }
            }
            else if (c == '(' && !inClass && string.CompareOrdinal(pattern, i, "(?P<", 0, 4) == 0)
            {
                text.Append("(?<");
                i += 3;
            }
            else
            {
                bool opensInside = c == '[' && inClass;
                if (c == '[') inClass = true;
                else if (c == ']' && inClass && !(i > 0 && pattern[i - 1] == '[')) inClass = false;
                text.Append(opensInside ? "\\[" : c == '$' && !inClass && !isMultiline ? "\\z" : c.ToString());
            }
        }

        return text.ToString();
    }
}
