using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.Osha;

/// <summary>Makes the event of one inspection for one supplier.</summary>
internal static class OshaMapper
{
    private const int Willful = 4, Grave = 3, Serious = 2, Other = 1;

    /// <summary>A penalty of this many dollars or more is a case that the agency itself announces.</summary>
    private const double LargePenalty = 100_000;

    public static NamedFirm FirmOf(OshaRecord record) => new(record.EstabName, "US");

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(OshaRecord record, DateTimeOffset observedAt) => record switch
    {
        { ActivityNr: "" } => "no activity_nr",
        { EstabName: "" } => "no estab_name",
        _ when OpenedAt(record, observedAt) is null => "open_date is no date",
        _ => null,
    };

    public static DateTimeOffset? OpenedAt(OshaRecord record, DateTimeOffset observedAt) => RecordDates.Of(record.OpenDate.Split('T', ' ')[0], observedAt);

    public static double Dollars(string text) =>
        double.TryParse(text.Trim(' ', '$'), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double dollars) && double.IsFinite(dollars) ? dollars : 0;

    public static EventSignal Map(OshaRecord record, FirmMatch match, DateTimeOffset observedAt)
    {
        OshaViolations found = record.Found;
        (string type, int severity) = found switch
        {
            { Count: 0 } => ("accident", IsFatal(record) ? Grave : Serious),
            { Willful: > 0 } => ("willful", Willful),
            { Repeat: > 0 } => ("repeat", Grave),
            { Serious: > 0 } => ("serious", found.Penalty >= LargePenalty || IsAccident(record) ? Grave : Serious),
            _ => ("other", Other),
        };
        string counts = string.Join(", ", new[] { (found.Willful, "willful"), (found.Repeat, "repeat"), (found.Serious, "serious"), (found.Other, "other") }
            .Where(c => c.Item1 > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Item1} {c.Item2}")));
        string cause = IsFatal(record) ? " after a death or catastrophe" : IsAccident(record) ? " after an accident" : "";
        string outcome = found.Count == 0 ? "no violation found so far" : string.Create(CultureInfo.InvariantCulture, $"violations {counts}; current penalty ${found.Penalty:N0}");
        string title = $"Safety inspection{cause} at {record.EstabName}, {record.SiteCity}, {record.SiteState}: {outcome}";
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = OshaModule.Id,
            Name = OshaModule.Feed,
            Id = "osha-" + record.ActivityNr,
            Type = type,
            Title = match.Title(title),
            Severity = match.Severity(severity),
            Stage = match.Stage(record.CloseCaseDate.Length > 0 ? "closed" : "open"),
            Amount = found.Count == 0 ? null : found.Penalty,
            OccurredAt = OpenedAt(record, observedAt)!.Value,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of("https://www.osha.gov/ords/imis/establishment.inspection_detail?id=" + Uri.EscapeDataString(PageOf(record.ActivityNr)), $"{title}; inspection {record.ActivityNr}, opened {record.OpenDate}; {match.How}", observedAt),
        };
    }

    /// <summary>Numbers of the present system, of seven digits, have a suffix in addresses; older ones have nine digits and none.</summary>
    private static string PageOf(string activity) => activity.Length == 7 ? activity + ".015" : activity;

    /// <summary>Whether there is something to tell: violations, or an accident that is still looked into, months before anything is cited.</summary>
    public static bool IsNews(OshaRecord record) => record.Found.Count > 0 || (IsAccident(record) && record.CloseCaseDate.Length == 0);

    /// <summary>A letter in the data, a word on the page.</summary>
    private static bool IsAccident(OshaRecord record) => IsFatal(record) || record.InspType == "A" || record.InspType.StartsWith("Accident", StringComparison.OrdinalIgnoreCase);

    /// <summary>"Fat/Cat": somebody died, or three or more came into hospital.</summary>
    private static bool IsFatal(OshaRecord record) => record.InspType == "M" || record.InspType.StartsWith("Fat", StringComparison.OrdinalIgnoreCase);
}
