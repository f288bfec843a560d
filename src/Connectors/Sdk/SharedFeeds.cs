using Risk.Rules.Catalogs;

namespace Risk.Connectors.Sdk;

/// <summary>Feeds that more than one source supplies; the catalog wants them defined identically.</summary>
internal static class SharedFeeds
{
    public static readonly FeedDefinition Insolvency = new("insolvency", TimeSpan.FromDays(14), "Insolvency proceedings: one event for each, its stage (filed, plan-confirmed, emerged, concluded) moving on.");

    public static readonly FeedDefinition AdverseMedia = new(
        "adverse_media", TimeSpan.FromDays(7), "Bad news: one event for each story, type what happened (insolvency, cyber, fraud, fire, product_safety, strike, labour, environment, closure, lawsuit), stage possible, single or corroborated.");
}
