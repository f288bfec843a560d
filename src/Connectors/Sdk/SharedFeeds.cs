using Risk.Rules.Catalogs;

namespace Risk.Connectors.Sdk;

/// <summary>Feeds that more than one source supplies; the catalog wants them defined identically.</summary>
internal static class SharedFeeds
{
    public static readonly FeedDefinition Insolvency = new("insolvency", TimeSpan.FromDays(14), "Insolvency proceedings: one event for each, its stage (filed, plan-confirmed, emerged, concluded) moving on.");

    public static readonly FeedDefinition CourtCase = new(
        "court_case", TimeSpan.FromDays(7), "Cases in courts of the United States against the supplier, and bankruptcies of companies with a name like its name; type and title say how sure it is.");
}
