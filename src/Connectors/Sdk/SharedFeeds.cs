using Risk.Rules.Catalogs;

namespace Risk.Connectors.Sdk;

/// <summary>Feeds that more than one source supplies; the catalog wants them defined identically.</summary>
internal static class SharedFeeds
{
    public static readonly FeedDefinition Insolvency = new("insolvency", TimeSpan.FromDays(14), "Insolvency proceedings: one event for each, its stage (filed, plan-confirmed, emerged, concluded) moving on; long-open is an old docket that is not news.");

    public static readonly FeedDefinition ProductRecall = new(
        "product_recall", TimeSpan.FromDays(14), "Recalls of the supplier's products: one event for each recall, however many products it covers; its stage is ongoing, completed, terminated, or possible where only a name joins it");

    /// <summary>Of one source, and joined to by another.</summary>
    public static readonly FeedDefinition Vulnerability = new(
        "vulnerability", TimeSpan.FromDays(7), "Published vulnerabilities of the products that we buy there: one event for each, its type the product in the portfolio's words");

    public static readonly FeedDefinition PackageAdvisory = new(
        "package_advisory", TimeSpan.FromDays(7), "Advisories on software packages that the supplier delivers: one event for each, its type the package (npm:lodash); severity 5 is malware");

    public static readonly FeedDefinition Breach = new(
        "breach", TimeSpan.FromDays(7), "Data of the supplier's own services that went public: one event for each, its stage verified or unverified; two sources share a story by domain and month");

    public static readonly FeedDefinition RansomwareClaim = new(
        "ransomware_claim", TimeSpan.FromDays(7), "What ransomware groups claim on their own sites: a claim, no finding. Stage says how it was joined (domain, name, similar-name), or that it was delisted; the type is the group");

    public static readonly FeedDefinition CourtCase = new(
        "court_case", TimeSpan.FromDays(7), "Cases in courts of the United States against the supplier, and bankruptcies of companies with a name like its name; type and title say how sure it is.");

    public static readonly FeedDefinition AdverseMedia = new(
        "adverse_media", TimeSpan.FromDays(7), "Bad news: one event for each story, type what happened (insolvency, cyber, fraud, fire, product_safety, strike, labour, environment, closure, lawsuit), stage possible, single or corroborated.");
}
