using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.OfacSdn;

/// <summary>OFAC's list of specially designated nationals, screened against the portfolio's names.</summary>
public sealed class OfacSdnModule : IConnectorModule
{
    internal const string Feed = "sanction";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("ofac-sdn"),
        Title = "OFAC Specially Designated Nationals",
        Publisher = "US Department of the Treasury, Office of Foreign Assets Control",
        Terms = "US Government work, public domain",
        Homepage = "https://ofac.treasury.gov/sanctions-list-service",
        Cron = "0 40 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        // The exports redirect to short-lived object-store addresses whose bucket is not promised anywhere.
        Limit = new HostLimit(["sanctionslistservice.ofac.treas.gov", "*.amazonaws.com"], "ofac", 1, TimeSpan.FromSeconds(2)),
        Feeds = [new(Feed, TimeSpan.FromDays(7), "Entries of sanctions lists that carry the supplier's name")],
    };

    public IConnector Create(IConfigurationSection options) => new OfacSdnConnector(OfacSdnOptions.Read(options));
}
