namespace Risk.Connectors.UkSanctions;

/// <summary>One row: one name, address and birth date of a party, in the list's own columns. The party's rows share <c>Unique ID</c>.</summary>
internal sealed record UkSanctionsRow(
    string UniqueId, string Name6, string OtherNames, string NameType, string AliasStrength, string NonLatinName, string Regime, string DesignationType, string SanctionsImposed,
    string OtherInformation, string AddressCountry, string Nationalities, string DateDesignated, string RegistrationNumbers, string ImoNumber, string Flag);

/// <summary>One party: all its rows, in the file's order.</summary>
internal sealed record UkSanctionsRecord(string UniqueId, IReadOnlyList<UkSanctionsRow> Rows);
