namespace Risk.Connectors.EpaEcho;

/// <summary>One facility under one law. Text as it came, "" where there is none.</summary>
/// <param name="Program">air or water.</param>
/// <param name="SignificantStatus">AIRHpvStatus or CWPSNCStatus; null when the answer has no such column.</param>
/// <param name="ViolationStatus">AIRComplStatus, CWPVioStatus or CWPViolStatus; null when the answer has no such column.</param>
/// <param name="QuartersWithViolation">Of the last twelve.</param>
internal sealed record EpaEchoRecord(
    string Program, string Name, string SourceId, string City, string State, string RegistryId, string? SignificantStatus, string? ViolationStatus, string QuartersWithViolation, string LastViolationDate,
    string LastInspectionDate, string LastFormalActionDate, string Penalties)
{
    /// <summary>Whether the answer says how the facility stands.</summary>
    public bool HasStatus => SignificantStatus is not null || ViolationStatus is not null;
}
