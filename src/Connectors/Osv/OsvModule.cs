using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Osv;

/// <summary>The open source vulnerability database, for the packages that suppliers deliver.</summary>
public sealed class OsvModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("osv"),
        Title = "Open Source Vulnerabilities",
        Publisher = "OSV.dev (Google and the databases that it collects)",
        Terms = "Each database's own; most are CC BY 4.0 or CC0",
        Homepage = "https://osv.dev/",
        Cron = "0 5 3/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Deadline = TimeSpan.FromHours(1),
        // None is published; ours.
        Limit = new HostLimit(["api.osv.dev"], "osv", 5, TimeSpan.FromSeconds(1)),
        Feeds = [SharedFeeds.PackageAdvisory],
    };

    public IConnector Create(IConfigurationSection options) => new OsvConnector();
}
