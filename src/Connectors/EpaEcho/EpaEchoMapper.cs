using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.EpaEcho;

/// <summary>Makes the event of one facility for one supplier.</summary>
internal static class EpaEchoMapper
{
    private const int Significant = 3, Violation = 2;

    private static readonly string[] NoViolation = ["No", "Unknown", "In Compliance", "Undetermined"];

    /// <summary>A facility is called by its operator and its place: "DUKE ENERGY PROGRESS, LLC - L.V. SUTTON ELECTRIC PLANT".</summary>
    public static NamedFirm FirmOf(EpaEchoRecord record) => new(record.Name, "US", record.Name.IndexOf(" - ", StringComparison.Ordinal) is > 0 and var dash ? record.Name[..dash] : "");

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(EpaEchoRecord record) => record switch
    {
        { SourceId: "" } => "no SourceID",
        { Name: "" } => "no name",
        { SignificantStatus: null, ViolationStatus: null } => "the answer has no column for the compliance status",
        _ => null,
    };

    /// <summary>Severity of what the facility does wrong; 0 for nothing.</summary>
    public static int SeverityOf(EpaEchoRecord record) => IsBad(record.SignificantStatus ?? "") ? Significant : IsBad(record.ViolationStatus ?? "") ? Violation : 0;

    public static EventSignal Map(EpaEchoRecord record, FirmMatch match, DateTimeOffset observedAt)
    {
        bool significant = SeverityOf(record) == Significant;
        string status = significant ? record.SignificantStatus! : record.ViolationStatus!;
        double? penalties = double.TryParse(record.Penalties.Trim('$', ' '), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double dollars) && dollars > 0 ? dollars : null;
        string law = record.Program == "air" ? "Clean Air Act" : "Clean Water Act";
        string fine = penalties is { } amount ? string.Create(CultureInfo.InvariantCulture, $"; penalties ${amount:N0}") : "";
        string title = $"{(significant ? "Significant violation" : "Violation")} of the {law} at {record.Name}, {record.City}, {record.State}: {RecordEvidence.Shorten(status, 120)}{fine}";
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = EpaEchoModule.Id,
            Name = EpaEchoModule.Feed,
            Id = $"epa-{record.Program}-{record.SourceId}",
            Type = record.Program + (significant ? "-significant" : "-violation"),
            Title = match.Title(title),
            Severity = match.Severity(SeverityOf(record)),
            Stage = match.Stage("open"),
            Amount = penalties,
            OccurredAt = RecordDates.Of(record.LastViolationDate, observedAt) ?? RecordDates.Of(record.LastFormalActionDate, observedAt) ?? QuarterOf(observedAt),
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(
                record.RegistryId.Length > 0 ? "https://echo.epa.gov/detailed-facility-report?fid=" + Uri.EscapeDataString(record.RegistryId) : "https://echo.epa.gov/",
                $"{title}; {record.SourceId}; last formal action {(record.LastFormalActionDate.Length > 0 ? record.LastFormalActionDate : "none given")}; {match.How}", observedAt),
        };
    }

    /// <summary>Empty, "No", "No Violation Identified", "Not Applicable", "Unknown" are no violation; whatever else stands there is the agency's word for one.</summary>
    private static bool IsBad(string status) =>
        status.StartsWith("Noncompl", StringComparison.OrdinalIgnoreCase) || (status.Length > 0 && status is not "-" && !NoViolation.Any(good => status.StartsWith(good, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The agency judges by quarters: a state without a date is that of the running one.</summary>
    private static DateTimeOffset QuarterOf(DateTimeOffset at) => new(at.Year, (((at.Month - 1) / 3) * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero);
}
