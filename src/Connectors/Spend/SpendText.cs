using System.Globalization;
using System.Text.RegularExpressions;

namespace Risk.Connectors.Spend;

/// <summary>Reads the dates, amounts and names that ledgers hold.</summary>
internal static partial class SpendText
{
    private static readonly string[] PlainDates =
    [
        "yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "d-MMM-yy", "d-MMM-yyyy", "d MMM yyyy", "d MMM yy", "d MMMM yyyy", "d/MMM/yyyy", "MMM d, yyyy", "MMMM d, yyyy",
    ];

    private static readonly string[] DayFirst = ["d/M/yyyy", "d/M/yy", "d-M-yyyy", "d-M-yy", "d.M.yyyy", "d.M.yy"];
    private static readonly string[] MonthFirst = ["M/d/yyyy", "M/d/yy", "M-d-yyyy", "M-d-yy", "M.d.yyyy", "M.d.yy"];

    /// <summary>Whether a column of dates names the month first; null when its dates contradict each other. Days come first where nothing decides.</summary>
    public static bool? IsMonthFirst(IEnumerable<string> dates)
    {
        bool dayFirst = false, monthFirst = false;
        foreach (string date in dates)
        {
            if (Numbers().Match(date.Trim()) is not { Success: true } match) continue;
            dayFirst |= int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) > 12;
            monthFirst |= int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) > 12;
        }

        return dayFirst && monthFirst ? null : monthFirst;
    }

    public static bool TryDate(string text, bool monthFirst, out DateOnly date)
    {
        string day = TimeOfDay().Replace(text.Trim(), "");
        return DateOnly.TryParseExact(day, PlainDates, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out date)
            || DateOnly.TryParseExact(day, monthFirst ? MonthFirst : DayFirst, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary><c>£1,140.00</c>, <c>(5,000.00)</c>, <c>-440,000.00</c>, <c>1.234,56 EUR</c>, <c>120.00-</c>. The sign of a currency is that currency.</summary>
    public static bool TryAmount(string text, out decimal amount, out string currency)
    {
        amount = 0;
        currency = "";
        string rest = text.Trim();
        foreach ((string sign, string code) in Signs)
        {
            if (!rest.Contains(sign, StringComparison.OrdinalIgnoreCase)) continue;
            currency = code;
            rest = rest.Replace(sign, "", StringComparison.OrdinalIgnoreCase);
            break;
        }

        rest = Blanks().Replace(rest, "");
        bool negative = rest.Contains('-', StringComparison.Ordinal) || (rest.StartsWith('(') && rest.EndsWith(')'));
        rest = rest.Trim('(', ')', '-', '+', '−');
        // The last separator is the decimal one, unless it stands more than once or splits off exactly three digits, as thousands do.
        int comma = rest.LastIndexOf(','), point = rest.LastIndexOf('.');
        bool decimalComma = comma > point && (point >= 0 || (rest.IndexOf(',', StringComparison.Ordinal) == comma && rest.Length - comma != 4));
        rest = decimalComma ? rest.Replace(".", "", StringComparison.Ordinal).Replace(',', '.') : rest.Replace(",", "", StringComparison.Ordinal);
        if (!decimal.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount)) return false;
        if (negative) amount = -amount;
        return true;
    }

    /// <summary>The currency that a column's title names: <c>Amount (£)</c>, <c>amount_eur</c>; or "".</summary>
    public static string CurrencyOf(string title) =>
        Signs.FirstOrDefault(s => s.Sign.Length == 1 ? title.Contains(s.Sign, StringComparison.Ordinal) : Code().Matches(title).Any(m => m.Value.Equals(s.Sign, StringComparison.OrdinalIgnoreCase))).Code ?? "";

    /// <summary>A sum under the rows, and no payee.</summary>
    public static bool IsTotal(string payee) => Total().IsMatch(payee);

    /// <summary>The publisher's words for a person whose name is withheld. REDACTIVE PUBLISHING LIMITED is a company.</summary>
    public static bool IsRedacted(string payee) => Redacted().IsMatch(payee);

    private static readonly (string Sign, string Code)[] Signs =
    [
        ("GBP", "GBP"), ("EUR", "EUR"), ("USD", "USD"), ("CHF", "CHF"), ("PLN", "PLN"), ("SEK", "SEK"), ("NOK", "NOK"), ("DKK", "DKK"), ("CZK", "CZK"), ("JPY", "JPY"), ("CAD", "CAD"), ("AUD", "AUD"),
        ("£", "GBP"), ("€", "EUR"), ("US$", "USD"), ("$", "USD"),
    ];

    [GeneratedRegex(@"\A(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?Z?( ?[AP]M)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"[\s\u00A0']")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex Code();

    [GeneratedRegex(@"\A\W*(grand|sub|report|sum)?[\s-]*totals?(\W*\z|\W+(for|of|spend|amount|payments?|expenditure|value|gbp|eur|usd)\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Total();

    [GeneratedRegex(@"\Aredacted\b|\bredacted (personal )?(data|information|name)|\bprivate individual|\bpersonal data\b|\Aname withheld|\bindividuals? \(redacted", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Redacted();
}
