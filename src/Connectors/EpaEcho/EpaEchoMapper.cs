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

    /// <summary>Words that begin a status which is no open violation.</summary>
    private static readonly string[] NoViolation = ["No ", "Not ", "Unknown", "In Compliance", "Undetermined", "Resolved", "Terminated", "Inactive"];

    /// <summary>Words that begin a status of the high priority column which is grave: what else stands there is a violation like others.</summary>
    private static readonly string[] HighPriority = ["Addressed", "Unaddressed", "High Priority", "HPV", "Yes"];

    /// <summary>A facility is called by its operator and its place: "DUKE ENERGY PROGRESS, LLC - L.V. SUTTON ELECTRIC PLANT".</summary>
    public static NamedFirm FirmOf(EpaEchoRecord record) => new(record.Name, "US", record.Name.IndexOf(" - ", StringComparison.Ordinal) is > 0 and var dash ? record.Name[..dash] : "");

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(EpaEchoRecord record) => record switch
    {
        { SourceId: "" } => "no SourceID",
        { Name: "" } => "no name",
        _ => null,
    };

    /// <summary>Severity of what the facility does wrong; 0 for nothing.</summary>
    public static int SeverityOf(EpaEchoRecord record)
    {
        string gravest = record.SignificantStatus ?? "";
        if (IsBad(gravest) && (record.Program != "air" || HighPriority.Any(word => gravest.StartsWith(word, StringComparison.OrdinalIgnoreCase)))) return Significant;
        return IsBad(gravest) || IsBad(record.ViolationStatus ?? "") ? Violation : 0;
    }

    public static EventSignal Map(EpaEchoRecord record, FirmMatch match, DateTimeOffset observedAt)
    {
        bool significant = SeverityOf(record) == Significant;
        string status = IsBad(record.SignificantStatus ?? "") ? record.SignificantStatus! : record.ViolationStatus!;
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
                $"{title}; {record.SourceId}; quarters with violations of the last twelve: {Given(record.QuartersWithViolation)}; last inspection {Given(record.LastInspectionDate)}; "
                + $"last formal action {Given(record.LastFormalActionDate)}; {match.How}", observedAt),
        };
    }

    private static string Given(string cell) => cell.Length > 0 ? cell : "none given";

    /// <summary>Empty, "No", "No Violation Identified", "Not Applicable", "Unknown", "Resolved - Pending" are no open violation; whatever else stands there is the agency's word for one.</summary>
    private static bool IsBad(string status) => status is not ("" or "-" or "No" or "N") && !NoViolation.Any(good => status.StartsWith(good, StringComparison.OrdinalIgnoreCase));

    /// <summary>The agency judges by quarters: a state without a date is that of the running one.</summary>
    private static DateTimeOffset QuarterOf(DateTimeOffset at) => new(at.Year, (((at.Month - 1) / 3) * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero);
}
