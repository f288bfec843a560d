using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Hibp;

/// <summary>Have I Been Pwned: breaches of suppliers' services, by domain.</summary>
public sealed class HibpModule : IConnectorModule
{
    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("hibp"),
        Title = "Have I Been Pwned",
        Publisher = "Have I Been Pwned (Troy Hunt)",
        Terms = "CC BY 4.0: attribution with a link to haveibeenpwned.com",
        Homepage = "https://haveibeenpwned.com/API/v3",
        Cron = "0 15 7 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["haveibeenpwned.com"], "hibp", 1, TimeSpan.FromSeconds(6)),
        NeedsIdentifier = IdentifierScheme.Domain,
        Feeds = [SharedFeeds.Breach],
    };

    public IConnector Create(IConfigurationSection options) => new HibpConnector();
}
