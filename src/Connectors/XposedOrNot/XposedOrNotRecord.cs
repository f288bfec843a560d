using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk.Breaches;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.XposedOrNot;

/// <summary>One breach, in upstream's field names.</summary>
/// <param name="BreachType">DataBreach, ComboList, StealerLogs; "Yes" and "" occur and mean a breach.</param>
internal sealed record XposedOrNotRecord(
    string BreachID, DateTimeOffset BreachedDate, DateTimeOffset AddedDate, string Domain, long ExposedRecords, ImmutableArray<string> ExposedData, string BreachType, bool IsVerified)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        breachID text
        breachedDate text
        addedDate text optional
        domain text
        industry text
        logo text
        passwordRisk text
        searchable boolean
        sensitive boolean
        verified boolean
        breachType text optional
        exposedData array
        exposedData[] text
        exposedRecords number
        exposureDescription text
        referenceURL text optional
        """);

    /// <summary>Whether it is written as until 2024: names of fields for people (<c>Breach ID</c>), lists in one text, flags as Yes and No.</summary>
    public static bool IsFormer(JsonElement breach) => breach.ValueKind == JsonValueKind.Object && breach.TryGetProperty("Breach ID", out _);

    public static XposedOrNotRecord? Read(JsonElement breach, out string key, out string problem)
    {
        problem = "";
        Dictionary<string, JsonElement> fields = Fields(breach);
        key = Text(fields, "breachid").Trim();
        if (key.Length == 0) problem = "no breachID";
        else if (!BreachList.TryTime(Text(fields, "breacheddate"), out DateTimeOffset happened)) problem = "breachedDate is no date";
        else
        {
            return new XposedOrNotRecord(
                key, happened, BreachList.TryTime(Text(fields, "addeddate"), out DateTimeOffset added) ? added : happened, Text(fields, "domain"),
                long.TryParse(Text(fields, "exposedrecords"), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long accounts) ? accounts : 0,
                [.. Exposed(fields).Select(c => c.Trim()).Where(c => c.Length > 0)],
                Text(fields, "breachtype"), Text(fields, "verified").ToUpperInvariant() is "TRUE" or "YES");
        }

        return null;
    }

    /// <summary>A field's name is told apart by its letters alone.</summary>
    internal static string NameOf(JsonProperty property) => string.Concat(BoundedJson.NameOf(property).Where(char.IsAsciiLetter)).ToLowerInvariant();

    private static Dictionary<string, JsonElement> Fields(JsonElement breach)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in breach.ValueKind == JsonValueKind.Object ? breach.EnumerateObject() : default) fields.TryAdd(NameOf(property), property.Value);
        return fields;
    }

    private static string Text(Dictionary<string, JsonElement> fields, string name) => fields.GetValueOrDefault(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        _ => "",
    };

    private static IEnumerable<string> Exposed(Dictionary<string, JsonElement> fields) => fields.GetValueOrDefault("exposeddata") switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!),
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(';'),
        _ => [],
    };
}
