using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk.Breaches;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.XposedOrNot;

/// <summary>One breach, in upstream's field names.</summary>
/// <param name="BreachType">DataBreach, ComboList, StealerLogs; "Yes" and "" occur and mean a breach.</param>
internal sealed record XposedOrNotRecord(
    string BreachID, DateTimeOffset BreachedDate, DateTimeOffset AddedDate, string Domain, long ExposedRecords, ImmutableArray<string> ExposedData, string BreachType, bool IsVerified)
{
    public static XposedOrNotRecord? Read(JsonElement breach, out string key, out string problem)
    {
        problem = "";
        key = BoundedJson.Text(breach, "breachID");
        if (key.Length == 0) problem = "no breachID";
        else if (!BreachList.TryTime(BoundedJson.Text(breach, "breachedDate"), out DateTimeOffset happened)) problem = "breachedDate is no date";
        else
        {
            return new XposedOrNotRecord(
                key, happened, BreachList.TryTime(BoundedJson.Text(breach, "addedDate"), out DateTimeOffset added) ? added : happened, BoundedJson.Text(breach, "domain"),
                breach.TryGetProperty("exposedRecords", out JsonElement count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out long accounts) ? accounts : 0,
                [.. BoundedJson.Items(breach, "exposedData").Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!.Trim()).Where(c => c.Length > 0)],
                BoundedJson.Text(breach, "breachType"), breach.TryGetProperty("verified", out JsonElement verified) && verified.ValueKind == JsonValueKind.True);
        }

        return null;
    }
}
