using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Ransomwatch;

/// <summary>One heading, in upstream's field names.</summary>
internal sealed record RansomwatchRecord(string PostTitle, string GroupName, DateTimeOffset Discovered)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        post_title text
        group_name text
        discovered text
        """);

    public static bool TryRead(JsonElement post, out string key, [NotNullWhen(true)] out RansomwatchRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = BoundedJson.Text(post, "post_title").Trim();
        string group = BoundedJson.Text(post, "group_name").Trim();
        if (key.Length == 0) problem = "no post_title";
        else if (group.Length == 0) problem = "no group_name";
        else if (!DateTimeOffset.TryParse(BoundedJson.Text(post, "discovered"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at))
            problem = "discovered is no date";
        else record = new RansomwatchRecord(key, group, at);
        return record is not null;
    }
}
