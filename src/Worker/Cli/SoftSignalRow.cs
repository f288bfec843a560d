using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.SoftSignals;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Cli;

/// <summary>An observation as it is typed, in options or in a row of a file.</summary>
internal sealed record SoftSignalRow(string Supplier, string Kind, string On, string By, string Note, string Evidence, string Severity, string Until)
{
    public const int LongestName = 80;

    private const int LongestNote = 400, LongestEvidence = 500;

    private const long LargestFile = 16 * 1024 * 1024;

    public static readonly string[] Columns = ["supplier", "kind", "on", "by", "note", "evidence", "severity", "until"];

    /// <summary>Null with the option or column that is wrong, and why.</summary>
    public SoftSignalsRecord? Read(DateTimeOffset now, out string column, out string problem)
    {
        (column, problem) = ("supplier", "--supplier: name one");
        if (Supplier.Length == 0) return null;
        column = "kind";
        if (SoftSignalKind.Find(Kind) is not { } kind)
        {
            problem = $"--kind: there is no kind '{Kind}' ('risk signals kinds' lists them, and 'other' takes anything){Suggestion.For(Kind, SoftSignalKind.All.Select(k => k.Name))}";
            return null;
        }

        (column, problem) = ("by", "--by: say who observed it: a name or a mail address, without a colon");
        string by = PlainText.Line(By, LongestName), note = PlainText.Line(Note, LongestNote);
        if (by.Length == 0 || by.Contains(": ", StringComparison.Ordinal)) return null;
        (column, problem) = ("note", "--note: 'other' needs a note that says what was observed");
        if (kind.Name == "other" && note.Length == 0) return null;
        (column, problem) = ("on", $"--on: '{On}' is no instant of the past; write it as 2026-03-31 or 2026-03-31T06:00:00Z");
        DateTimeOffset at = now;
        if (On.Length > 0 && (!DocumentReading.TryInstant(On, out at, out _) || at > now)) return null;
        (column, problem) = ("severity", $"--severity: '{Severity}' is no whole number from 1 to 5");
        int severity = kind.Severity;
        if (Severity.Length > 0 && !(int.TryParse(Severity, NumberStyles.None, CultureInfo.InvariantCulture, out severity) && severity is >= 1 and <= 5)) return null;
        (column, problem) = ("until", $"--until: '{Until}' is no instant behind the observation, and not how long it counts; write it as 2026-12-31 or 90d");
        DateTimeOffset until = at.AddDays(kind.Days);
        if (Until.Length > 0)
        {
            if (DocumentReading.TryDuration(Until, out TimeSpan span)) until = at + span;
            else if (DocumentReading.TryInstant(Until, out DateTimeOffset from, out DateTimeOffset after)) until = after > from ? after.AddSeconds(-1) : from;
            else return null;
        }

        if (until <= at) return null;
        (column, problem) = ("evidence", "--evidence: is no http address and no path within the workspace");
        string evidence = PlainText.Line(Evidence, LongestEvidence);
        if (!IsAddress(evidence)) return null;
        return new SoftSignalsRecord(Supplier, kind, at, by, note, evidence, severity, until);
    }

    /// <summary>Every row of a file that is right; the others are errors with their place.</summary>
    /// <exception cref="CommandFailure">The file cannot be read.</exception>
    public static IReadOnlyList<(SoftSignalsRecord Record, SourcePosition At)> ReadFile(string file, DateTimeOffset now, DiagnosticBag diagnostics)
    {
        var rows = new List<(SoftSignalsRecord, SourcePosition)>();
        try
        {
            using FileStream stream = File.OpenRead(file);
            if (stream.Length > LargestFile) throw new CommandFailure(ExitCode.Usage, $"{file}: is larger than 16 MB");
            using var csv = new CsvRecords(stream, CsvFormat.ForPeople(stream), file);
            string[] absent = [.. Columns.Where(c => c is "supplier" or "kind" or "by" && csv.IndexOf(c) < 0)];
            if (absent.Length > 0) throw new CommandFailure(ExitCode.Usage, $"{file}:1:1: error P041: there is no column {absent[0]}; the first row names the columns {string.Join(", ", Columns)}");
            while (csv.Read())
            {
                string[] cells = [.. Columns.Select(c => csv[c].Trim().ToString())];
                var row = new SoftSignalRow(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]);
                if (row.Read(now, out string column, out string problem) is { } record) rows.Add((record, new SourcePosition(file, csv.Line, csv.ColumnOf(csv.IndexOf("supplier")))));
                else diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "P042", problem.TrimStart('-'), new SourcePosition(file, csv.Line, Math.Max(1, csv.ColumnOf(csv.IndexOf(column))))));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{file}: cannot be read: {e.Message}");
        }
        catch (SourceFailureException e)
        {
            throw new CommandFailure(ExitCode.Usage, e.Message);
        }

        return rows;
    }

    private static bool IsAddress(string text)
    {
        if (text.Length == 0) return true;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && text.Contains(':', StringComparison.Ordinal)) return url.Scheme is "http" or "https";
        return !Path.IsPathRooted(text) && !text.Split('/', '\\').Contains("..");
    }
}
