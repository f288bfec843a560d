using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Ransomwatch;

/// <summary>ransomwatch: all headings of leak sites since 2020.</summary>
public sealed class RansomwatchModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("ransomwatch"),
        Title = "ransomwatch",
        Publisher = "ransomwatch (Josh Highet) and ransomware.live, which carries it on",
        Terms = "Public repository; what ransomware.live carries on is free for non-commercial use",
        Homepage = "https://github.com/joshhighet/ransomwatch",
        Cron = "0 35 0/12 * * ?",
        Cadence = TimeSpan.FromHours(12),
        Limit = new HostLimit(["data.ransomware.live", "raw.githubusercontent.com"], "ransomwatch", 1, TimeSpan.FromSeconds(5)),
        Feeds = [SharedFeeds.RansomwareClaim],
    };

    public IConnector Create(IConfigurationSection options) => new RansomwatchConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "little is added to it since 2025, and its terms may not cover commercial use: check, then name it in Risk:Sources:Enabled";
        return false;
    }
}
