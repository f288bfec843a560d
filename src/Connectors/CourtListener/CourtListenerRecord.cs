using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.CourtListener;

/// <summary>One docket of a search, in upstream's words. Of parties, attorneys and judges nothing is read.</summary>
/// <param name="CourtId"><c>nysb</c>: bankruptcy courts end with b.</param>
/// <param name="Number">Without office and judge: <c>16-10992</c>, <c>26-cv-02029</c>.</param>
internal sealed partial record CourtListenerRecord(
    string CaseName, string Court, string CourtId, string Number, int Year, string Chapter, DateOnly FiledOn, DateOnly? TerminatedOn, string SuitNature, string Url)
{
    public bool IsBankruptcyCourt => CourtId.EndsWith('b') && CourtId.Length <= 5;

    /// <summary>Reads a result; the problem says which field is wrong.</summary>
    public static bool TryRead(JsonElement result, out string key, [NotNullWhen(true)] out CourtListenerRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string name = Text(result, "caseName"), court = Text(result, "court_id"), raw = Text(result, "docketNumber"), path = Text(result, "docket_absolute_url");
        Match number = DocketNumber().Match(raw);
        key = $"{court} {raw}";
        if (name.Length == 0) problem = "no caseName";
        else if (court.Length == 0) problem = "no court_id";
        else if (!number.Success) problem = "docketNumber has no year and number";
        else if (!TryDate(Text(result, "dateFiled"), out DateOnly filed)) problem = "dateFiled is no date";
        else
        {
            record = new CourtListenerRecord(
                name, Text(result, "court"), court, number.Value, filed.Year, Text(result, "chapter"), filed, TryDate(Text(result, "dateTerminated"), out DateOnly ended) ? ended : null, Text(result, "suitNature"),
                path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) ? "https://www.courtlistener.com" + path : "https://www.courtlistener.com/");
        }

        return record is not null;
    }

    private static string Text(JsonElement result, string name) => BoundedJson.Text(result, name).Trim();

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text.Length > 10 ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    [GeneratedRegex(@"\d{2,4}-(?:[a-zA-Z]{2}-)?\d{1,6}", RegexOptions.CultureInvariant)]
    private static partial Regex DocketNumber();
}
