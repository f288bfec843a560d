using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Nvd;

/// <summary>One CVE, in the database's own field names.</summary>
/// <param name="Products">What is vulnerable: vendor and product of each CPE name, in words, each pair once; while nobody has analysed it, what its author says is affected.</param>
internal sealed record NvdRecord(string Id, DateTimeOffset Published, string VulnStatus, string Description, NvdScore? Score, ImmutableArray<(string Vendor, string Product)> Products)
{
    /// <summary>Of an element of <c>vulnerabilities</c>. Weaknesses, references and comments are not looked at.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        cve object
        cve.id text
        cve.sourceIdentifier text optional
        cve.published text
        cve.lastModified text
        cve.vulnStatus text
        cve.cveTags array optional
        cve.descriptions array
        cve.descriptions[].lang text
        cve.descriptions[].value text
        cve.affected array optional
        cve.affected[].source text
        cve.affected[].affectedData array
        cve.metrics object optional
        cve.metrics.cvssMetricV40 array optional
        cve.metrics.cvssMetricV31 array optional
        cve.metrics.cvssMetricV30 array optional
        cve.metrics.cvssMetricV2 array optional
        cve.metrics.ssvcV203 array optional
        cve.cisaExploitAdd text optional
        cve.cisaActionDue text optional
        cve.cisaRequiredAction text optional
        cve.cisaVulnerabilityName text optional
        cve.weaknesses array optional
        cve.configurations array optional
        cve.configurations[].operator text optional
        cve.configurations[].negate boolean optional
        cve.configurations[].nodes array
        cve.configurations[].nodes[].operator text
        cve.configurations[].nodes[].negate boolean optional
        cve.configurations[].nodes[].cpeMatch array
        cve.configurations[].nodes[].cpeMatch[].vulnerable boolean
        cve.configurations[].nodes[].cpeMatch[].criteria text
        cve.configurations[].nodes[].cpeMatch[].versionStartIncluding text optional
        cve.configurations[].nodes[].cpeMatch[].versionStartExcluding text optional
        cve.configurations[].nodes[].cpeMatch[].versionEndIncluding text optional
        cve.configurations[].nodes[].cpeMatch[].versionEndExcluding text optional
        cve.configurations[].nodes[].cpeMatch[].matchCriteriaId text
        cve.references array optional
        cve.evaluatorComment text optional
        cve.evaluatorImpact text optional
        cve.evaluatorSolution text optional
        cve.vendorComments array optional
        """);

    private const string Affects = "affected";

    /// <summary>The CVE was withdrawn: a duplicate, or no vulnerability.</summary>
    public bool IsRejected => VulnStatus.Equals("Rejected", StringComparison.OrdinalIgnoreCase);

    /// <param name="element">An element of <c>vulnerabilities</c>.</param>
    /// <param name="problem">Which field is wrong, or "".</param>
    public static bool TryRead(JsonElement element, out string key, [NotNullWhen(true)] out NvdRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = "";
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("cve", out JsonElement cve) || cve.ValueKind != JsonValueKind.Object)
        {
            problem = "no cve";
            return false;
        }

        key = BoundedJson.Text(cve, "id");
        if (!key.StartsWith("CVE-", StringComparison.Ordinal)) problem = "id is no CVE number";
        else if (!TryTime(BoundedJson.Text(cve, "published"), out DateTimeOffset published)) problem = "published is no date";
        else record = new NvdRecord(key, published, BoundedJson.Text(cve, "vulnStatus"), EnglishOf(cve), NvdScore.Of(cve), ProductsOf(cve));
        return record is not null;
    }

    /// <summary>The database writes times without a zone and means UTC.</summary>
    private static bool TryTime(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    private static string EnglishOf(JsonElement cve) =>
        BoundedJson.Items(cve, "descriptions").Where(d => BoundedJson.Text(d, "lang") == "en").Select(d => BoundedJson.Text(d, "value").Trim()).FirstOrDefault() ?? "";

    /// <summary>As the database has analysed it. Many CVEs wait for that for ever; then whoever published the CVE is the only one who says what it is in.</summary>
    private static ImmutableArray<(string Vendor, string Product)> ProductsOf(JsonElement cve) =>
        Vulnerable(cve).Distinct().ToImmutableArray() is { IsEmpty: false } analysed ? analysed : [.. Affected(cve).Distinct()];

    /// <summary>Products that are not affected in any version are named too.</summary>
    private static IEnumerable<(string Vendor, string Product)> Affected(JsonElement cve) =>
        from author in BoundedJson.Items(cve, "affected")
        from data in BoundedJson.Items(author, "affectedData")
        where BoundedJson.Text(data, "defaultStatus") == Affects || BoundedJson.Items(data, "versions").Any(v => BoundedJson.Text(v, "status") == Affects)
        let name = (Vendor: BoundedJson.Text(data, "vendor").Trim(), Product: BoundedJson.Text(data, "product").Trim())
        where IsName(name.Vendor) && IsName(name.Product)
        select name;

    private static bool IsName(string text) => text.Length > 0 && text.ToLowerInvariant() is not ("n/a" or "unknown" or "unspecified" or "*" or "-");

    /// <summary>Platforms that a product merely runs on are listed too, with <c>vulnerable: false</c>.</summary>
    private static IEnumerable<(string Vendor, string Product)> Vulnerable(JsonElement cve) =>
        from configuration in BoundedJson.Items(cve, "configurations")
        from node in BoundedJson.Items(configuration, "nodes")
        where !IsTrue(node, "negate")
        from match in BoundedJson.Items(node, "cpeMatch")
        where IsTrue(match, "vulnerable")
        let name = CpeName.Read(BoundedJson.Text(match, "criteria"))
        where name is not null
        select name.Value;

    private static bool IsTrue(JsonElement owner, string name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}

/// <summary>Vendor and product of a CPE 2.3 name.</summary>
internal static class CpeName
{
    /// <returns>In words (<c>exchange server</c>); null where the name is no CPE 2.3 name, or leaves vendor or product open.</returns>
    public static (string Vendor, string Product)? Read(string criteria)
    {
        if (!criteria.StartsWith("cpe:2.3:", StringComparison.Ordinal)) return null;
        string[] parts = [.. Parts(criteria)];
        return parts.Length > 4 && parts[3] is not ("" or "*" or "-") && parts[4] is not ("" or "*" or "-") ? (parts[3], parts[4]) : null;
    }

    /// <summary>Colons separate; a backslash makes the next character an ordinary one.</summary>
    private static IEnumerable<string> Parts(string criteria)
    {
        var part = new System.Text.StringBuilder();
        for (int i = 0; i < criteria.Length; i++)
        {
            char letter = criteria[i];
            if (letter == ':')
            {
                yield return part.ToString();
                part.Clear();
            }
            else if (letter == '\\' && i + 1 < criteria.Length) part.Append(criteria[++i]);
            else part.Append(letter == '_' ? ' ' : letter);
        }

        yield return part.ToString();
    }
}
