using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk.Breaches;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Hibp;

/// <summary>One breach, in upstream's field names.</summary>
/// <param name="Name">Stable, while <paramref name="Title"/> can change.</param>
/// <param name="Flags">The names of the flags that are set: IsVerified, IsSpamList ...</param>
internal sealed record HibpRecord(
    string Name, string Title, string Domain, DateTimeOffset BreachDate, DateTimeOffset AddedDate, long PwnCount, ImmutableArray<string> DataClasses, IReadOnlySet<string> Flags)
{
    /// <summary>Of version 3, and of version 2 before it, which had fewer flags.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        Name text
        Title text
        Domain text
        BreachDate text
        AddedDate text
        ModifiedDate text
        PwnCount number
        Description text
        LogoPath text optional
        LogoType text optional
        Attribution text optional
        DisclosureUrl text optional
        DataClasses array
        DataClasses[] text
        IsVerified boolean
        IsFabricated boolean
        IsSensitive boolean
        IsRetired boolean
        IsSpamList boolean
        IsActive boolean optional
        IsMalware boolean optional
        IsSubscriptionFree boolean optional
        IsStealerLog boolean optional
        """);

    public static HibpRecord? Read(JsonElement breach, out string key, out string problem)
    {
        problem = "";
        key = BoundedJson.Text(breach, "Name");
        if (key.Length == 0) problem = "no Name";
        else if (!BreachList.TryTime(BoundedJson.Text(breach, "BreachDate"), out DateTimeOffset happened)) problem = "BreachDate is no date";
        else if (!BreachList.TryTime(BoundedJson.Text(breach, "AddedDate"), out DateTimeOffset added)) problem = "AddedDate is no date";
        else
        {
            return new HibpRecord(
                key, BoundedJson.Text(breach, "Title"), BoundedJson.Text(breach, "Domain"), happened, added,
                breach.TryGetProperty(nameof(PwnCount), out JsonElement count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out long accounts) ? accounts : 0,
                [.. BoundedJson.Items(breach, "DataClasses").Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!)],
                breach.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name).ToHashSet(StringComparer.Ordinal));
        }

        return null;
    }
}
