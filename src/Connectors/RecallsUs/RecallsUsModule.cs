using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.RecallsUs;

/// <summary>Recalls of consumer products in the United States, joined to suppliers by the names of manufacturer, importer, distributor or retailer.</summary>
public sealed class RecallsUsModule : IConnectorModule
{
    internal static readonly SourceId Id = new("recalls-us");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "US consumer product recalls",
        Publisher = "Consumer Product Safety Commission, United States",
        Terms = "US Government work, public domain",
        Homepage = "https://www.cpsc.gov/Recalls/CPSC-Recalls-Application-Program-Interface-API-Information",
        Cron = "0 5 5 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["www.saferproducts.gov"], "cpsc", 1, TimeSpan.FromSeconds(2)),
        Feeds = [SharedFeeds.ProductRecall],
    };

    public IConnector Create(IConfigurationSection options) => new RecallsUsConnector();
}
