using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.UflpaEntityList;

/// <summary>Reads the tables of the page: a row for each entity with its name and the date from which the presumption holds.</summary>
internal sealed partial class UflpaEntityListPage(FetchAudit audit)
{
    private readonly List<UflpaEntityListRecord> records = [];

    public IReadOnlyList<UflpaEntityListRecord> Records => records;

    /// <exception cref="SourceFailureException">Malformed or Truncated, with the message completing a sentence that begins with the page's name.</exception>
    public long Read(Snapshot snapshot)
    {
        string page = HtmlText.Decode(File.ReadAllBytes(snapshot.File));
        var rows = new ListRows(audit, "entities");
        int from = 0;
        string section = "";
        foreach (Match table in Table().Matches(page))
        {
            // The heading, or the caption, that stands nearest before or in the table.
            if (Section().Matches(page[from..(table.Index + Math.Min(table.Length, 2000))]).LastOrDefault() is { } named) section = named.Value;
            from = table.Index + table.Length;
            foreach (Match row in Row().Matches(table.Value))
            {
                string[] cells = [.. Cell().Matches(row.Value).Select(c => HtmlText.Plain(c.Groups["text"].Value))];

                // A row of titles has other cells; an empty one separates.
                if (cells.Length < 2 || cells.All(c => c.Length == 0)) continue;
                var record = new UflpaEntityListRecord(cells[0], cells[1], section);
                string? problem = record.Name.Length == 0 ? "no name" : UflpaEntityListMapper.Date(record.EffectiveDate) is null ? "no effective date" : null;
                rows.Add(string.Create(CultureInfo.InvariantCulture, $"row {rows.Count + 1}"), problem);
                if (problem is null) records.Add(record);
            }
        }

        return rows.Whole();
    }

    [GeneratedRegex("<table[^>]*>.*?</table>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex Table();

    [GeneratedRegex("<tr[^>]*>.*?</tr>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex Row();

    [GeneratedRegex("<td[^>]*>(?<text>.*?)</td>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex Cell();

    [GeneratedRegex(@"2\(d\)\(2\)\(B\)\([iv]+\)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Section();
}
