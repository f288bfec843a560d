using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.WorldBankDebarred;

/// <summary>Makes an entry of a record. Other names are written into the name, or into the additional information.</summary>
internal static partial class WorldBankDebarredMapper
{
    /// <summary>A record is dropped some day after its last day; until then the date decides.</summary>
    public static bool IsInForce(WorldBankDebarredRecord record, DateTimeOffset at) => Date(record.DebarToDate) is not { } to || to.Year >= 2999 || at < to.AddDays(1);

    public static ListEntry Map(WorldBankDebarredRecord record) => new()
    {
        Id = "wb-" + record.SuppId,
        List = "the World Bank list of debarred firms",
        Kind = ListKind.Debarring,
        Type = "worldbank-debarred",
        Reference = "SUPP_ID " + record.SuppId,
        Url = "https://www.worldbank.org/en/projects-operations/procurement/debarred-firms",
        PartyType = record.SuppTypeCode switch { "F" => "firm", "I" => "individual", _ => "party" },
        IsPerson = record.SuppTypeCode == "I",
        Names = Names(record),
        Programme = record.SuppEligStat == "X-DEBARRED" ? "cross-debarment by another bank" : "",
        Countries = Country(record) is { Length: > 0 } code ? [code] : ImmutableSortedSet<string>.Empty,
        Identifiers =
        [
            .. ListedIdentifiers.In(record.SuppName, Country(record)).Concat(ListedIdentifiers.In(record.AddSuppInfo, Country(record)))
                .Concat(ListedIdentifiers.Cell(IdentifierScheme.Duns, record.DnbId)).Distinct(),
        ],
        ListedAt = Date(record.DebarFromDate),
        Remarks = $"{record.DebarReason}; until {record.DebarToDate}",
    };

    public static DateTimeOffset? Date(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;

    private static string Country(WorldBankDebarredRecord record) => record.Land1.Length == 2 ? record.Land1.ToUpperInvariant() : "";

    private static ImmutableArray<ListedName> Names(WorldBankDebarredRecord record)
    {
        string[] own = OtherNames().Split(Clean(record.SuppName));
        IEnumerable<string> information = OtherNames().Split(Clean(record.AddSuppInfo)).Skip(1);
        string[] names = [.. own.Concat(information).Select(Trim).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0) names = [record.SuppName];
        return
        [
            new ListedName(names[0], NameStrength.Primary), .. names.Skip(1).Select(n => new ListedName(n, NameStrength.Alias)),
            .. names.Select(n => Title().Replace(n, "")).Except(names, StringComparer.Ordinal).Where(n => n.Length > 0).Select(n => new ListedName(n, NameStrength.Alias)),
        ];
    }

    /// <summary>Without footnote numbers and registration numbers.</summary>
    private static string Clean(string text) => Notes().Replace(text, " ");

    private static string Trim(string name) => name.Trim(' ', ',', ';', ':', '(', ')');

    [GeneratedRegex(@"\*\d+|\(?\bReg\. ?No\.?:?[^)]*\)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Notes();

    [GeneratedRegex(
        @",?\s*\(?\b(?:(?:formerly|currently|also|now)\s+(?:known\s+as|operating\s+as|d\.?b\.?a\.?)|formerly|a\.?k\.?a\b\.?|f\.?k\.?a\b\.?|d\.b\.a\.)\s*:?\s*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherNames();

    [GeneratedRegex(@"^(?:mr|mrs|ms|dr)\.\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Title();
}
