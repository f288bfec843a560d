using Risk.Connectors.Sdk.Screening;
using Risk.Connectors.Sdk.Uk;

namespace Risk.Connectors.UkSanctions;

/// <summary>Makes one entry of the rows of a party.</summary>
internal static class UkSanctionsMapper
{
    /// <summary>Columns have been renamed before; those that only add to the evidence may go.</summary>
    public static readonly UkListLayout Layout = new(
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
