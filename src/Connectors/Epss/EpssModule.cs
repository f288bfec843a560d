using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Epss;

/// <summary>FIRST's Exploit Prediction Scoring System, joined to the vulnerabilities that other sources found for suppliers.</summary>
public sealed class EpssModule : IConnectorModule
{
    internal const string Feed = "likely_exploited";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("epss"),
        Title = "Exploit Prediction Scoring System",
        Publisher = "Forum of Incident Response and Security Teams (FIRST)",
        Terms = "Free use; FIRST asks to be cited (https://www.first.org/epss)",
        Homepage = "https://www.first.org/epss/data_stats",
        // The file comes at about 12:00 UTC. It is looked at more often, mostly without being sent again, because the vulnerabilities that it is joined to come all day.
        Cron = "0 35 3/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["epss.empiricalsecurity.com"], "epss", 1, TimeSpan.FromSeconds(2)),
        Feeds = [new(Feed, TimeSpan.FromDays(7), "Vulnerabilities of the supplier that will probably be exploited within 30 days; amount is the least probability (0.1, 0.5 or 0.9), stage 'exploited' what is exploited already")],
        JoinsFeeds = [SharedFeeds.Vulnerability.Name, SharedFeeds.PackageAdvisory.Name, "known_exploited"],
    };

    public IConnector Create(IConfigurationSection options) => new EpssConnector();
}
