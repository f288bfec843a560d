using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Gdelt;

/// <summary>News of the world's press about suppliers, by the GDELT Project's search.</summary>
public sealed class GdeltModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("gdelt"),
        Title = "GDELT news search (DOC 2.0)",
        Publisher = "The GDELT Project",
        Terms = "Free for any use, with attribution to the GDELT Project and a link; headlines remain their publishers'",
        Homepage = "https://www.gdeltproject.org/",
        Cron = "0 25 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Deadline = TimeSpan.FromHours(3),
        Limit = new HostLimit(["api.gdeltproject.org"], "gdelt", 1, TimeSpan.FromSeconds(5)),
        Feeds = [SharedFeeds.AdverseMedia],
        JoinsFeeds = [SharedFeeds.AdverseMedia.Name],
    };

    public IConnector Create(IConfigurationSection options) => new GdeltConnector();
}
