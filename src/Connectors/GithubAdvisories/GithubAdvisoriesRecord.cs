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
    public static readonly RecordFormat Format = RecordFormat.Of("""
        ghsa_id text
        cve_id text
        url text
        html_url text
        repository_advisory_url text optional
        summary text
        description text
        type text
        severity text
        source_code_location text optional
        identifiers array
        references array
        published_at text
        updated_at text
        github_reviewed_at text optional
        nvd_published_at text optional
        withdrawn_at text
        vulnerabilities array
        vulnerabilities[].package object
        vulnerabilities[].package.ecosystem text
        vulnerabilities[].package.name text
        vulnerabilities[].vulnerable_version_range text
        vulnerabilities[].first_patched_version text|object optional
        vulnerabilities[].vulnerable_functions array optional
        cvss object optional
        cvss_severities object optional
        cwes array
        credits array optional
        epss object|array optional
        """);

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
