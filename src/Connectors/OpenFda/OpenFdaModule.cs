using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.OpenFda;

/// <summary>Recalls of drugs, devices and food that FDA oversees, joined to suppliers by the recalling firm's name.</summary>
public sealed class OpenFdaModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("openfda"),
        Title = "openFDA enforcement reports",
        Publisher = "Food and Drug Administration, United States",
        Terms = "CC0; not to be relied on for medical care; 240 requests a minute, 1,000 a day without a key",
        Homepage = "https://open.fda.gov/apis/",
        Cron = "0 35 5 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["api.fda.gov"], "openfda", 120, TimeSpan.FromMinutes(1)),
        Feeds = [SharedFeeds.ProductRecall],
    };

    public IConnector Create(IConfigurationSection options) => new OpenFdaConnector(OpenFdaOptions.Read(options));
}
