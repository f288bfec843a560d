using Risk.Rules.Catalogs;

namespace Risk.Connectors.Sdk;

/// <summary>Feeds that more than one source supplies; the catalog wants them defined identically.</summary>
internal static class SharedFeeds
{
    public static readonly FeedDefinition Insolvency = new("insolvency", TimeSpan.FromDays(14), "Insolvency proceedings: one event for each, its stage (filed, plan-confirmed, emerged, concluded) moving on.");

    public static readonly FeedDefinition ProductRecall = new(
        "product_recall", TimeSpan.FromDays(14), "Recalls of the supplier's products: one event for each recall, however many products it covers; its stage is ongoing, completed, terminated, or possible where only a name joins it");
}
