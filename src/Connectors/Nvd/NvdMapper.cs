using System.Globalization;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Products;
using Risk.Rules.Signals;

namespace Risk.Connectors.Nvd;

/// <summary>Makes the event of one CVE for one product of a supplier.</summary>
internal static class NvdMapper
{
    public static EventSignal Map(NvdRecord record, VendorMatch match, SourceId source, DateTimeOffset observedAt)
    {
        string rated = record.Score is { } score
            ? string.Create(CultureInfo.InvariantCulture, $"CVSS {score.BaseScore:0.0}, {VulnerabilityScale.WordOf(score.BaseScore)}") : "not rated yet";
        return new EventSignal
        {
            Supplier = match.Supplier.Id,
            Source = source,
            Name = SharedFeeds.Vulnerability.Name,
            Id = $"{record.Id}:{match.Own}",
            Type = match.Own,
            Title = $"{record.Id} in {match.Own} ({rated})",
            Severity = VulnerabilityScale.SeverityOf(record.Score?.BaseScore),
            Story = record.Id,
            OccurredAt = record.Published,
            ObservedAt = observedAt,
            Evidence = RecordEvidence.Of("https://nvd.nist.gov/vuln/detail/" + record.Id, record.Description, observedAt),
        };
    }
}
