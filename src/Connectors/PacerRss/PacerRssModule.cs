using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.PacerRss;

/// <summary>The bankruptcy courts' own feeds of new docket entries, joined to suppliers by name.</summary>
public sealed class PacerRssModule : IConnectorModule
{
    internal static readonly SourceId Id = new("pacer-rss");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "US bankruptcy courts, docket feeds",
        Publisher = "United States Courts (CM/ECF)",
        Terms = "public information, no account; what the links lead to costs a PACER fee",
        Homepage = "https://pacer.uscourts.gov/file-case/court-cmecf-lookup",
        // A feed holds about a day of entries; busy courts push a petition out within hours.
        Cron = "0 35 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Limit = new HostLimit(["*.uscourts.gov"], "pacer-rss", 1, TimeSpan.FromSeconds(2)),
        Feeds = [SharedFeeds.CourtCase],
        AddsTo = [SharedFeeds.Insolvency],
    };

    public IConnector Create(IConfigurationSection options) => new PacerRssConnector(PacerRssOptions.Read(options));
}
