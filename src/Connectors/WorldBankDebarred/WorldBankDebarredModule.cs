using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.WorldBankDebarred;

/// <summary>Firms and persons that the World Bank Group excludes from its contracts, screened against the portfolio's names.</summary>
public sealed class WorldBankDebarredModule : IConnectorModule
{
    /// <summary>The list has had about a thousand records for ten years.</summary>
    private const int MinimumRows = 500;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("worldbank-debarred"),
        Title = "World Bank Debarred Firms",
        Publisher = "World Bank Group",
        Terms = "World Bank terms of use",
        Homepage = "https://www.worldbank.org/en/projects-operations/procurement/debarred-firms",
        Cron = "0 15 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["apigwext.worldbank.org"], "worldbank", 1, TimeSpan.FromSeconds(2)),
        NeedsKey = nameof(WorldBankDebarredOptions.ApiKey),
        Feeds = [ListKind.Debarring.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new WorldBankDebarredConnector(WorldBankDebarredOptions.Read(options, MinimumRows));
}
