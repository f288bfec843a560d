using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.CisaKev;

/// <summary>CISA's catalogue of known exploited vulnerabilities, joined to suppliers by vendor and product name.</summary>
public sealed class CisaKevModule : IConnectorModule
{
    internal const string Feed = "known_exploited";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("cisa-kev"),
        Title = "CISA Known Exploited Vulnerabilities",
        Publisher = "Cybersecurity and Infrastructure Security Agency",
        Terms = "CC0",
        Homepage = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
        // Releases come on working days between 15:00 and 19:00 UTC, sometimes twice.
        Cron = "0 20 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["www.cisa.gov", "raw.githubusercontent.com"], "cisa", 1, TimeSpan.FromSeconds(2)),
        Feeds = [new(Feed, TimeSpan.FromDays(7), "Vulnerabilities in the supplier's products that attackers are known to use")],
    };

    public IConnector Create(IConfigurationSection options) => new CisaKevConnector();
}
