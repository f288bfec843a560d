using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.OfacCons;

/// <summary>OFAC's lists of parties that are restricted, not blocked, screened against the portfolio's names.</summary>
public sealed class OfacConsModule : IConnectorModule
{
    /// <summary>The sectoral list alone has about 290 parties.</summary>
    private const int MinimumRows = 300;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("ofac-cons"),
        Title = "OFAC Consolidated Non-SDN List",
        Publisher = "US Department of the Treasury, Office of Foreign Assets Control",
        Terms = "US Government work, public domain",
        Homepage = "https://ofac.treasury.gov/sanctions-list-service",
        Cron = "0 45 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = OfacExports.Limit,
        Feeds = [ListKind.Restricting.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new OfacConsConnector(ListOptions.Read(options, MinimumRows));
}
