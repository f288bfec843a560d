using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Osha;

/// <summary>Reads the page "Inspection Detail" as people save it.</summary>
internal static partial class OshaInspectionPage
{
    /// <exception cref="SourceFailureException">Malformed: another page.</exception>
    public static OshaRecord Read(Stream stream, string name)
    {
        using var reader = new StreamReader(stream, TextEncodings.Detect(stream));
        string page = reader.ReadToEnd();
        if (Title().Match(page) is not { Success: true } title || OpenDate().Match(page) is not { Success: true } opened || !page.Contains("</html>", StringComparison.OrdinalIgnoreCase)
            || page.Contains('\0', StringComparison.Ordinal))
            throw new SourceFailureException(FailureKind.Malformed, $"{name} is damaged, or no whole page \"Inspection Detail\" of www.osha.gov.");
        Match site = Site().Match(page, opened.Index);
        string[] violations = Cells(page, "Current Violations"), penalties = Cells(page, "Current Penalty"), unabated = Cells(page, "FTA Amount");

        // Whatever brought the inspectors there, an accident was looked into.
        string type = page.Contains("Accident Investigation Summary", StringComparison.OrdinalIgnoreCase) ? "Accident" : HtmlText.Plain(InspectionType().Match(page).Groups["type"].Value);
        string closed = CloseCase().Match(page).Groups["date"].Value;
        return new OshaRecord(
            title.Groups["number"].Value.Split('.')[0], HtmlText.Plain(title.Groups["name"].Value), site.Groups["city"].Value.Trim(), site.Groups["state"].Value, opened.Groups["date"].Value, closed.Length > 0 || !Closed().IsMatch(page) ? closed : "CLOSED",
            type)
        {
            // Serious, Willful, Repeat, Other, Unclass, Total.
            Found = violations.Length < 6 ? OshaViolations.None : new OshaViolations(Number(1), Number(2), Number(0), Number(3) + Number(4), Total(penalties) + Total(unabated)),
        };

        static double Total(string[] cells) => cells.Length < 6 ? 0 : OshaMapper.Dollars(cells[5]);

        int Number(int index) => int.TryParse(violations[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    /// <summary>The cells of the row that begins with the title.</summary>
    private static string[] Cells(string page, string title)
    {
        int start = page.IndexOf($"<td>{title}</td>", StringComparison.OrdinalIgnoreCase);
        if (start < 0) return [];
        int end = page.IndexOf("</tr>", start, StringComparison.OrdinalIgnoreCase);
        return [.. Cell().Matches(page[start..(end < 0 ? page.Length : end)]).Skip(1).Select(c => HtmlText.Plain(c.Groups["text"].Value))];
    }

    [GeneratedRegex(@"Inspection:\s*(?<number>[\d.]+)\s*-\s*(?<name>[^<]+)<", RegexOptions.CultureInvariant)]
    private static partial Regex Title();

    [GeneratedRegex(@"Open Date:\s*(?<date>\d\d/\d\d/\d{4})", RegexOptions.CultureInvariant)]
    private static partial Regex OpenDate();

    [GeneratedRegex(@"Close Case:\s*</td>\s*<td[^>]*>\s*(?<date>\d\d/\d\d/\d{4})", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CloseCase();

    [GeneratedRegex(@"Case Status:\s*CLOSED", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Closed();

    [GeneratedRegex(@"Inspection Type:\s*</td>\s*<td[^>]*>(?<type>[^<]*)<", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex InspectionType();

    [GeneratedRegex(@"<br\s*/?>\s*(?<city>[^<,]+),\s*(?<state>[A-Z]{2})\s+\d{5}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Site();

    [GeneratedRegex("<td[^>]*>(?<text>[^<]*)</td>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Cell();
}
