using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.RansomwareLive;

/// <summary>ransomware.live: the newest claims of ransomware groups.</summary>
public sealed class RansomwareLiveModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("ransomware-live"),
        Title = "ransomware.live",
        Publisher = "ransomware.live (Julien Mousqueton)",
        Terms = "Free for non-commercial use with attribution; else by agreement with the publisher",
        Homepage = "https://www.ransomware.live/api",
        // The answer holds the last hundred claims, which is about two days.
        Cron = "0 55 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["api.ransomware.live"], "ransomware-live", 1, TimeSpan.FromMinutes(1)),
        Feeds = [SharedFeeds.RansomwareClaim],
    };

    public IConnector Create(IConfigurationSection options) => new RansomwareLiveConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "free for non-commercial use only: agree on the terms, then name it in Risk:Sources:Enabled";
        return false;
    }
}
