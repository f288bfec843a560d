using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.XposedOrNot;

/// <summary>XposedOrNot: a second list of breaches, by domain.</summary>
public sealed class XposedOrNotModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("xposedornot"),
        Title = "XposedOrNot",
        Publisher = "XposedOrNot (Devanand Premkumar)",
        Terms = "Free public API, with attribution; the publisher sells an API for commercial use, so check that your use is covered",
        Homepage = "https://xposedornot.com/api_doc",
        Cron = "0 45 7 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["api.xposedornot.com"], "xposedornot", 1, TimeSpan.FromSeconds(2)),
        NeedsIdentifier = IdentifierScheme.Domain,
        Feeds = [SharedFeeds.Breach],
    };

    public IConnector Create(IConfigurationSection options) => new XposedOrNotConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "its terms may not cover commercial use: check them, then name it in Risk:Sources:Enabled";
        return false;
    }
}
