using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.ShodanInternetDb;

/// <summary>Shodan InternetDB: open ports and supposed vulnerabilities of a supplier's addresses.</summary>
public sealed class ShodanInternetDbModule : IConnectorModule
{
    internal static readonly SourceId Id = new("shodan-internetdb");

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Shodan InternetDB",
        Publisher = "Shodan",
        Terms = "Free for non-commercial use only; no published limit (we take one request a second)",
        Homepage = "https://internetdb.shodan.io",
        // The data change once a week.
        Cron = "0 35 4 ? * MON",
        Cadence = TimeSpan.FromDays(7),
        Deadline = TimeSpan.FromHours(8),
        Limit = new HostLimit(["internetdb.shodan.io"], "shodan-internetdb", 1, TimeSpan.FromSeconds(1)),
        NeedsIdentifier = IdentifierScheme.Domain,
        Facts =
        [
            new("internetdb_addresses", FactType.Int, Month, "IPv4 addresses of the supplier's own that InternetDB knows; shared ones (content networks, clouds) do not count."),
            new("internetdb_exposed", FactType.Text, Month, "Services open to the Internet that should not be: \"3306 MySQL; 3389 remote desktop\"; \"\" when none is known."),
            new("internetdb_vulnerabilities", FactType.Int, Month, "Vulnerabilities that Shodan supposes from version banners; unverified, patched versions are often counted."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new ShodanInternetDbConnector(PublicHosts.BySystem);

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "free for non-commercial use only; name it in Risk:Sources:Enabled if that is yours";
        return false;
    }
}
