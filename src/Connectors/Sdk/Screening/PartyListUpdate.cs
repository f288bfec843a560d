using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>A list of parties was read whole: the worker screens the portfolio against it, and what it finds replaces everything the source said before.</summary>
public sealed record PartyListUpdate : SourceUpdate
{
    /// <param name="accepted">The snapshots that the entries were read from; the first is the list's own file.</param>
    /// <param name="entries">Each id once, in any order.</param>
    [SetsRequiredMembers]
    public PartyListUpdate(IEnumerable<Snapshot> accepted, IEnumerable<ListEntry> entries)
    {
        Accepted = [.. accepted];
        Entries = [.. entries.OrderBy(e => e.Id, StringComparer.Ordinal)];
        Signals = [];
        Complete = true;
    }

    /// <summary>They become last-good with the update.</summary>
    public ImmutableArray<Snapshot> Accepted { get; }

    /// <summary>By id.</summary>
    public ImmutableArray<ListEntry> Entries { get; }
}
