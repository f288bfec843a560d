using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Signals;

namespace Risk.Connectors.FdaWarningLetters;

/// <summary>Makes the event of one letter for one supplier.</summary>
internal static class FdaWarningLettersMapper
{
    /// <summary>What is made is at stake; what is sold or claimed is at stake.</summary>
    private const int Manufacture = 3, Trade = 2;

    /// <summary>Words of subjects that are about how something is made or kept, and not about how it is sold.</summary>
    private static readonly string[] Manufacturing = ["CGMP", "Adulterated", "QSR", "Quality System", "HACCP", "Seafood", "Device", "Sterility", "Biologics", "Deviations", "Bioresearch", "Low Acid"];

    public static NamedFirm FirmOf(FdaWarningLettersRecord record) => new(record.Company, "");

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(FdaWarningLettersRecord record, DateTimeOffset observedAt) =>
        record.Company.Length == 0 ? "no company" : WrittenAt(record, observedAt) is null ? "neither letter_date nor posted_date is a date" : null;

    /// <summary>The path's last part holds company, case number and date; without one, company and date are as near.</summary>
    public static string KeyOf(FdaWarningLettersRecord record) =>
        record.Url.TrimEnd('/').Split('/')[^1] is { Length: > 0 } slug ? slug : $"{string.Join('-', NameNormalizer.Words(record.Company))}-{record.LetterDate.Replace('/', '-')}";

    public static EventSignal Map(FdaWarningLettersRecord record, FirmMatch match, DateTimeOffset observedAt)
    {
        bool isManufacture = Manufacturing.Any(word => record.Subject.Contains(word, StringComparison.OrdinalIgnoreCase));
        DateTimeOffset at = WrittenAt(record, observedAt)!.Value;
        string url = record.Url.StartsWith('/') ? "https://www.fda.gov" + record.Url : record.Url.StartsWith("https://www.fda.gov/", StringComparison.Ordinal) ? record.Url : "https://www.fda.gov/search?s=" + Uri.EscapeDataString(record.Company);
        string words = string.Create(CultureInfo.InvariantCulture, $"Warning letter of {at:yyyy-MM-dd} to {record.Company} by {record.IssuingOffice}: {record.Subject}; posted {record.PostedDate}{(record.CloseoutLetter.Length > 0 ? "; closed out" : "")}; {match.How}");
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = FdaWarningLettersModule.Id,
            Name = FdaWarningLettersModule.Feed,
            Id = "fda-letter-" + KeyOf(record),
            Type = isManufacture ? "manufacture" : "trade",
            Title = match.Title($"FDA warning letter to {record.Company}: {RecordEvidence.Shorten(record.Subject, 160)}"),
            Severity = match.Severity(isManufacture ? Manufacture : Trade),
            Stage = match.Stage(record.CloseoutLetter.Length > 0 ? "closed" : "open"),
            OccurredAt = at,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(url, words, observedAt),
        };
    }

    private static DateTimeOffset? WrittenAt(FdaWarningLettersRecord record, DateTimeOffset observedAt) => RecordDates.Of(record.LetterDate, observedAt) ?? RecordDates.Of(record.PostedDate, observedAt);
}
