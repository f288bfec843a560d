using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Gleif;

/// <summary>GLEIF: the state of a supplier's legal entity identifier, and its reported parents.</summary>
public sealed class GleifModule : IIdentityRegister
{
    internal static readonly SourceId Id = new("gleif");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "GLEIF legal entity identifiers",
        Publisher = "Global Legal Entity Identifier Foundation",
        Terms = "CC0 1.0; 60 requests a minute",
        Homepage = "https://www.gleif.org/en/lei-data/gleif-api",
        Cron = "0 40 5 * * ?",
        Cadence = TimeSpan.FromDays(1),
        // Three to five requests for each supplier, at one a second; who was not reached comes first at the next run.
        Deadline = TimeSpan.FromHours(4),
        Limit = new HostLimit(["api.gleif.org"], "gleif", 60, TimeSpan.FromMinutes(1)),
        NeedsIdentifier = IdentifierScheme.Lei,
        Facts =
        [
            Fact("lei_status", FactType.Text, "Registration of the LEI: ISSUED, LAPSED (not renewed, weak alone), RETIRED, MERGED, ANNULLED ..."),
            Fact("lei_entity_status", FactType.Text, "The company itself: ACTIVE, INACTIVE, or \"\" where GLEIF states none."),
            Fact("lei_renewal", FactType.Timestamp, "When the LEI must be renewed next; in the past once it lapsed."),
            Fact("lei_direct_parent", FactType.Text, "LEI of the direct accounting parent, or why none is reported (NON_CONSOLIDATING ...), or \"\"."),
            Fact("lei_ultimate_parent", FactType.Text, "LEI of the ultimate accounting parent, or why none is reported (NATURAL_PERSONS ...), or \"\"."),
            Fact("lei_successor", FactType.Text, "LEI of the company that took its place (or of the LEI in force, where this one is a duplicate); a name where it has no LEI; or \"\"."),
        ],
        Feeds = [new FeedDefinition(GleifEvents.Feed, TimeSpan.FromDays(14), "What is reported with an LEI: dissolution, mergers-and-acquisitions, absorption, demerger, change-legal-name ...; stage in-progress or completed.")],
        // Few companies tell the issuer of their LEI of an insolvency, so its silence proves nothing.
        AddsTo = [SharedFeeds.Insolvency],
    };

    public IConnector Create(IConfigurationSection options) => new GleifConnector();

    public string Scheme => IdentifierScheme.Lei;

    public bool MayHold(Supplier supplier) => true;

    public IRegisterSearch Search(IConfigurationSection options, SourceHttp http) => new GleifSearch(http);

    private static FactDefinition Fact(string name, FactType type, string about) => new(name, type, TimeSpan.FromDays(14), about);
}
