using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Diagnostics;

namespace Risk.Worker.Cli;

/// <summary>Exit codes that scripts rely on.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It ran and found something: failed checks, tests, sources.</summary>
    public const int Found = 1;

    /// <summary>The call or a file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>An outside system failed: the store, SMTP, an upstream.</summary>
    public const int Outside = 3;
}

/// <summary>Where a command writes: results to standard output, everything else to standard error, progress only to a terminal.</summary>
internal sealed class CommandOutput(TextWriter output, TextWriter error, bool isTerminal, bool json)
{
    private static readonly JsonWriterOptions JsonStyle = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private int progressLength;

    public bool Json => json;

    public void Line(string text = "") => output.WriteLine(ControlFree(text));

    public void Error(string text)
    {
        ClearProgress();
        error.WriteLine(text);
    }

    /// <summary>Writes every diagnostic to standard error, then how many there were.</summary>
    public void Diagnostics(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        ClearProgress();
        foreach (Diagnostic diagnostic in diagnostics) error.WriteLine(diagnostic.Format());
        int errors = diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error), warnings = diagnostics.Count(d => d.Severity == DiagnosticSeverity.Warning);
        if (errors + warnings > 0) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count(errors, "error")}, {Count(warnings, "warning")}"));
    }

    /// <summary>Writes one JSON document.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonStyle)) write(writer);
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes one JSON array as its items come, an item a line.</summary>
    public async Task WriteJsonArrayAsync(IAsyncEnumerable<JsonNode> items)
    {
        var style = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };
        string before = "[\n";
        await foreach (JsonNode item in items)
        {
            await output.WriteAsync(before + item.ToJsonString(style));
            before = ",\n";
        }

        await output.WriteLineAsync(before == "[\n" ? "[]" : "\n]");
    }

    /// <summary>Aligned columns; the last one is not padded. Numbers are right-aligned when the header begins with '>'.</summary>
    public void Table(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int columns = headers.Count;
        var widths = new int[columns];
        for (int i = 0; i < columns; i++)
        {
            widths[i] = headers[i].TrimStart('>').Length;
            foreach (IReadOnlyList<string> row in rows) widths[i] = Math.Max(widths[i], row[i].Length);
        }

        Row([.. headers.Select(h => h.TrimStart('>'))]);
        Row([.. widths.Select(w => new string('-', w))]);
        foreach (IReadOnlyList<string> row in rows) Row(row);

        void Row(IReadOnlyList<string> cells)
        {
            var text = new StringBuilder();
            for (int i = 0; i < columns; i++)
            {
                bool right = headers[i].StartsWith('>');
                text.Append(right ? cells[i].PadLeft(widths[i]) : i == columns - 1 ? cells[i] : cells[i].PadRight(widths[i]));
                if (i < columns - 1) text.Append("  ");
            }

            Line(text.ToString().TrimEnd());
        }
    }

    /// <summary>One line that overwrites itself on a terminal; nothing in a pipe.</summary>
    public void Progress(int done, int total, string what)
    {
        if (!isTerminal) return;
        string text = total > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {what}: {done:N0} of {total:N0}") : string.Create(CultureInfo.InvariantCulture, $"  {what}{(done > 0 ? $": {done:N0}" : "")}");
        text = text.Length > 100 ? text[..100] : text;
        error.Write("\r" + text.PadRight(progressLength));
        progressLength = text.Length;
    }

    public void ClearProgress()
    {
        if (progressLength == 0) return;
        error.Write("\r" + new string(' ', progressLength) + "\r");
        progressLength = 0;
    }

    public static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    public static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>Names come from lists and files: no control or direction characters reach the terminal.</summary>
    private static string ControlFree(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text) clean.Append(char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\u200E' or '\u200F' ? ' ' : c);
        return clean.ToString();
    }
}
