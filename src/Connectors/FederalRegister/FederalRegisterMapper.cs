using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Matching;
using Risk.Rules.Signals;

namespace Risk.Connectors.FederalRegister;

/// <summary>Makes the event of one document for one supplier.</summary>
internal static partial class FederalRegisterMapper
{
    /// <summary>What a document is about, told by its agency and title; the first that fits.</summary>
    private static readonly (string Type, int Severity, string[] Agencies, string[] Titles)[] Kinds =
    [
        ("sanctions", 4, ["foreign-assets-control-office"], ["Sanctions Action", "Blocking"]),
        ("export-control", 4, ["industry-and-security-bureau"], ["Entity List", "Denying Export Privileges", "Denial Order", "Unverified List", "Military End"]),
        ("forced-labor", 4, ["homeland-security-department", "u-s-customs-and-border-protection"], ["Forced Labor"]),
        ("debarment", 3, [], ["Debarment", "Debarring"]),
        ("trade-remedy", 3, ["international-trade-administration", "international-trade-commission"], ["Antidumping", "Anti-Dumping", "Countervailing", "Less Than Fair Value", "Section 337"]),
        ("consent-decree", 3, ["justice-department"], ["Consent Decree"]),
        ("proposed-order", 3, ["federal-trade-commission", "consumer-product-safety-commission"], ["Consent Order", "Settlement Agreement", "Complaint"]),
        ("defect-petition", 2, ["national-highway-traffic-safety-administration"], ["Noncompliance", "Defect"]),
    ];

    /// <summary>Agencies whose documents are about companies, so that a common name brings no park or committee.</summary>
    public static IEnumerable<string> Agencies => Kinds.SelectMany(k => k.Agencies).Append("food-and-drug-administration").Append("environmental-protection-agency").Distinct();

    /// <summary>The names that the search found in the document, as they stand there; where the answer marks none, those of the portfolio in title and abstract.</summary>
    public static ImmutableArray<NamedFirm> FirmsOf(FederalRegisterRecord record, NameMentions portfolio)
    {
        ImmutableArray<NamedFirm> marked = Marked(record);
        return !marked.IsEmpty ? marked : [.. new[] { record.Title, record.Abstract }.SelectMany(text => portfolio.Find(text)).Select(m => m.Words).Distinct(StringComparer.Ordinal).Select(words => new NamedFirm(words, ""))];
    }

    private static ImmutableArray<NamedFirm> Marked(FederalRegisterRecord record) =>
        [.. Found().Matches(Between().Replace(record.Excerpts, " ")).Select(m => HtmlText.Plain(m.Groups["found"].Value)).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Select(t => new NamedFirm(t, ""))];

    /// <returns>What cannot be used, or null.</returns>
    public static string? Problem(FederalRegisterRecord record, NameMentions portfolio, DateTimeOffset observedAt) => record switch
    {
        { DocumentNumber: "" } => "no document_number",
        _ when RecordDates.Of(record.PublicationDate, observedAt.AddDays(7)) is null => "publication_date is no date",
        _ when FirmsOf(record, portfolio).IsEmpty => "neither excerpt nor title shows what was found",
        _ => null,
    };

    public static EventSignal Map(FederalRegisterRecord record, NamedFirm found, FirmMatch match, DateTimeOffset observedAt)
    {
        (string type, int severity) = KindOf(record);

        // "Bears Ears" may go on as "National Monument"; what ends in a legal form is a company's whole name.
        FirmMatch sure = match with { IsSure = match.IsSure && NameNormalizer.Normalize(found.Name) != string.Join(' ', NameNormalizer.Words(found.Name)) };
        string title = RecordEvidence.Shorten(record.Title, 200);
        return new EventSignal
        {
            Supplier = match.Supplier,
            Source = FederalRegisterModule.Id,
            Name = FederalRegisterModule.Feed,
            Id = "fr-" + record.DocumentNumber,
            Type = type,
            Title = sure.Title($"Named in the Federal Register ({type}): {title}"),
            Severity = sure.Severity(severity),
            Stage = sure.Stage(""),
            OccurredAt = RecordDates.Of(record.PublicationDate, observedAt.AddDays(7))!.Value,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of(
                record.HtmlUrl.StartsWith("https://www.federalregister.gov/", StringComparison.Ordinal) ? record.HtmlUrl : "https://www.federalregister.gov/d/" + Uri.EscapeDataString(record.DocumentNumber),
                $"{record.Type} {record.DocumentNumber}, {record.PublicationDate}, {string.Join(", ", record.Agencies)}: {title}; found: {RecordEvidence.Shorten(HtmlText.Plain(record.Excerpts), 400)}; {match.How}", observedAt),
        };
    }

    private static (string Type, int Severity) KindOf(FederalRegisterRecord record)
    {
        foreach ((string type, int severity, string[] agencies, string[] titles) in Kinds)
        {
            if ((agencies.Length == 0 || agencies.Any(record.Agencies.Contains)) && titles.Any(t => record.Title.Contains(t, StringComparison.OrdinalIgnoreCase))) return (type, severity);
        }

        return ("notice", 1);
    }

    [GeneratedRegex("<span class=\"match\">(?<found>[^<]*)</span>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Found();

    /// <summary>A phrase may be marked word by word.</summary>
    [GeneratedRegex("</span>\\s+<span class=\"match\">", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Between();
}
