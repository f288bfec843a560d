using Risk.Connectors.Sdk.Products;

namespace Risk.Connectors.GithubAdvisories;

internal static class GithubAdvisoriesMapper
{
    public static PackageAdvisory Map(GithubAdvisoriesRecord record)
    {
        (int severity, string rated) = Rated(record);
        string url = record.HtmlUrl.StartsWith("https://github.com/", StringComparison.Ordinal) ? record.HtmlUrl : "https://github.com/advisories/" + record.GhsaId;
        return new PackageAdvisory(record.GhsaId, record.CveId.Length > 0 ? record.CveId : record.GhsaId, record.PublishedAt, record.Summary, severity, rated, url, record.Packages);
    }

    private static (int Severity, string Rated) Rated(GithubAdvisoriesRecord record) => record switch
    {
        { Type: "malware" } => (VulnerabilityScale.Malware, "malware"),
        { Severity: "critical" } => (VulnerabilityScale.Critical, "critical"),
        { Severity: "high" } => (VulnerabilityScale.High, "high"),
        { Severity: "medium" or "moderate" } => (VulnerabilityScale.Medium, "medium"),
        { Severity: "low" } => (VulnerabilityScale.Low, "low"),
        _ => (VulnerabilityScale.Unrated, "not rated yet"),
    };
}
