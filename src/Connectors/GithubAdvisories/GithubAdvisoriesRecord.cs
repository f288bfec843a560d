using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.GithubAdvisories;

/// <summary>One advisory, in GitHub's own field names.</summary>
/// <param name="Severity">critical, high, medium, low or unknown.</param>
internal sealed record GithubAdvisoriesRecord(
    string GhsaId, string CveId, string HtmlUrl, string Summary, string Type, string Severity, DateTimeOffset PublishedAt, bool IsWithdrawn, ImmutableArray<PackageName> Packages)
{
    public static bool TryRead(JsonElement advisory, out string key, [NotNullWhen(true)] out GithubAdvisoriesRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = BoundedJson.Text(advisory, "ghsa_id");
        if (!key.StartsWith("GHSA-", StringComparison.Ordinal)) problem = "no ghsa_id";
        else if (!DateTimeOffset.TryParse(BoundedJson.Text(advisory, "published_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset published))
            problem = "published_at is no date";
        else
        {
            IEnumerable<PackageName> packages = BoundedJson.Items(advisory, "vulnerabilities").Where(v => v.ValueKind == JsonValueKind.Object)
                .Select(v => v.TryGetProperty("package", out JsonElement package) ? PackageName.Of(BoundedJson.Text(package, "ecosystem"), BoundedJson.Text(package, "name")) : null).OfType<PackageName>();
            record = new GithubAdvisoriesRecord(
                key, BoundedJson.Text(advisory, "cve_id"), BoundedJson.Text(advisory, "html_url"), BoundedJson.Text(advisory, "summary").Trim(), BoundedJson.Text(advisory, "type"), BoundedJson.Text(advisory, "severity"),
                published, BoundedJson.Text(advisory, "withdrawn_at").Length > 0, [.. packages.Distinct()]);
        }

        return record is not null;
    }
}
