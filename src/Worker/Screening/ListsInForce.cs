using Risk.Connectors.Sdk.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>The names of every list that the portfolio was last screened against.</summary>
/// <param name="Dates">Publication dates by source, "undated" where the publisher states none.</param>
internal sealed record ListsInForce(IReadOnlyList<Rules.Matching.ListedName> Names, IReadOnlyDictionary<string, string> Dates)
{
    public static async Task<ListsInForce> LoadAsync(IStoreSession session, CancellationToken cancellationToken)
    {
        var names = new List<Rules.Matching.ListedName>();
        var dates = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (ScreenedList list in await session.Screening.ListsAsync(cancellationToken))
        {
            dates[list.Source.Value] = list.PublishedAt is { } at ? MatchSignals.Day(at) : "undated";
            foreach (ListEntry entry in ListEntryFile.Read(list.Entries)) names.AddRange(entry.Names.Select(name => MatcherName.Of(entry, name, list.Source.Value)));
        }

        return new ListsInForce(names, dates);
    }
}
