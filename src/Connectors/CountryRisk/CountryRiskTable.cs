using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.CountryRisk;

/// <summary>A table that somebody saved from a spreadsheet: lines of titles before the header, any of three separators.</summary>
internal sealed partial class CountryRiskTable : IDisposable
{
    private const int LinesBeforeHeader = 10;

    private readonly CsvRecords rows;

    private CountryRiskTable(CsvRecords rows, ImmutableArray<string> header, string name)
    {
        this.rows = rows;
        Header = header;
        Name = name;
    }

    /// <summary>The file, for messages: <c>sources/country-risk/cpi.csv</c>.</summary>
    public string Name { get; }

    /// <summary>The columns' titles, trimmed.</summary>
    public ImmutableArray<string> Header { get; }

    /// <summary>The first row of the file that looks like a header of a table about countries; null where there is none.</summary>
    /// <exception cref="SourceFailureException">Malformed.</exception>
    public static CountryRiskTable? Open(byte[] file, string name)
    {
        foreach (char separator in (ReadOnlySpan<char>)[',', ';', '\t'])
        {
            var rows = new CsvRecords(new MemoryStream(file), new CsvFormat { Separator = separator, HasHeader = false }, name);
            for (int line = 0; line < LinesBeforeHeader && rows.Read(); line++)
            {
                ImmutableArray<string> titles = [.. Enumerable.Range(0, rows.Count).Select(i => Spaces().Replace(rows.Text(i), " ").Trim())];
                if (titles.Length > 1 && titles.Any(t => Country().IsMatch(t))) return new CountryRiskTable(rows, titles, name);
            }

            rows.Dispose();
        }

        return null;
    }

    /// <summary>Index of the first column with one of the titles, in any case; -1 where there is none.</summary>
    public int IndexOf(params ReadOnlySpan<string> titles)
    {
        foreach (string title in titles)
        {
            for (int i = 0; i < Header.Length; i++)
            {
                if (Header[i].Equals(title, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }

        return -1;
    }

    /// <summary>Columns whose title names a year.</summary>
    /// <param name="pattern">With a group <c>year</c>.</param>
    public ImmutableArray<(int Column, int Year)> Years(Regex pattern) =>
        [.. Header.Select((title, i) => (i, pattern.Match(title) is { Success: true } match ? int.Parse(match.Groups["year"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0)).Where(y => y.Item2 > 0)];

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Read() => rows.Read();

    /// <summary>"" where the row is too short, or the column -1.</summary>
    public string Text(int column) => column < 0 ? "" : rows.Text(column).Trim();

    public void Dispose() => rows.Dispose();

    [GeneratedRegex(@"^(?:country|jurisdiction|economy)(?: ?/ ?territory| name| code| \((?:name|code)\))?$|^code$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Country();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
