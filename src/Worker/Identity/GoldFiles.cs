using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Diagnostics;

namespace Risk.Worker.Identity;

/// <summary>A name as a ledger has it, with the register's names that an audit accepted and turned down for it.</summary>
internal sealed record GoldQuery(string Text, IReadOnlyCollection<string> Accepted, IReadOnlyCollection<string> Rejected);

/// <summary>Reads audited names: a row has a query, the right name (empty or a word for none), and names that were offered and turned down.</summary>
/// <remarks>Columns: <c>query</c>, <c>name</c>, <c>other_1</c> and so on; those of the NHSSpend tables (<c>query_string_n</c>, <c>verif_match</c> or <c>CompanyName</c>, <c>match_0_n</c> ...) are read as they are.</remarks>
internal static class GoldFiles
{
    private static readonly string[] QueryColumns = ["query", "query_string_n"];
    private static readonly string[] NameColumns = ["name", "CompanyName", "verif_match"];

    /// <summary>What the auditors wrote in the place of a name.</summary>
    private static readonly string[] NoName = ["", "no match", "noneinuk", "no resolution"];

    /// <summary>A name that any file accepts for a query is accepted, whatever another file says of it.</summary>
    public static IReadOnlyList<GoldQuery> Read(IReadOnlyList<string> paths, DiagnosticBag diagnostics)
    {
        var accepted = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var rejected = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            try
            {
                using var records = new CsvRecords(File.OpenRead(path), new CsvFormat(), path);
                ReadFile(path, records, accepted, rejected, diagnostics);
            }
            catch (SourceFailureException e)
            {
                Add(diagnostics, e.Message, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Add(diagnostics, e.Message, path);
            }
        }

        return [.. accepted.Select(q => new GoldQuery(q.Key, q.Value, [.. rejected[q.Key].Except(q.Value, StringComparer.OrdinalIgnoreCase)]))];
    }

    private static void ReadFile(string path, CsvRecords records, SortedDictionary<string, HashSet<string>> accepted, Dictionary<string, HashSet<string>> rejected, DiagnosticBag diagnostics)
    {
        int query = QueryColumns.Select(records.IndexOf).FirstOrDefault(i => i >= 0, -1), name = NameColumns.Select(records.IndexOf).FirstOrDefault(i => i >= 0, -1);
        int[] others = [.. records.Header.Select((title, i) => (title, i)).Where(c => c.title.StartsWith("other", StringComparison.Ordinal) || (c.title.StartsWith("match_", StringComparison.Ordinal) && c.title.EndsWith("_n", StringComparison.Ordinal))).Select(c => c.i)];
        if (query < 0 || name < 0)
        {
            Add(diagnostics, $"there is no column '{(query < 0 ? "query" : "name")}'; the first line has: {string.Join(", ", records.Header)}", path);
            return;
        }

        int number = records.IndexOf("CompanyNumber");
        while (records.Read())
        {
            string text = records.Text(query).Trim();
            if (text.Length == 0) continue;
            if (!accepted.TryGetValue(text, out HashSet<string>? right)) accepted.Add(text, right = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
            if (!rejected.TryGetValue(text, out HashSet<string>? wrong)) rejected.Add(text, wrong = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
            string answer = records.Text(name).Trim();
            if (IsName(answer) && (number < 0 || IsName(records.Text(number)))) right.Add(answer);
            foreach (int other in others)
            {
                if (records.Text(other).Trim() is { Length: > 0 } near) wrong.Add(near);
            }
        }
    }

    private static bool IsName(string text) => !NoName.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase) && !text.StartsWith("Named ", StringComparison.Ordinal);

    private static void Add(DiagnosticBag diagnostics, string message, string path) => diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, "G033", message, new SourcePosition(path, 1, 1)));
}
