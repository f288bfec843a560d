using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Products;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Osv;

/// <summary>One vulnerability in the OSV schema's own field names.</summary>
/// <param name="Names">What other databases call it too: its CVE numbers first, of <c>aliases</c> and <c>upstream</c> in order; else GitHub's numbers of <c>aliases</c>.</param>
/// <param name="SeverityWord">The database's own word (MODERATE, high ...), or "".</param>
/// <param name="Vector">A CVSS 3 vector, or "".</param>
internal sealed record OsvRecord(
    string Id, DateTimeOffset PublishedAt, ImmutableArray<string> Names, string Summary, string SeverityWord, string Vector, bool IsWithdrawn, ImmutableArray<PackageName> Packages)
{
    /// <summary>After version 1.7 of the schema; what databases add of their own (<c>database_specific</c>, <c>ecosystem_specific</c>) is not looked at.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        schema_version text optional
        id text
        modified text
        published text optional
        withdrawn text optional
        aliases array optional
        aliases[] text
        related array optional
        upstream array optional
        upstream[] text
        summary text optional
        details text optional
        severity array optional
        severity[].type text optional
        severity[].score text
        severity[].source text optional
        affected array optional
        affected[].package object optional
        affected[].package.ecosystem text
        affected[].package.name text
        affected[].package.purl text optional
        affected[].severity array optional
        affected[].ranges array optional
        affected[].versions array optional
        affected[].ecosystem_specific object optional
        affected[].database_specific object optional
        references array optional
        credits array optional
        database_specific object optional
        """);

    public static bool TryRead(JsonElement root, [NotNullWhen(true)] out OsvRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string id = BoundedJson.Text(root, "id");

        // Published may be left out; modified never is.
        string date = BoundedJson.Text(root, "published") is { Length: > 0 } published ? published : BoundedJson.Text(root, "modified");
        if (id.Length == 0) problem = "no id";
        else if (!DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)) problem = "published is no date";
        else
        {
            JsonElement[] affected = [.. BoundedJson.Items(root, "affected")];
            IEnumerable<JsonElement> ratings = BoundedJson.Items(root, "severity").Concat(affected.SelectMany(a => BoundedJson.Items(a, "severity")));
            record = new OsvRecord(
                id, at, [.. NamesOf(root, id)], Summarize(root), Word(root, affected),
                VectorOf(ratings, affected), BoundedJson.Text(root, "withdrawn").Length > 0,
                [.. affected.Select(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("package", out JsonElement p) ? PackageName.Of(BoundedJson.Text(p, "ecosystem"), BoundedJson.Text(p, "name")) : null).OfType<PackageName>().Distinct()]);
        }

        return record is not null;
    }

    private static IEnumerable<string> NamesOf(JsonElement root, string id)
    {
        string[] aliases = [.. Texts(root, "aliases").Prepend(id)];
        string[] cves = [.. aliases.Concat(Texts(root, "upstream")).Where(a => a.StartsWith("CVE-", StringComparison.Ordinal)).Distinct()];
        return cves.Length > 0 ? cves : aliases.Where(a => a.StartsWith("GHSA-", StringComparison.Ordinal)).Distinct();
    }

    /// <summary>RustSec wrote it beside the package before the schema had a place for it.</summary>
    private static string VectorOf(IEnumerable<JsonElement> ratings, JsonElement[] affected) =>
        ratings.Where(r => BoundedJson.Text(r, "type") == "CVSS_V3").Select(r => BoundedJson.Text(r, "score"))
            .Concat(affected.Select(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("database_specific", out JsonElement own) ? BoundedJson.Text(own, "cvss") : ""))
            .FirstOrDefault(vector => vector.Length > 0) ?? "";

    private static IEnumerable<string> Texts(JsonElement root, string name) => BoundedJson.Items(root, name).Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!);

    /// <summary>Some databases give details only; their first line serves.</summary>
    private static string Summarize(JsonElement root) => BoundedJson.Text(root, "summary").Trim() is { Length: > 0 } summary ? summary : BoundedJson.Text(root, "details").Trim().Split('\n')[0].Trim();

    private static string Word(JsonElement root, JsonElement[] affected) =>
        affected.Append(root).SelectMany(owner => (string[])["database_specific", "ecosystem_specific"], (owner, name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement own) ? BoundedJson.Text(own, "severity") : "")
            .Concat(BoundedJson.Items(root, "severity").Where(r => BoundedJson.Text(r, "type") == "Ubuntu").Select(r => BoundedJson.Text(r, "score")))
            .LastOrDefault(word => word.Length > 0) ?? "";
}
