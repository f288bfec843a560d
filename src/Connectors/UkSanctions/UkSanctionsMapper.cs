using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkSanctions;

/// <summary>Makes one entry of the rows of a party.</summary>
internal static class UkSanctionsMapper
{
    /// <summary>Columns have been renamed before; those that only add to the evidence may go.</summary>
    public static readonly UkListLayout Layout = new(
        Known: RecordFormat.OfColumns("""
            Last Updated
            Unique ID
            OFSI Group ID
            UN Reference Number
            Name 6
            Name 1
            Name 2
            Name 3
            Name 4
            Name 5
            Name type
            Alias strength
            Title
            Name non-latin script
            Non-latin script type
            Non-latin script language
            Regime Name
            Designation Type optional
            Individual, Entity, Ship optional
            Designation source
            Sanctions Imposed
            Other Information
            UK Statement of Reasons
            Address Line 1
            Address Line 2
            Address Line 3
            Address Line 4
            Address Line 5
            Address Line 6
            Address Postal Code
            Address Country
            Phone number
            Website
            Email address
            Date Designated
            D.O.B
            Nationality(/ies) optional
            Nationality optional
            National Identifier number
            National Identifier additional information
            Passport number
            Passport additional information
            Position
            Gender
            Town of birth
            Country of birth
            Type of entity
            Subsidiaries
            Parent company
            Business registration number (s) optional
            Business registration numbers optional
            IMO number
            Current owner/operator (s)
            Previous owner/operator (s)
            Current believed flag of ship
            Previous flags
            Type of ship
            Tonnage of ship
            Length of ship
            Year Built
            Hull identification number (HIN)
            """),
        Party: UkColumn.Of("Unique ID"),
        NameType: UkColumn.Of("Name type"),
        AliasStrength: UkColumn.Of("Alias strength"),
        NonLatinName: UkColumn.Of("Name non-latin script"),
        Regime: UkColumn.Of("Regime Name"),
        PartyType: UkColumn.Of("Designation Type", "Individual, Entity, Ship"),
        Measures: UkColumn.Of("Sanctions Imposed"),
        OtherInformation: UkColumn.Optional("Other Information"),
        Address: UkColumn.Of("Address Country"),
        Nationalities: UkColumn.Of("Nationality(/ies)", "Nationality"),
        ListedOn: UkColumn.Of("Date Designated"),
        RegistrationNumbers: UkColumn.Optional("Business registration number (s)", "Business registration numbers"),
        ImoNumber: UkColumn.Optional("IMO number"),
        Flag: UkColumn.Optional("Current believed flag of ship"),
        Website: UkColumn.Optional("Website"));

    public static ListEntry Map(UkParty party)
    {
        ListKind kind = Kind(party);
        UkRow main = party.Main;
        return new ListEntry
        {
            Id = "uk-" + party.Key,
            List = kind == ListKind.Blocking ? "the UK sanctions list" : "the UK sanctions list (not blocked, some dealings forbidden)",
            Kind = kind,
            Type = "uk-sanctions",
            Reference = "Unique ID " + party.Key,
            Url = "https://www.gov.uk/government/publications/the-uk-sanctions-list",
            PartyType = main.PartyType.Length == 0 ? "party" : main.PartyType.ToLowerInvariant(),
            IsPerson = party.IsPerson,
            Names = party.Names(),
            Programme = party.Regimes,
            Countries = party.Countries(),
            Identifiers = party.Identifiers(),
            ListedAt = UkListFile.Date(main.ListedOn),
            Remarks = string.Join("; ", new[] { main.Measures, main.ImoNumber, main.RegistrationNumbers, main.OtherInformation }.Where(t => t.Length > 0)),
        };
    }

    /// <summary>The list says what is imposed. Ships, and parties under trade or transport measures only, are not frozen; where it says nothing, the worst is assumed.</summary>
    private static ListKind Kind(UkParty party)
    {
        string[] imposed = [.. party.Rows.Select(r => r.Measures).Where(s => s.Length > 0)];
        return imposed.Length == 0 || imposed.Any(s => s.Contains("Asset freeze", StringComparison.OrdinalIgnoreCase)) ? ListKind.Blocking : ListKind.Restricting;
    }
}
