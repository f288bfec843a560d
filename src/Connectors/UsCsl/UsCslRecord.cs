namespace Risk.Connectors.UsCsl;

/// <summary>One row, in the file's own columns; lists inside a cell are joined with <c>; </c>.</summary>
internal sealed record UsCslRecord(
    string Source, string Type, string Programs, string Name, string AltNames, string Addresses, string Nationalities, string Citizenships, string StartDate, string EndDate, string FederalRegisterNotice,
    string LicenseRequirement, string SourceListUrl);
