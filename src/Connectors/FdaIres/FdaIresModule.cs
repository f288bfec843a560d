using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.FdaIres;

/// <summary>The recalls of FDA's own enforcement system, days before openFDA has them, joined to suppliers by the recalling firm's name.</summary>
public sealed class FdaIresModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("fda-ires"),
        Title = "FDA enforcement reports (iRES)",
        Publisher = "Food and Drug Administration, United States",
        Terms = "US Government work, public domain; a free account is needed",
        Homepage = "https://www.accessdata.fda.gov/scripts/ires/",
        Cron = "0 50 4 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["www.accessdata.fda.gov"], "fda-ires", 1, TimeSpan.FromSeconds(5)),
        NeedsKey = nameof(FdaIresOptions.AuthorizationKey),
        Feeds = [SharedFeeds.ProductRecall],
    };

    public IConnector Create(IConfigurationSection options) => new FdaIresConnector(FdaIresOptions.Read(options));
}
