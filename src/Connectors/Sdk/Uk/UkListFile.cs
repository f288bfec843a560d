using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.Sdk.Uk;

/// <summary>A file of a list of the United Kingdom: a line with its date, the header, and rows that are put together by party.</summary>
internal sealed class UkListFile(UkListLayout layout, FetchAudit audit)
{
    /// <summary>The header must come within so many lines.</summary>
    private const int LinesBeforeHeader = 3;

    private static readonly CsvFormat Format = new() { HasHeader = false };

    private static readonly UkColumn[] NameColumns = [.. Enumerable.Range(1, 6).Select(i => UkColumn.Of(string.Create(CultureInfo.InvariantCulture, $"Name {i}")))];

    private static readonly string[] DateFormats = ["d-MMM-yyyy", "d MMM yyyy", "d MMMM yyyy", "d/M/yyyy", "yyyy-MM-dd"];

    private readonly Dictionary<string, List<UkRow>> parties = new(StringComparer.Ordinal);

    /// <summary>The file's own date; null when the line is missing or reads otherwise.</summary>
    public DateTimeOffset? DatedAt { get; private set; }

    public IEnumerable<UkParty> Parties => parties.Select(p => new UkParty(p.Key, p.Value));

    /// <summary>Reads the file; gives the number of rows.</summary>
    /// <exception cref="SourceFailureException">Not the documented format: a column is missing, or too many rows are broken.</exception>
    public long Read(Snapshot part)
    {
        using CsvRecords csv = CsvRecords.Open(part.File, Format, part.Part);
        Dictionary<string, int> header = ReadHeader(csv, part.Part);

        // Names in original script are only possible in UTF-8; the files of the years before had none, and were not.
        if (csv.Encoding != Encoding.UTF8 && Index(header, layout.NonLatinName, part.Part) >= 0)
            throw new SourceFailureException(FailureKind.Malformed, $"{part.Part} is not UTF-8 throughout.");
        int width = csv.Count;
        UkRowReader take = RowReader(header, part.Part);
        var rows = new ListRows(audit);
        while (csv.Read())
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"line {csv.Line}"), csv.Count == width ? Take(take(csv)) : "another number of columns than the header");
        long count = rows.Whole();
        layout.Known.Check(header.Keys, count, audit);
        return count;
    }

    public static DateTimeOffset? Date(ReadOnlySpan<char> text) =>
        DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;

    private Dictionary<string, int> ReadHeader(CsvRecords csv, string part)
    {
        for (int line = 0; line < LinesBeforeHeader && csv.Read(); line++)
        {
            DatedAt ??= DateIn(csv);
            var titles = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < csv.Count; i++) titles.TryAdd(csv[i].Trim().ToString(), i);
            if (layout.Party.Titles.Any(titles.ContainsKey)) return titles;
        }

        throw new SourceFailureException(FailureKind.Malformed, $"{part} has no header with '{layout.Party.Titles[0]}' in its first {LinesBeforeHeader} lines.");
    }

    /// <summary><c>Report Date: 08-Oct-2026</c>, or the date in the second cell.</summary>
    private static DateTimeOffset? DateIn(CsvRecords csv)
    {
        ReadOnlySpan<char> text = csv.Count > 1 && csv[1].Length > 0 ? csv[1] : csv[0][(csv[0].IndexOf(':') + 1)..];
        return Date(text.Trim());
    }

    private UkRowReader RowReader(Dictionary<string, int> header, string part)
    {
        UkColumn[] all =
        [
            layout.Party, .. NameColumns, layout.NameType, layout.AliasStrength, layout.NonLatinName, layout.Regime, layout.PartyType, layout.Measures, layout.OtherInformation, layout.Address,
            layout.Nationalities, layout.ListedOn, layout.RegistrationNumbers, layout.ImoNumber, layout.Flag, layout.Website,
        ];
        int[] at = [.. all.Select(c => Index(header, c, part))];
        return csv =>
        {
            string[] cells = [.. at.Select(i => i < 0 ? "" : csv[i].Trim().ToString())];
            return new UkRow(
                cells[0], cells[6], string.Join(' ', cells[1..6].Where(n => n.Length > 0)), cells[7], cells[8], cells[9], cells[10], cells[11], cells[12], cells[13], cells[14], cells[15], cells[16],
                cells[17], cells[18], cells[19], cells[20]);
        };
    }

    /// <exception cref="SourceFailureException">A required column is missing.</exception>
    private static int Index(Dictionary<string, int> header, UkColumn column, string part)
    {
        foreach (string title in column.Titles)
        {
            if (header.TryGetValue(title, out int index)) return index;
        }

        return column.IsRequired ? throw new SourceFailureException(FailureKind.Malformed, $"{part} has no column '{string.Join("' or '", column.Titles)}'.") : -1;
    }

    /// <summary>Takes one row; gives what is wrong with it, or null.</summary>
    private string? Take(UkRow row)
    {
        if (row.Party.Length == 0) return $"no {layout.Party.Titles[0]}";
        if (row.Name6.Length == 0 && row.OtherNames.Length == 0 && row.NonLatinName.Length == 0) return "no name";
        if (!parties.TryGetValue(row.Party, out List<UkRow>? rows)) parties.Add(row.Party, rows = []);
        rows.Add(row);
        return null;
    }

    private delegate UkRow UkRowReader(CsvRecords csv);
}
