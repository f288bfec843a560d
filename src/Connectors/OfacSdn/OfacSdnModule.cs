using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.OfacSdn;

/// <summary>OFAC's list of specially designated nationals, screened against the portfolio's names.</summary>
public sealed class OfacSdnModule : IConnectorModule
{
    /// <summary>The list has had more since 2013.</summary>
    private const int MinimumRows = 5000;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("ofac-sdn"),
        Title = "OFAC Specially Designated Nationals",
        Publisher = "US Department of the Treasury, Office of Foreign Assets Control",
        Terms = "US Government work, public domain",
        Homepage = "https://ofac.treasury.gov/sanctions-list-service",
        Cron = "0 40 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = OfacExports.Limit,
        Feeds = [ListKind.Blocking.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new OfacSdnConnector(ListOptions.Read(options, MinimumRows));
}
