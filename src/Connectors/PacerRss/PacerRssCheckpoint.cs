using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Connectors.Sdk.Courts;

namespace Risk.Connectors.PacerRss;

/// <summary>Cases that were some supplier's, by id: a feed forgets within a day what a case was first known by.</summary>
internal sealed record PacerRssCheckpoint(SortedDictionary<string, CourtCase> Cases)
{
    public static PacerRssCheckpoint Read(string? text)
    {
        try
        {
            if (text is not null && JsonSerializer.Deserialize(text, PacerRssCheckpointJson.Default.PacerRssCheckpoint) is { Cases: { } cases })
                return new PacerRssCheckpoint(new SortedDictionary<string, CourtCase>(cases, StringComparer.Ordinal));
        }
        catch (JsonException)
        {
            // Written by another release: cases are told by their next entry.
        }

        return new PacerRssCheckpoint(new SortedDictionary<string, CourtCase>(StringComparer.Ordinal));
    }

    public string Write() => JsonSerializer.Serialize(this, PacerRssCheckpointJson.Default.PacerRssCheckpoint);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PacerRssCheckpoint))]
internal sealed partial class PacerRssCheckpointJson : JsonSerializerContext;
