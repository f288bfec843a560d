using System.Globalization;
using System.Text;
using Risk.Rules.Documents;

namespace Risk.Worker.RuleFiles;

/// <summary>Changes the text of silences.yaml where a person would, and leaves everything else as it was, comments included.</summary>
internal static class SilenceFileText
{
    private const string NewFile = "# yaml-language-server: $schema=../schemas/silences-1.schema.json\nschema: silences/1\nsilences:\n";
    private const string ListKey = "silences:";

    /// <summary>The file with one silence more at its end; null when its list is not written line by line at the end of the file, so that there is no safe place.</summary>
    /// <param name="text">The file, or null when there is none.</param>
    /// <param name="fields">Keys and values in the order to be written.</param>
    public static string? Add(string? text, Document? document, IEnumerable<(string Key, IReadOnlyList<string> Values)> fields)
    {
        string before = text ?? NewFile;
        int indent = 2;
        if (text is not null)
        {
            if (document?.Root?.Entries is not [.., { Key.Text: "silences" } last]) return null;
            if (last.Value is SequenceNode { Items: [.., MappingNode item] } && document.Line(item.Position.Line) is { } line && line.TrimStart().StartsWith("- ", StringComparison.Ordinal)) indent = line.Length - line.TrimStart().Length;
            else if (last.Value is SequenceNode { Items: [] } or ScalarNode { IsNull: true }) before = WithoutEmptyList(before);
            else return null;
        }

        var result = new StringBuilder(before.TrimEnd()).Append('\n');
        string lead = new string(' ', indent) + "- ";
        foreach ((string key, IReadOnlyList<string> values) in fields)
        {
            result.Append(lead).Append(key).Append(": ").Append(values is [var one] && key != "matchers" ? Quoted(one) : $"[{string.Join(", ", values.Select(Quoted))}]").Append('\n');
            lead = new string(' ', indent + 2);
        }

        return result.ToString();
    }

    /// <summary>The file with the value of one place replaced.</summary>
    /// <param name="value">A plain or quoted scalar on one line.</param>
    public static string? Replace(string text, ScalarNode value, string by)
    {
        string[] lines = text.Split('\n');
        int line = value.Position.Line - 1, start = value.Position.Column - 1;
        if (line >= lines.Length || start > lines[line].Length) return null;
        string written = value.IsQuoted ? lines[line].Substring(start, Math.Min(lines[line].Length - start, value.Text.Length + 2)) : value.Text;
        if (!lines[line].AsSpan(start).StartsWith(written, StringComparison.Ordinal) || !written.Contains(value.Text, StringComparison.Ordinal)) return null;
        lines[line] = string.Concat(lines[line].AsSpan(0, start), by, lines[line].AsSpan(start + written.Length));
        return string.Join('\n', lines);
    }

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string WithoutEmptyList(string text)
    {
        int at = text.LastIndexOf(ListKey, StringComparison.Ordinal) + ListKey.Length;
        return text[..at];
    }

    /// <summary>Plain where YAML and people read it as text, else between single quotes, in which nothing but the quote is special.</summary>
    private static string Quoted(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '@' or ' ' or ':') && !value.Contains(": ", StringComparison.Ordinal) && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1])
            ? value
            : $"'{value.Replace("'", "''", StringComparison.Ordinal).ReplaceLineEndings(" ")}'";
}
