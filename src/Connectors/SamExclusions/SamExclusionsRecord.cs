namespace Risk.Connectors.SamExclusions;

/// <summary>One exclusion: one agency's action against one party, in the extract's own columns. Addresses but for the country are not kept.</summary>
/// <param name="Country">ISO 3166-1 alpha-3.</param>
internal sealed record SamExclusionsRecord(
    string SamNumber, string Classification, string Name, string First, string Middle, string Last, string Country, string UniqueEntityId, string Cage, string ExclusionProgram, string ExcludingAgency,
    string ExclusionType, string AdditionalComments, string ActiveDate, string TerminationDate, string CrossReference);
