using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.SslLabs;

/// <summary>What is left of a day's round.</summary>
/// <param name="Day">The round's day, UTC.</param>
/// <param name="Pending">Domains that are still to be read in it.</param>
internal sealed record SslLabsCheckpoint(DateOnly Day, ImmutableSortedSet<string> Pending)
{
    /// <summary>The domains to ask for now: those left of today's round, or all when it is a new day.</summary>
    public static SslLabsCheckpoint Of(string? text, DateTimeOffset now, IEnumerable<string> domains)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        ImmutableSortedSet<string> all = [.. domains.Distinct(StringComparer.Ordinal)];
        if (text is null) return new SslLabsCheckpoint(today, all);
        SslLabsCheckpoint? stored;
        try
        {
            stored = JsonSerializer.Deserialize(text, SslLabsJson.Default.SslLabsCheckpoint);
        }
        catch (JsonException)
        {
            stored = null;
        }

        return stored is { Pending: not null } && stored.Day == today ? stored with { Pending = stored.Pending.Intersect(all) } : new SslLabsCheckpoint(today, all);
    }

    public override string ToString() => JsonSerializer.Serialize(this, SslLabsJson.Default.SslLabsCheckpoint);
}

[JsonSerializable(typeof(SslLabsCheckpoint))]
internal sealed partial class SslLabsJson : JsonSerializerContext;
