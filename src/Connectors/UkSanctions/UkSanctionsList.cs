using System.Collections.Frozen;
using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.UkSanctions;

/// <summary>The file: a line with the report's date, the header, and rows that are put together by party.</summary>
internal sealed class UkSanctionsList(FetchAudit audit)
{
    /// <summary>Share of the rows that may be unreadable.</summary>
    private const double TolerableBroken = 0.01;

    /// <summary>The header must come within so many lines.</summary>
    private const int LinesBeforeHeader = 3;

    // Names in original script are only possible in UTF-8.
    private static readonly CsvFormat Format = new() { HasHeader = false, RequireUtf8 = true };

    private static readonly string[] DateFormats = ["d-MMM-yyyy", "d MMM yyyy", "d MMMM yyyy", "d/M/yyyy", "yyyy-MM-dd"];

    private static readonly string[] Columns =
    [
        "Unique ID", "Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name type", "Alias strength", "Name non-latin script", "Regime Name", "Designation Type", "Sanctions Imposed",
        "Other Information", "Address Country", "Nationality(/ies)", "Date Designated", "Business registration number (s)", "IMO number", "Current believed flag of ship",
    ];

    private readonly Dictionary<string, List<UkSanctionsRow>> parties = new(StringComparer.Ordinal);

    /// <summary>The report's own date; null when the line is missing or reads otherwise.</summary>
    public DateTimeOffset? ReportedAt { get; private set; }

    public IEnumerable<UkSanctionsRecord> Records => parties.Select(p => new UkSanctionsRecord(p.Key, p.Value));

    /// <summary>Reads the file; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format: a column is missing, or too many rows are broken.</exception>
    public long Read(Snapshot part)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        FrozenDictionary<string, int> columns = ReadHeader(csv, part.Part);
        int width = csv.Count;
        long rows = 0, broken = 0;
        while (csv.Read())
        {
            rows++;
            audit.CountRead();
            string? problem = csv.Count == width ? Take(csv, columns) : "another number of columns than the header";
            if (problem is null) continue;
            broken++;
            audit.Reject(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), problem);
        }

        if (broken > rows * TolerableBroken)
            throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"is not in the documented format in {broken} of {rows} rows"));
        return rows;
    }

    private FrozenDictionary<string, int> ReadHeader(CsvRecords csv, string part)
    {
        for (int line = 0; line < LinesBeforeHeader && csv.Read(); line++)
        {
            ReportedAt ??= DateIn(csv);
            var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < csv.Count; i++) names.TryAdd(csv[i].Trim().ToString(), i);
            if (!names.ContainsKey(Columns[0])) continue;
            if (Columns.FirstOrDefault(c => !names.ContainsKey(c)) is { } missing) throw new SourceFailureException(FailureKind.Malformed, $"{part} has no column '{missing}'.");
            return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        }

        throw new SourceFailureException(FailureKind.Malformed, $"{part} has no header with '{Columns[0]}' in its first {LinesBeforeHeader} lines.");
    }

    /// <summary><c>Report Date: 08-Oct-2026</c>, or the date in the second cell.</summary>
    private static DateTimeOffset? DateIn(CsvRecords csv)
    {
        ReadOnlySpan<char> text = csv.Count > 1 && csv[1].Length > 0 ? csv[1] : csv[0][(csv[0].IndexOf(':') + 1)..];
        return Date(text.Trim());
    }

    public static DateTimeOffset? Date(ReadOnlySpan<char> text) =>
        DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;

    /// <summary>Takes one row; gives what is wrong with it, or null.</summary>
    private string? Take(CsvRecords csv, FrozenDictionary<string, int> columns)
    {
        string id = Text("Unique ID");
        if (id.Length == 0) return "no Unique ID";
        string others = string.Join(' ', Columns[2..7].Select(Text).Where(n => n.Length > 0));
        var row = new UkSanctionsRow(
            id, Text("Name 6"), others, Text("Name type"), Text("Alias strength"), Text("Name non-latin script"), Text("Regime Name"), Text("Designation Type"), Text("Sanctions Imposed"),
            Text("Other Information"), Text("Address Country"), Text("Nationality(/ies)"), Text("Date Designated"), Text("Business registration number (s)"), Text("IMO number"),
            Text("Current believed flag of ship"));
        if (row.Name6.Length == 0 && others.Length == 0 && row.NonLatinName.Length == 0) return "no name";
        if (!parties.TryGetValue(id, out List<UkSanctionsRow>? rows)) parties.Add(id, rows = []);
        rows.Add(row);
        return null;

        string Text(string column) => csv[columns[column]].Trim().ToString();
    }
}
