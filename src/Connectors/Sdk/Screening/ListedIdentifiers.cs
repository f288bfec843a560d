using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>Finds the numbers that lists give for their parties: in cells of their own, or behind a label in a sentence.</summary>
internal static partial class ListedIdentifiers
{
    public const string Tax = "tax", Registration = "registration", Bic = "bic", Imo = "imo", Isin = "isin", Cage = "cage";

    /// <summary>Fewer letters and digits are shared by chance, or are no number at all.</summary>
    private const int Shortest = 5;

    private static readonly string[] Groups = [IdentifierScheme.Lei, IdentifierScheme.Duns, Bic, Isin, Imo, IdentifierScheme.Vat, Tax, Registration, IdentifierScheme.Domain];

    /// <summary>The numbers behind the labels that the lists use: <c>Tax ID No. 7707083893 (Russia)</c>, <c>SWIFT/BIC: KDBKKPPY</c>, <c>(Business Reg No):1137711000074</c>.</summary>
    /// <remarks>Numbers behind other labels (passports, accounts, telephones) are passed over.</remarks>
    /// <param name="country">ISO code of the country that counts where none stands behind the number, or "".</param>
    public static IEnumerable<ListedIdentifier> In(string text, string country = "")
    {
        foreach (Match match in Labelled().Matches(text))
        {
            string issuer = match.Groups["country"] is { Success: true } named ? CountryNames.CodeOf(named.Value) : country;
            string scheme = Groups.First(g => match.Groups[g].Success);
            if (Of(scheme, match.Groups[scheme].Value, issuer) is { } identifier) yield return identifier;
        }
    }

    /// <summary>The numbers of a cell of its own: those behind labels, or else each of its parts (<c>;</c>, <c>|</c>).</summary>
    public static IEnumerable<ListedIdentifier> Cell(string scheme, string text, string country = "")
    {
        ListedIdentifier[] labelled = [.. In(text, country)];
        return labelled.Length > 0 ? labelled : text.Split([';', '|'], StringSplitOptions.RemoveEmptyEntries).Select(part => Of(scheme, part, country)).OfType<ListedIdentifier>();
    }

    /// <summary>One number. Where it proves to be of a scheme that portfolios name (LEI, VAT, Companies House), it is given as that. Null when it is none.</summary>
    /// <param name="country">ISO code of who issued it, or "".</param>
    public static ListedIdentifier? Of(string scheme, string text, string country)
    {
        if (scheme == IdentifierScheme.Domain) return Domain(text);
        string value = string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (value.Length < Shortest || (scheme != Bic && !value.Any(char.IsAsciiDigit))) return null;
        if (scheme is Registration or Tax or IdentifierScheme.Lei && LegalEntityIdentifier.Check(value) is { IsValid: true } lei) return new ListedIdentifier(IdentifierScheme.Lei, lei.Value, "");
        if (scheme == Registration && country == "GB" && RegistryNumbers.CheckCompaniesHouse(value) is { IsValid: true } company)
            return new ListedIdentifier(IdentifierScheme.CompaniesHouse, company.Value, country);
        if (scheme is IdentifierScheme.Vat or Tax) return Vat(value, country);
        return scheme == IdentifierScheme.Lei ? new ListedIdentifier(Registration, value, country) : new ListedIdentifier(scheme, value, country);
    }

    /// <summary>With its country in front, as portfolios have it, where its format proves it; else a tax number like others.</summary>
    private static ListedIdentifier Vat(string value, string country)
    {
        string[] spellings = country.Length > 0 ? [value, country + value] : [value];
        foreach (string spelling in spellings)
        {
            if (VatNumber.Check(spelling) is { IsValid: true, Note: "" } vat) return new ListedIdentifier(IdentifierScheme.Vat, vat.Value, country);
        }

        return new ListedIdentifier(Tax, value, country);
    }

    /// <summary>Without the host's usual first label: portfolios name the domain. An address with a path may be on somebody else's.</summary>
    private static ListedIdentifier? Domain(string text)
    {
        string host = text.Trim().TrimEnd('/').ToLowerInvariant();
        if (host.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme) host = host[(scheme + 3)..];
        if (host.StartsWith("www.", StringComparison.Ordinal)) host = host[4..];
        return DomainName.Check(host) is { IsValid: true } domain ? new ListedIdentifier(IdentifierScheme.Domain, domain.Value, "") : null;
    }

    // A number is digits with what stands between and around them; up to four capitals may come before: HRB 96201, CHE-267.936.404, DIB-771110-HQ1.
    private const string Number = @"(?!IMO\b)(?:[A-Z]{1,4}[ .\-]?)?\d[\dA-Z./\-]*";

    // Between label and number: a colon, a hash, a bracket that repeats the abbreviation.
    private const string Gap = @"(?:\s*\([A-Z]{3,4}\))?\s*\)?[:#.]{0,2}\s*";

    [GeneratedRegex(
        @"\b(?:" +
        @"(?i:Legal Entity (?:Identifier|Number)|LEI(?: code)?)" + Gap + @"(?<lei>[A-Z0-9]{18}\d{2})\b|" +
        @"(?i:D-U-N-S|DUNS)(?i: Number| No)?" + Gap + @"(?<duns>[\d\-]{9,13})|" +
        @"(?i:SWIFT ?/ ?BIC|SWIFT(?: code)?|BIC(?: code)?)" + Gap + @"(?<bic>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b|" +
        @"(?i:ISIN)" + Gap + @"(?<isin>[A-Z]{2}[A-Z0-9]{9}\d)\b|" +
        @"IMO\)?(?i: Numbers?| No)?" + Gap + @"(?<imo>\d{7})\b|" +
        @"(?i:V\.?A\.?T\.?)(?i: Number| No| ID| Registration Number)*" + Gap + @"(?<vat>" + Number + @")|" +
        @"(?i:Tax(?:payer)?(?: Identification| Registration)?(?: ID| Code)?(?: Number| No)?|R\.F\.C\.?|RUC|NIT|RIF|RTN|RNC|RUT|C\.?U\.?I\.?T\.?|Fiscal Code|CNPJ|INN|TIN)" + Gap + @"(?<tax>" + Number + @")|" +
        @"(?i:(?:(?:Business|Company|Commercial|Public|State|Trade)\s+)?Reg(?:istration|istry|\.)?\s+(?:Number|No|ID|Document)|C\.R\. No|OGRN|PSRN|(?:UK )?Company (?:Number|No)|" +
        @"Enterprise Number|Legal Entity Number|Unified Social Credit Code|USCC|(?:Chamber of Commerce|Chamber of Comm\.) (?:Number|No)|Trade License No|Folio Mercantil No|Matricula Mercantil(?: No)?|" +
        @"Central Registration System Number|Economic Register Number|Government Gazette Number|Business Number|National ID No|Identification Number)" + Gap + @"(?<registration>" + Number + @")|" +
        @"(?i:Website)" + Gap + @"(?i:https?://)?(?<domain>(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,})/?(?=[\s;,.)]|$)" +
        @")(?:\s*\((?<country>[A-Z][^()]{2,40})\)(?!:))?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Labelled();
}
