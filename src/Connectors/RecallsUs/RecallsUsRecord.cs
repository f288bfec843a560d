using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.RecallsUs;

/// <summary>One recall, in the upstream's field names. Text is trimmed, "" where there is none.</summary>
internal sealed record RecallsUsRecord(
    string RecallId, string RecallNumber, string RecallDate, string LastPublishDate, string Url, string Title, string Description, ImmutableArray<string> Manufacturers, ImmutableArray<string> Importers,
    ImmutableArray<string> Distributors, ImmutableArray<string> Retailers, ImmutableArray<string> Hazards, ImmutableArray<string> Injuries)
{
    public static RecallsUsRecord Read(JsonElement recall) => new(
        Text(recall, "RecallID"), Text(recall, "RecallNumber"), Text(recall, "RecallDate"), Text(recall, "LastPublishDate"), Text(recall, "URL"), Text(recall, "Title"), Text(recall, "Description"),
        Names(recall, "Manufacturers"), Names(recall, "Importers"), Names(recall, "Distributors"), Names(recall, "Retailers"), Names(recall, "Hazards"), Names(recall, "Injuries"));

    private static ImmutableArray<string> Names(JsonElement recall, string list) =>
        recall.ValueKind == JsonValueKind.Object && recall.TryGetProperty(list, out JsonElement items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Select(item => Text(item, "Name")).Where(name => name.Length > 0)] : [];

    private static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : BoundedJson.Text(owner, name).Trim();
}
