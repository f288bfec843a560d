using System.Collections.Frozen;

namespace Risk.Rules.Suppliers;

/// <summary>Numbers that registers give out and that carry no public check digit: CIK, D-U-N-S, Companies House, ticker symbols.</summary>
public static class RegistryNumbers
{
    /// <summary>
    /// Prefixes of Companies House numbers for England and Wales (none), Scotland, Northern Ireland and the special registers
    /// (https://www.gov.uk/guidance/companies-house-uniform-resource-identifiers-uri-customer-guide).
    /// </summary>
    private static readonly FrozenSet<string> CompaniesHousePrefixes = new[]
    {
        "AC", "BR", "CE", "CS", "ES", "FC", "FE", "GE", "GN", "GS", "IC", "IP", "LP", "NA", "NC", "NF", "NI", "NL", "NO", "NP", "NR", "NV", "NZ", "OC", "OE", "PC", "R0", "RC", "RS", "SA", "SC",
        "SE", "SF", "SG", "SI", "SL", "SO", "SP", "SR", "SZ", "ZC",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>SEC central index key: up to ten digits, stored with leading zeros.</summary>
    public static IdentifierCheck CheckCik(string text)
    {
        string cik = IdentifierChecks.Compact(text);
        if (cik.StartsWith("CIK", StringComparison.Ordinal)) cik = cik[3..];
        if (!IdentifierChecks.IsDigits(cik) || cik.Length > 10 || cik.AsSpan().IndexOfAnyExcept('0') < 0)
            return IdentifierCheck.Wrong($"CIK '{text}' is not a number of at most ten digits; look it up at www.sec.gov/search-filings");
        return IdentifierCheck.Valid(cik.PadLeft(10, '0'));
    }

    /// <summary>D-U-N-S: nine digits; the check digit was given up in 2006.</summary>
    public static IdentifierCheck CheckDuns(string text)
    {
        string duns = IdentifierChecks.Compact(text);
        return IdentifierChecks.IsDigits(duns) && duns.Length == 9
            ? IdentifierCheck.Valid(duns)
            : IdentifierCheck.Wrong($"D-U-N-S '{text}' does not have nine digits; if a spreadsheet dropped leading zeros, put them back");
    }

    /// <summary>Twelve letters and digits without the letters I and O, the first no zero (GSA, "Unique Entity ID Standard"; how its check digit is reckoned is not published).</summary>
    public static IdentifierCheck CheckUei(string text)
    {
        string uei = IdentifierChecks.Compact(text);
        return uei.Length == 12 && uei[0] != '0' && uei.All(c => char.IsAsciiDigit(c) || (char.IsAsciiLetterUpper(c) && c is not ('I' or 'O')))
            ? IdentifierCheck.Valid(uei)
            : IdentifierCheck.Wrong($"UEI '{text}' does not have twelve letters and digits; it has no letters I and O and does not begin with zero");
    }

    /// <summary>Eight characters: digits, or a register's prefix and digits (some old registers end in R).</summary>
    public static IdentifierCheck CheckCompaniesHouse(string text)
    {
        string number = IdentifierChecks.Compact(text);
        if (IdentifierChecks.IsDigits(number))
        {
            if (number.Length == 8) return IdentifierCheck.Valid(number);
            if (number.Length < 8 && number.AsSpan().IndexOfAnyExcept('0') >= 0)
            {
                string padded = number.PadLeft(8, '0');
                return IdentifierCheck.Valid(padded, $"Companies House number '{text}' was read as '{padded}': numbers have eight characters, and spreadsheets drop leading zeros");
            }
        }
        else if (number.Length == 8 && CompaniesHousePrefixes.Contains(number[..2]))
        {
            if (IdentifierChecks.IsDigits(number.AsSpan(2)) || (number[^1] == 'R' && IdentifierChecks.IsDigits(number.AsSpan(2, 5)))) return IdentifierCheck.Valid(number);
        }
        else if (number.Length == 8 && char.IsAsciiLetter(number[0]))
        {
            return IdentifierCheck.Wrong(
                $"Companies House number '{text}' begins with '{number[..2]}', which is no register's prefix; look it up at find-and-update.company-information.service.gov.uk");
        }

        return IdentifierCheck.Wrong(
            $"Companies House number '{text}' is not eight characters, digits or a prefix such as SC and six digits; look it up at find-and-update.company-information.service.gov.uk");
    }

    /// <summary>A ticker symbol as EDGAR writes it: up to ten letters, digits, points and hyphens.</summary>
    public static IdentifierCheck CheckTicker(string text)
    {
        string ticker = text.Trim().ToUpperInvariant();
        return ticker.Length is > 0 and <= 10 && ticker.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? IdentifierCheck.Valid(ticker)
            : IdentifierCheck.Wrong($"ticker '{text}' is not a symbol of at most ten letters, digits, points and hyphens; write it as in BRK-B");
    }
}
