using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Rules.Diagnostics;
using Risk.Rules.Matching;

namespace Risk.Worker.Screening;

/// <summary>A name to screen, with the id that its result carries.</summary>
internal sealed record QueryRow(string Id, ScreeningQuery Query);

/// <summary>Reads names to screen and listed names from CSV files with a header.</summary>
internal static class ScreeningFiles
{
    private const int LongestId = 200;

    /// <summary>Columns id and query (or name); country and identifiers (several with ';') where they are.</summary>
    public static IReadOnlyList<QueryRow> ReadQueries(string path, DiagnosticBag diagnostics)
    {
        var rows = new List<QueryRow>();
        Read(path, diagnostics, ["id", "query|name"], (records, columns) =>
            rows.Add(new QueryRow(Id(records, columns[0], path, diagnostics), new ScreeningQuery(records.Text(columns[1]), records.Text("country"), Identifiers(records)))));
        return rows;
    }

    /// <summary>Columns entity_id and name; is_alias (0 primary, 1 alias, 2 weak alias), type, country, list and identifiers where they are.</summary>
    public static IReadOnlyList<ListedName> ReadTargets(string path, DiagnosticBag diagnostics)
    {
        var names = new List<ListedName>();
        Read(path, diagnostics, ["entity_id", "name"], (records, columns) =>
        {
            string alias = records.Text("is_alias"), type = records.Text("type");
            bool known = Enum.TryParse(type.Length == 0 ? nameof(PartyKind.Organization) : type, ignoreCase: true, out PartyKind kind) && !char.IsAsciiDigit(type.Length == 0 ? 'o' : type[0]);
            NameStrength? strength = alias switch { "" or "0" => NameStrength.Primary, "1" => NameStrength.Alias, "2" => NameStrength.WeakAlias, _ => null };
            if (!known) Add(diagnostics, "G031", $"'{type}' is no type; write {string.Join(", ", Enum.GetNames<PartyKind>()).ToLowerInvariant()}", At(path, records, "type"));
            if (strength is null) Add(diagnostics, "G031", $"is_alias is 0 (primary), 1 (alias) or 2 (weak alias), not '{alias}'", At(path, records, "is_alias"));
            names.Add(new ListedName(Id(records, columns[0], path, diagnostics), records.Text(columns[1]), strength ?? NameStrength.Primary, kind, records.Text("country"), records.Text("list"), Identifiers(records)));
        });
        return names;
    }

    private static string Id(CsvRecords records, int column, string path, DiagnosticBag diagnostics)
    {
        string id = records.Text(column).Trim();
        if (id.Length is 0 or > LongestId) Add(diagnostics, "G032", id.Length == 0 ? "the id is empty" : $"an id has at most {LongestId} characters", new SourcePosition(path, records.Line, Math.Max(1, records.ColumnOf(column))));
        return id;
    }

    private static string[]? Identifiers(CsvRecords records) => records["identifiers"].IsWhiteSpace() ? null : records.Text("identifiers").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Add(DiagnosticBag diagnostics, string code, string message, SourcePosition position) => diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, code, message, position));

    private static SourcePosition At(string path, CsvRecords records, string column) => new(path, records.Line, Math.Max(1, records.ColumnOf(records.IndexOf(column))));

    private static void Read(string path, DiagnosticBag diagnostics, string[] needed, Action<CsvRecords, int[]> row)
    {
        try
        {
            using var records = new CsvRecords(File.OpenRead(path), new CsvFormat(), path);
            int[] columns = [.. needed.Select(names => names.Split('|').Select(records.IndexOf).FirstOrDefault(i => i >= 0, -1))];
            for (int i = 0; i < columns.Length; i++)
            {
                if (columns[i] < 0) Add(diagnostics, "G030", $"there is no column '{needed[i].Split('|')[0]}'; the first line has: {string.Join(", ", records.Header)}", new SourcePosition(path, 1, 1));
            }

            if (diagnostics.HasErrors) return;
            while (records.Read()) row(records, columns);
        }
        catch (SourceFailureException e)
        {
            Add(diagnostics, "G033", e.Message, new SourcePosition(path, 1, 1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Add(diagnostics, "G033", e.Message, new SourcePosition(path, 1, 1));
        }
    }
}
