namespace Risk.Rules.RuleTesting;

/// <summary>Shortens two texts to where they differ.</summary>
public static class TextDifference
{
    /// <summary>How much of what is equal stays on either side of the difference.</summary>
    private const int Context = 16;

    /// <summary>Both texts without what they share at their beginning and end, as far as that is longer than a glance; <c>…</c> stands for what was left out.</summary>
    public static (string Expected, string Actual) Of(string expected, string actual)
    {
        int start = 0, end = 0, shorter = Math.Min(expected.Length, actual.Length);
        while (start < shorter && expected[start] == actual[start]) start++;
        while (end < shorter - start && expected[^(end + 1)] == actual[^(end + 1)]) end++;

        // Never between the two halves of one character.
        if (start > 0 && start < expected.Length && char.IsLowSurrogate(expected[start])) start--;
        if (end > 0 && char.IsLowSurrogate(expected[^end])) end--;
        int from = start > Context + 1 ? start - Context : 0, until = end > Context + 1 ? end - Context : 0;
        return (Cut(expected, from, until), Cut(actual, from, until));
    }

    private static string Cut(string text, int from, int until) => $"{(from > 0 ? "…" : "")}{text[from..^until]}{(until > 0 ? "…" : "")}";
}
