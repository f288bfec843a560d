using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkConList;

/// <summary>Makes one entry of the rows of a party. The list held the targets of asset freezes, and says of none what else is imposed.</summary>
internal static class UkConListMapper
{
    /// <summary>The list had 29 columns, then 36.</summary>
    public static readonly UkListLayout Layout = new(
        Known: RecordFormat.OfColumns("""
            Name 6
            Name 1
            Name 2
            Name 3
            Name 4
            Name 5
            Title
            Name Non-Latin Script optional
            Non-Latin Script Type optional
            Non-Latin Script Language optional
            DOB
            Town of Birth
            Country of Birth
            Nationality
            Passport Number optional
            Passport Details
            National Identification Number optional
            National Identification Details optional
            NI Number optional
            NI Details optional
            Position
            Address 1
            Address 2
            Address 3
            Address 4
            Address 5
            Address 6
            Post/Zip Code
            Country
            Other Information
            Group Type
            Alias Type
            Alias Quality optional
            Regime
            Listed On
            UK Sanctions List Date Designated optional
            Last Updated
            Group ID
            """),
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
