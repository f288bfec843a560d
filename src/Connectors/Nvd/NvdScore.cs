using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Nvd;

/// <summary>How bad a vulnerability is by CVSS.</summary>
/// <param name="Version">2.0, 3.0, 3.1 or 4.0.</param>
internal sealed record NvdScore(string Version, double BaseScore)
{
    private static readonly string[] NewestFirst = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"];

    /// <summary>The one that the database stands behind (Primary), else one that somebody else gave; of several the newest version. Null: nobody has rated it.</summary>
    public static NvdScore? Of(JsonElement cve)
    {
        if (!cve.TryGetProperty("metrics", out JsonElement metrics)) return null;
        (bool IsPrimary, NvdScore Score)[] all = [.. NewestFirst.SelectMany(name => BoundedJson.Items(metrics, name)).Select(Read).OfType<(bool, NvdScore)>()];
        return all.OrderByDescending(s => s.IsPrimary).Select(s => s.Score).FirstOrDefault();
    }

    private static (bool IsPrimary, NvdScore Score)? Read(JsonElement metric)
    {
        if (metric.ValueKind != JsonValueKind.Object || !metric.TryGetProperty("cvssData", out JsonElement data) || data.ValueKind != JsonValueKind.Object) return null;
        return data.TryGetProperty("baseScore", out JsonElement score) && score.ValueKind == JsonValueKind.Number && score.TryGetDouble(out double points) && points is >= 0 and <= 10
            ? (BoundedJson.Text(metric, "type") == "Primary", new NvdScore(BoundedJson.Text(data, "version"), points)) : null;
    }
}
