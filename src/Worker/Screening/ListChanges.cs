using Risk.Connectors.Sdk.Screening;

namespace Risk.Worker.Screening;

/// <summary>What of a list is to be compared anew.</summary>
internal static class ListChanges
{
    /// <summary>Entries that came, went, or changed in what is compared; a changed one as it was and as it is.</summary>
    public static IEnumerable<ListEntry> Between(IReadOnlyCollection<ListEntry> before, IReadOnlyCollection<ListEntry> after)
    {
        Dictionary<string, ListEntry> old = before.ToDictionary(e => e.Id, StringComparer.Ordinal);
        foreach (ListEntry entry in after)
        {
            if (!old.Remove(entry.Id, out ListEntry? was))
            {
                yield return entry;
            }
            else if (!IsComparedAlike(was, entry))
            {
                yield return was;
                yield return entry;
            }
        }

        foreach (ListEntry gone in old.Values) yield return gone;
    }

    private static bool IsComparedAlike(ListEntry a, ListEntry b) =>
        a.IsPerson == b.IsPerson && a.PartyType == b.PartyType && a.Kind == b.Kind && a.Names.SequenceEqual(b.Names) && a.Countries.SetEquals(b.Countries) && a.Identifiers.ToHashSet().SetEquals(b.Identifiers);
}
