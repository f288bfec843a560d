using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.CourtListener;

/// <summary>One docket of a search, in upstream's words. Of parties, attorneys and judges nothing is read.</summary>
/// <param name="CourtId">As the court itself writes it, <c>nysb</c>: bankruptcy courts end with b.</param>
/// <param name="Year">Of the number.</param>
/// <param name="FiledOn">Null: the archive heard of the docket from a feed of its court, which names no day.</param>
/// <param name="Number">Without office and judge: <c>16-10992</c>, <c>26-cv-02029</c>.</param>
internal sealed partial record CourtListenerRecord(
    string CaseName, string Court, string CourtId, string Number, int Year, string Chapter, DateOnly? FiledOn, DateOnly? TerminatedOn, string SuitNature, string Url)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        assignedTo text optional
        assigned_to_id number optional
        attorney array optional
        attorney_id array optional
        caseName text
        case_name_full text optional
        cause text optional
        chapter text|number optional
        court text
        court_citation_string text optional
        court_id text
        dateArgued text optional
        dateFiled text
        dateTerminated text optional
        docketNumber text
        docket_absolute_url text
        docket_id number
        firm array optional
        firm_id array optional
        jurisdictionType text optional
        juryDemand text optional
        meta object optional
        pacer_case_id text|number optional
        party array optional
        party_id array optional
        recap_documents array optional
        referredTo text optional
        referred_to_id number optional
        suitNature text optional
        trustee_str text optional
        """);

    /// <summary>Short names that the archive writes otherwise than the courts themselves do.</summary>
    private static readonly Dictionary<string, string> CourtsOwnNames = new(StringComparer.Ordinal) { ["arb"] = "azb", ["nebraskab"] = "neb" };

    /// <summary>Two digits from here on are of the last century: electronic dockets begin in the eighties.</summary>
    private const int EarliestYear = 80;

    public bool IsBankruptcyCourt => CourtId.EndsWith('b') && CourtId.Length <= 5;

    /// <summary>Reads a result; the problem says which field is wrong.</summary>
    public static bool TryRead(JsonElement result, out string key, [NotNullWhen(true)] out CourtListenerRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string name = Text(result, "caseName"), court = Text(result, "court_id"), raw = Text(result, "docketNumber"), path = Text(result, "docket_absolute_url");
        DateOnly? filed = TryDate(Text(result, "dateFiled"), out DateOnly day) ? day : null;
        Match number = DocketNumber().Match(raw);
        key = $"{court} {raw}";
        if (name.Length == 0) problem = "no caseName";
        else if (court.Length == 0) problem = "no court_id";
        else if (!number.Success) problem = "docketNumber has no year and number";
        else if (filed is null && Text(result, "dateFiled").Length > 0) problem = "dateFiled is no date";
        else
        {
            record = new CourtListenerRecord(
                name, Text(result, "court"), CourtsOwnNames.GetValueOrDefault(court, court), number.Value, YearOf(number.Value), Text(result, "chapter"), filed, TryDate(Text(result, "dateTerminated"), out DateOnly ended) ? ended : null, Text(result, "suitNature"),
                path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) ? "https://www.courtlistener.com" + path : "https://www.courtlistener.com/");
        }

        return record is not null;
    }

    /// <summary>In which the case was opened by its number; a case that came from another court was filed earlier.</summary>
    private static int YearOf(string number)
    {
        int year = int.Parse(number.AsSpan(0, number.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return year switch { < EarliestYear => year + 2000, < 100 => year + 1900, _ => year };
    }

    private static string Text(JsonElement result, string name) => BoundedJson.Text(result, name).Trim();

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text.Length > 10 ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    [GeneratedRegex(@"\d{2,4}-(?:[a-zA-Z]{2}-)?\d{1,6}", RegexOptions.CultureInvariant)]
    private static partial Regex DocketNumber();
}
