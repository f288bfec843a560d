using System.Collections.Immutable;
using System.Globalization;
using Risk.Connectors.Sdk.Screening;

namespace Risk.Connectors.EuFsf;

/// <summary>Every party of this list has its funds frozen; sectoral measures are in another annex and not in the file.</summary>
internal static class EuFsfMapper
{
    public static ListEntry Map(EuFsfRecord record) => new()
    {
        Id = "eu-" + record.Key,
        List = "the EU financial sanctions list",
        Kind = ListKind.Blocking,
        Type = "eu-fsf",
        Reference = record.Key,
        Url = "https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
        PartyType = record.SubjectType,
        IsPerson = record.SubjectType == "person",
        Names = Names(record.Names),
        Programme = string.Join(", ", record.Programmes),

        // 00 means unknown.
        Countries = record.Countries.Where(IsCountry).ToImmutableSortedSet(StringComparer.Ordinal),
        Identifiers = [.. record.Numbers.Select(Identifier).OfType<ListedIdentifier>().Concat(ListedIdentifiers.In(record.Remark)).Distinct()],
        ListedAt = DateTimeOffset.TryParseExact(record.DesignationDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null,
        Remarks = record.Remark,
    };

    private static bool IsCountry(string code) => code.Length == 2 && code.All(char.IsAsciiLetterUpper);

    private static ListedIdentifier? Identifier(EuFsfNumber number)
    {
        string scheme = number.TypeCode switch
        {
            "regnumber" => ListedIdentifiers.Registration,
            "fiscalcode" => ListedIdentifiers.Tax,
            "swiftbic" => ListedIdentifiers.Bic,
            "imo" => ListedIdentifiers.Imo,
            _ => "",
        };
        return scheme.Length == 0 ? null : ListedIdentifiers.Of(scheme, number.Number, IsCountry(number.CountryIso2Code) ? number.CountryIso2Code : "");
    }

    /// <summary>No name is marked as the main one: the first strong one that is in no particular language, or English, is shown.</summary>
    private static ImmutableArray<ListedName> Names(ImmutableArray<EuFsfName> names)
    {
        EuFsfName main = names.FirstOrDefault(n => n.Strong && n.NameLanguage is ("" or "EN")) ?? names.FirstOrDefault(n => n.Strong) ?? names[0];
        return
        [
            new ListedName(main.WholeName, main.Strong ? NameStrength.Primary : NameStrength.Weak),
            .. names.Where(n => n.WholeName != main.WholeName).Select(n => new ListedName(n.WholeName, n.Strong ? NameStrength.Alias : NameStrength.Weak)).Distinct(),
        ];
    }
}
