using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Connectors.Sdk.News;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gdelt;

/// <summary>Whose turn it is: who was never asked for, then who was asked for longest ago; within those the lower tier number first. Not thread-safe.</summary>
internal sealed class GdeltTurns
{
    /// <summary>Who was asked for since then is left out while others wait: a run that broke off is gone on with.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> askedAt = new(StringComparer.Ordinal);

    public GdeltTurns(IEnumerable<AskedTogether> asked)
    {
        foreach (AskedTogether together in asked)
        {
            foreach (string id in together.Ids) askedAt[id] = together.At;
        }
    }

    /// <summary>Groups of suppliers who were last asked for at one instant (null: never), in turn.</summary>
    public IReadOnlyList<(DateTimeOffset? AskedAt, Supplier[] Suppliers)> Of(IEnumerable<Supplier> suppliers, DateTimeOffset now)
    {
        (DateTimeOffset? AskedAt, Supplier[] Suppliers)[] groups =
        [
            .. suppliers.GroupBy(s => askedAt.TryGetValue(s.Id.Value, out DateTimeOffset at) ? at : (DateTimeOffset?)null).OrderBy(g => g.Key ?? DateTimeOffset.MinValue)
                .Select(g => (g.Key, g.OrderBy(s => s.Tier).ThenBy(s => s.Id).ToArray())),
        ];
        return groups.Any(g => !IsRecent(g.AskedAt)) ? [.. groups.Where(g => !IsRecent(g.AskedAt))] : groups;

        bool IsRecent(DateTimeOffset? at) => at > now - Recent;
    }

    public void Take(IEnumerable<SupplierId> suppliers, DateTimeOffset at)
    {
        foreach (SupplierId id in suppliers) askedAt[id.Value] = at;
    }

    /// <summary>What is to be kept for the next run, of the suppliers that are still there.</summary>
    public ImmutableArray<AskedTogether> Write(IEnumerable<Supplier> suppliers) =>
        [.. suppliers.Select(s => s.Id.Value).Where(askedAt.ContainsKey).GroupBy(id => askedAt[id]).OrderBy(g => g.Key).Select(g => new AskedTogether(g.Key, [.. g.Order(StringComparer.Ordinal)]))];
}

/// <summary>Suppliers who were last asked for at one instant.</summary>
internal sealed record AskedTogether(DateTimeOffset At, ImmutableArray<string> Ids);

/// <summary>What is kept between runs.</summary>
internal sealed record GdeltCheckpoint(ImmutableArray<AskedTogether> Asked, ImmutableArray<AdverseStory> Stories)
{
    public static GdeltCheckpoint Read(string? kept)
    {
        try
        {
            GdeltCheckpoint? read = kept is null ? null : JsonSerializer.Deserialize(kept, GdeltJson.Default.GdeltCheckpoint);
            return new GdeltCheckpoint(read is null || read.Asked.IsDefault ? [] : read.Asked, read is null || read.Stories.IsDefault ? [] : read.Stories);
        }
        catch (JsonException)
        {
            // Of another version: the stories begin anew, under the same ids.
            return new GdeltCheckpoint([], []);
        }
    }

    public string Write() => JsonSerializer.Serialize(this, GdeltJson.Default.GdeltCheckpoint);
}

[JsonSerializable(typeof(GdeltCheckpoint))]
internal sealed partial class GdeltJson : JsonSerializerContext;
