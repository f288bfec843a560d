using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.NewsRss;

/// <summary>News about suppliers out of RSS and Atom feeds that the workspace names.</summary>
public sealed class NewsRssModule : IConnectorModule
{
    internal const string File = "news-feeds.csv";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("news-rss"),
        Title = "News feeds of your choice (RSS, Atom)",
        Publisher = "The feeds' publishers",
        Terms = "Each feed's own: read them. The search feeds of Google News are for personal use only",
        Homepage = File,
        Cron = "0 5,35 * * * ?",
        Cadence = TimeSpan.FromMinutes(30),
        Deadline = TimeSpan.FromMinutes(90),
        Limit = new HostLimit([], "news-rss", 30, TimeSpan.FromMinutes(1)),
        NeedsPublicHosts = true,
        Feeds = [SharedFeeds.AdverseMedia],
        JoinsFeeds = [SharedFeeds.AdverseMedia.Name],
    };

    public IConnector Create(IConfigurationSection options) => new NewsRssConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool isThere = System.IO.File.Exists(Path.Combine(workspace, File));
        reason = isThere ? "" : $"there is no {File} in the workspace";
        return isThere;
    }
}
