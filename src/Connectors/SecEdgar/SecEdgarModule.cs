using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SecEdgar;

/// <summary>SEC EDGAR: filings as events, tagged figures as ratios, for suppliers with a CIK.</summary>
public sealed class SecEdgarModule : IIdentityRegister
{
    internal static readonly SourceId Id = new("sec-edgar");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "SEC EDGAR filings and company facts",
        Publisher = "U.S. Securities and Exchange Commission",
        Terms = "Public information, free to copy and redistribute; fair access asks for a contact and at most 10 requests a second",
        Homepage = "https://www.sec.gov/search-filings/edgar-application-programming-interfaces",
        Cron = "0 20 */4 * * ?",
        Cadence = TimeSpan.FromHours(4),
        Deadline = TimeSpan.FromHours(2),
        // Upstream allows 10 a second over all its hosts; the rest is for people who browse it from the same address.
        Limit = new HostLimit(["data.sec.gov", "www.sec.gov"], "sec.gov", 8, TimeSpan.FromSeconds(1), ForbiddenMeansThrottled: true),
        NeedsIdentifier = IdentifierScheme.Cik,
        NeedsContact = true,
        KnowsItsPast = true,
        Metrics = [.. RatioMapper.All],
        Facts = [FilingEventMapper.Listing],
        Feeds =
        [
            SharedFeeds.Insolvency,
            Feed("delisting", "Listing notices, removals from listing and deregistrations."),
            Feed("restatement", "Earlier financial statements should no longer be relied on (8-K item 4.02)."),
            Feed("auditor_change", "The auditor changed (8-K item 4.01)."),
            Feed("late_filing", "An annual or quarterly report is late (NT 10-K, NT 10-Q)."),
            Feed("debt_acceleration", "An event accelerates or increases a financial obligation (8-K item 2.04)."),
            Feed("restructuring", "Costs of exit or disposal: plants closed, staff laid off (8-K item 2.05)."),
            Feed("impairment", "A material impairment (8-K item 2.06)."),
            Feed("agreement_new", "A material agreement was entered (8-K item 1.01)."),
            Feed("agreement_end", "A material agreement ended (8-K item 1.02)."),
            Feed("officer_change", "Officers or directors changed (8-K item 5.02)."),
            Feed("cyber_incident", "A material cybersecurity incident (8-K item 1.05)."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new SecEdgarConnector();

    public string Scheme => IdentifierScheme.Cik;

    /// <summary>Companies of every country are listed in the United States.</summary>
    public bool MayHold(Supplier supplier) => true;

    public IRegisterSearch Search(IConfigurationSection options, SourceHttp http) => new SecEdgarSearch(http);

    private static FeedDefinition Feed(string name, string about) => new(name, TimeSpan.FromDays(7), about);
}
