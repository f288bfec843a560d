using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.SecEdgar;

/// <summary>EDGAR's list of all filings of one day, made during the following night: complete, where the feed holds the last hours only.</summary>
internal static partial class DailyIndex
{
    private const int NameColumns = 62;

    public static Uri Of(DateOnly day) => new(string.Create(
        CultureInfo.InvariantCulture, $"https://www.sec.gov/Archives/edgar/daily-index/{day.Year}/QTR{((day.Month - 1) / 3) + 1}/company.{day:yyyyMMdd}.idx"));

    /// <summary>EDGAR takes no filings at weekends.</summary>
    public static bool IsExpected(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>Reads the rows. Columns are read from the right: names hold anything, also runs of blanks and what looks like a form.</summary>
    /// <exception cref="SourceFailureException">Malformed: no index, one of another day, or more than one row in a hundred that cannot be read (a body that was cut).</exception>
    public static IReadOnlyList<FiledBy> Read(ReadOnlySpan<byte> body, DateOnly day, FetchAudit audit)
    {
        var rows = new List<FiledBy>();
        bool isInTable = false;
        int lines = 0, unreadable = 0;
        foreach (ReadOnlySpan<char> line in Encoding.Latin1.GetString(body).AsSpan().EnumerateLines())
        {
            if (!isInTable)
            {
                isInTable = line.StartsWith("-----");
                continue;
            }

            if (line.Trim().IsEmpty) continue;
            lines++;
            // A row without a form is one of another layout: taken as it is, it would be a filing that nobody looks at.
            if (Row().Match(line.ToString()) is { Success: true } row && Form(row.Groups["before"].ValueSpan) is { Length: > 0 } form && Date(row.Groups["date"].Value) is { } filed
                && CentralIndexKey.Parse(row.Groups["cik"].Value) is { } cik)
            {
                rows.Add(new FiledBy(cik, form, row.Groups["accession"].Value, Dates.Midnight(filed)));
            }
            else
            {
                unreadable++;
                audit.Reject($"daily index of {Dates.Text(day)}", "row that is not in the known form");
            }
        }

        if (!isInTable || rows.Count == 0) throw Malformed(day, "has no rows");
        // Some rows are dated days before: filings that were sent out late. Another day's index has none of this day.
        if (rows.Max(r => r.At) != Dates.Midnight(day)) throw Malformed(day, $"is of another day ({Dates.Text(Dates.Of(rows.Max(r => r.At)))})");
        return unreadable * 100 > lines ? throw Malformed(day, $"has {unreadable} of {lines} rows that cannot be read") : rows;
    }

    /// <summary>What stands between the name's column and the CIK; 12 columns until 2024, 17 since, under the same header.</summary>
    private static string Form(ReadOnlySpan<char> before)
    {
        ReadOnlySpan<char> cell = (before.Length > NameColumns && before[NameColumns - 1] == ' ' ? before[NameColumns..] : before).Trim();
        return (cell.LastIndexOf("  ") is >= 0 and var gap ? cell[(gap + 2)..] : cell).ToString();
    }

    private static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text, ["yyyyMMdd", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;

    private static SourceFailureException Malformed(DateOnly day, string what) => new(FailureKind.Malformed, $"EDGAR's daily index of {Dates.Text(day)} {what}.");

    [GeneratedRegex(@"\A(?<before>.*[^\d])(?<cik>\d{1,10})\s+(?<date>\d{8}|\d{4}-\d{2}-\d{2})\s+edgar/data/\d+/(?<accession>\d{10}-\d{2}-\d{6})\.txt\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
