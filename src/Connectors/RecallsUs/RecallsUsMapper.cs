using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.RecallsUs;

/// <summary>Makes the event of one recall for one supplier.</summary>
internal static partial class RecallsUsMapper
{
    /// <summary>Who answers for the product, and who only handed it on.</summary>
    private const int Answers = 3, HandedOn = 2, Sold = 1;

    /// <summary>The companies of a recall with their part in it: retailers only where nobody else is named, as they are named for nearly every product.</summary>
    public static IEnumerable<(NamedFirm Firm, string Part, int Severity)> FirmsOf(RecallsUsRecord record)
    {
        (NamedFirm, string, int)[] firms =
        [
            .. record.Manufacturers.Select(text => (Firm(text), "manufacturer", Answers)), .. record.Importers.Select(text => (Firm(text), "importer", Answers)),
            .. record.Distributors.Select(text => (Firm(text), "distributor", HandedOn)),
        ];
        return firms.Length > 0 ? firms : record.Retailers.Select(text => (new NamedFirm(Shop().Replace(text, "").Trim(), ""), "retailer", Sold));
    }

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(RecallsUsRecord record, DateTimeOffset observedAt) => record switch
    {
        { RecallId: "", RecallNumber: "" } => "neither RecallID nor RecallNumber",
        _ when HappenedAt(record, observedAt) is null => "neither RecallDate nor LastPublishDate is a date",
        _ => null,
    };

    public static EventSignal Map(RecallsUsRecord record, string part, int severity, FirmMatch match, Snapshot snapshot, DateTimeOffset observedAt)
    {
        string id = "cpsc-" + (record.RecallNumber.Length > 0 ? record.RecallNumber : record.RecallId);
        string words = $"{record.Title} (recall {record.RecallNumber}); {part}; hazard: {string.Join(' ', record.Hazards)}; incidents: {string.Join(' ', record.Injuries)}; {match.How}";
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = RecallsUsModule.Id,
            Name = SharedFeeds.ProductRecall.Name,
            Id = id,
            Type = "cpsc-" + part,
            Title = match.Title($"Consumer product recall, as {part}: {RecordEvidence.Shorten(record.Title, 200)}"),
            Severity = match.Severity(severity),
            Stage = match.Stage("ongoing"),
            Story = id,
            OccurredAt = HappenedAt(record, observedAt)!.Value,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(record.Url.StartsWith("https://www.cpsc.gov/", StringComparison.Ordinal) ? record.Url : "https://www.cpsc.gov/Recalls", words, snapshot.FetchedAt, snapshot.Sha256),
        };
    }

    private static DateTimeOffset? HappenedAt(RecallsUsRecord record, DateTimeOffset observedAt) => RecordDates.Of(record.RecallDate, observedAt) ?? RecordDates.Of(record.LastPublishDate, observedAt);

    /// <summary>Of "Best Buy Purchasing LLC, of Richfield, Minnesota" the company, and the country where the place ends with one.</summary>
    private static NamedFirm Firm(string text)
    {
        string[] parts = Of().Split(text, 2);
        string place = parts.Length > 1 ? parts[1].TrimEnd('.', ' ').Split(',')[^1].Trim() : "";
        return new NamedFirm(parts[0].Trim(), CountryNames.CodeOf(place));
    }

    [GeneratedRegex(@",?\s+of\s+(?=\p{Lu})", RegexOptions.CultureInvariant)]
    private static partial Regex Of();

    /// <summary>What stands behind a shop's name: where, when and for how much.</summary>
    [GeneratedRegex(@"(?:'s)?,?\s+(?:stores?\b|websites?\b|online\b|nationwide\b|exclusively\b|at\s|from\s|and\s+(?:other|online)\b|in\s).*", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Shop();
}
