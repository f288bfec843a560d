namespace Risk.Connectors.BisDpl;

/// <summary>One row: one address of a denied person, in the file's own columns.</summary>
internal sealed record BisDplRow(
    string Name, string Street, string City, string State, string Country, string PostalCode, string EffectiveDate, string ExpirationDate, string StandardOrder, string Action, string FrCitation);

/// <summary>One order against one person: the rows of equal name and effective date, in the file's order.</summary>
internal sealed record BisDplRecord(string Name, string EffectiveDate, IReadOnlyList<BisDplRow> Rows);
