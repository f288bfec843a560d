using System.Globalization;
using Risk.Connectors.Sdk.Products;

namespace Risk.Connectors.Osv;

internal static class OsvMapper
{
    public static PackageAdvisory Map(OsvRecord record)
    {
        (int severity, string rated) = Rated(record);
        return new PackageAdvisory(record.Id, record.Names.FirstOrDefault(record.Id), record.PublishedAt, record.Summary, severity, rated, "https://osv.dev/vulnerability/" + Uri.EscapeDataString(record.Id), record.Packages);
    }

    /// <summary>The database's word first, else the vector. CVSS 4 vectors alone are not computed: they say "not rated yet".</summary>
    private static (int Severity, string Rated) Rated(OsvRecord record)
    {
        if (record.Id.StartsWith("MAL-", StringComparison.Ordinal)) return (VulnerabilityScale.Malware, "malware");
        switch (record.SeverityWord.ToLower(CultureInfo.InvariantCulture))
        {
            case "critical": return (VulnerabilityScale.Critical, "critical");
            case "high" or "important": return (VulnerabilityScale.High, "high");
            case "moderate" or "medium": return (VulnerabilityScale.Medium, "medium");
            case "low" or "negligible": return (VulnerabilityScale.Low, "low");
        }

        return CvssVector.BaseScore(record.Vector) is { } score ? (VulnerabilityScale.SeverityOf(score), VulnerabilityScale.WordOf(score)) : (VulnerabilityScale.Unrated, "not rated yet");
    }
}
