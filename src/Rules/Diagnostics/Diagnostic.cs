using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Rules.Diagnostics;

public enum DiagnosticSeverity { Error, Warning, Note }

/// <summary>A place in a file. Line and column count from 1; columns count UTF-16 units; 0 means unknown.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column);

/// <summary>One thing that is wrong, where, and how to mend it.</summary>
/// <param name="Code">Stable, for example <c>R012</c>. R: rules, C: CEL, P: portfolio, T: routing, G: configuration.</param>
/// <param name="Message">One sentence, without a full stop; ends with "did you mean ...?" or the fix where there is one.</param>
/// <param name="SourceLine">The line's text, or null when it is not at hand.</param>
/// <param name="Length">How many columns the caret line underlines, at least 1.</param>
public sealed record Diagnostic(DiagnosticSeverity Severity, string Code, string Message, SourcePosition Position, string? SourceLine = null, int Length = 1)
{
    /// <summary><c>file:line:col: error CODE: message</c>, then the source line and a caret when the line is known.</summary>
    public string Format()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Position.File}:{Position.Line}:{Position.Column}: {Severity.ToString().ToLowerInvariant()} {Code}: {Message}");
        if (SourceLine is null || Position.Line <= 0) return text.ToString();
        string number = Position.Line.ToString(CultureInfo.InvariantCulture).PadLeft(7);
        text.Append(CultureInfo.InvariantCulture, $"\n{number} | {SourceLine.Replace('\t', ' ')}\n        | ");
        text.Append(' ', Math.Max(0, Position.Column - 1)).Append('^').Append('~', Math.Max(0, Math.Min(Length, Math.Max(1, SourceLine.Length - Position.Column + 1)) - 1));
        return text.ToString();
    }

    public override string ToString() => Format();
}

/// <summary>Collects diagnostics; the caller decides what to do once all are there.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> items = [];

    public bool HasErrors => items.Exists(d => d.Severity == DiagnosticSeverity.Error);

    public void Add(Diagnostic diagnostic) => items.Add(diagnostic);

    public void AddRange(IEnumerable<Diagnostic> diagnostics) => items.AddRange(diagnostics);

    /// <summary>All, by file, line, column, then code.</summary>
    public ImmutableArray<Diagnostic> Sorted() =>
    [
        .. items.OrderBy(d => d.Position.File, StringComparer.Ordinal).ThenBy(d => d.Position.Line).ThenBy(d => d.Position.Column)
            .ThenBy(d => d.Code, StringComparer.Ordinal).ThenBy(d => d.Message, StringComparer.Ordinal),
    ];
}

/// <summary>"Did you mean": the nearest of the known names.</summary>
public static class Suggestion
{
    /// <summary>The known name within an edit distance of a third of its length (at least 1, and not all of it), or null. Ties go to the ordinally first.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in known.Order(StringComparer.Ordinal))
        {
            int longer = Math.Max(name.Length, candidate.Length);
            if (Math.Abs(name.Length - candidate.Length) > Math.Max(1, longer / 3)) continue;
            int distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance && distance <= Math.Max(1, longer / 3) && distance < longer)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary><c>; did you mean 'x'?</c>, or "".</summary>
    public static string For(string name, IEnumerable<string> known) => Nearest(name, known) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The nearest name, or, when none is near, all there are: <c>; known are a, b</c>.</summary>
    public static string OrAll(string name, IEnumerable<string> known)
    {
        string[] all = [.. known.Order(StringComparer.Ordinal)];
        return For(name, all) is { Length: > 0 } near ? near : all.Length == 0 ? "" : $"; known are {string.Join(", ", all)}";
    }

    /// <summary>Edit distance with adjacent transpositions (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[3][];
        for (int i = 0; i < 3; i++) rows[i] = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) rows[0][j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = rows[i % 3], previous = rows[(i - 1) % 3], beforePrevious = rows[(i + 1) % 3];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }
        }

        return rows[a.Length % 3][b.Length];
    }
}
