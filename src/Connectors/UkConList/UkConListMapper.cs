using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkConList;

/// <summary>Makes one entry of the rows of a party. The list held the targets of asset freezes, and says of none what else is imposed.</summary>
internal static class UkConListMapper
{
    /// <summary>The list had 29 columns, then 36.</summary>
    public static readonly UkListLayout Layout = new(
        Party: UkColumn.Of("Group ID"),
        NameType: UkColumn.Of("Alias Type"),
        AliasStrength: UkColumn.Optional("Alias Quality"),
        NonLatinName: UkColumn.Optional("Name Non-Latin Script"),
        Regime: UkColumn.Of("Regime"),
        PartyType: UkColumn.Of("Group Type"),
        Measures: UkColumn.None,
        OtherInformation: UkColumn.Of("Other Information"),
        Address: UkColumn.Of("Country"),
        Nationalities: UkColumn.Of("Nationality"),
        ListedOn: UkColumn.Of("Listed On"),
        RegistrationNumbers: UkColumn.None,
        ImoNumber: UkColumn.None,
        Flag: UkColumn.None,
        Website: UkColumn.None);

    public static ListEntry Map(UkParty party) => new()
    {
        Id = "ofsi-" + party.Key,
        List = "the UK consolidated list (closed on 28 January 2026)",
        Kind = ListKind.Blocking,
        Type = "uk-conlist",
        Reference = "Group ID " + party.Key,
        Url = "https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets",
        PartyType = party.Main.PartyType.Length == 0 ? "party" : party.Main.PartyType.ToLowerInvariant(),
        IsPerson = party.IsPerson,
        Names = party.Names(),
        Programme = party.Regimes,
        Countries = party.Countries(),
        Identifiers = party.Identifiers(),
        ListedAt = UkListFile.Date(party.Main.ListedOn),
        Remarks = party.Main.OtherInformation,
    };
}
