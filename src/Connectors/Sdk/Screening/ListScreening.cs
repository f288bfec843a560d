using System.Collections.Immutable;
using System.Text.Json;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>From a list that was read whole to the update that replaces everything the source said before.</summary>
internal static class ListScreening
{
    /// <summary>Screens the portfolio against the entries. The list's file proves the events.</summary>
    /// <param name="accepted">The snapshots the entries were read from; the first names the source.</param>
    /// <param name="seen">The checkpoint's part that this method wrote at the last run (<see cref="SourceUpdate.Checkpoint"/> of what it gave), or null.</param>
    public static ListUpdate Screen(FetchContext context, ImmutableArray<Snapshot> accepted, IReadOnlyCollection<ListEntry> entries, string? seen)
    {
        ImmutableArray<ListMatch> matches = new NameScreening(context.Suppliers).Screen(entries);
        SortedDictionary<string, DateTimeOffset> firstSeen = FirstSeen(seen, matches, context.ObservedAt);
        return new ListUpdate(accepted)
        {
            Signals = [.. matches.Select(m => ListEvents.Of(m, accepted[0], firstSeen[SeenKey(m)], context.ObservedAt))],
            Complete = true,
            Checkpoint = JsonSerializer.Serialize(firstSeen),
        };
    }

    /// <summary>When each match was first found: from the checkpoint, else now. Matches that are gone are forgotten.</summary>
    private static SortedDictionary<string, DateTimeOffset> FirstSeen(string? seen, ImmutableArray<ListMatch> matches, DateTimeOffset observedAt)
    {
        Dictionary<string, DateTimeOffset> known = seen is null ? [] : JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(seen)!;
        var firstSeen = new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (ListMatch match in matches) firstSeen[SeenKey(match)] = known.GetValueOrDefault(SeenKey(match), observedAt);
        return firstSeen;
    }

    private static string SeenKey(ListMatch match) => $"{match.Supplier.Id}|{match.Entry.Id}";
}
