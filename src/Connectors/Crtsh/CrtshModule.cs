using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Crtsh;

/// <summary>crt.sh: the certificates that public logs hold for a supplier's domain.</summary>
public sealed class CrtshModule : IConnectorModule
{
    internal static readonly SourceId Id = new("crtsh");

    /// <summary>crt.sh is often down for a day.</summary>
    private static readonly TimeSpan Fortnight = TimeSpan.FromDays(14);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "crt.sh certificate transparency search",
        Publisher = "Sectigo",
        Terms = "Free service without stated terms; about 60 requests a minute (we take 30)",
        Homepage = "https://crt.sh",
        Cron = "0 15 2 * * ?",
        Cadence = TimeSpan.FromDays(1),
        // A domain takes one request, and crt.sh up to ten seconds for it.
        Deadline = TimeSpan.FromHours(8),
        Limit = new HostLimit(["crt.sh"], "crtsh", 30, TimeSpan.FromMinutes(1)),
        NeedsIdentifier = IdentifierScheme.Domain,
        Facts =
        [
            new("ct_expiry", FactType.Timestamp, Fortnight, "End of the logged certificate that lasts longest for the domain itself, its www or its wildcard; not stated when none was ever logged."),
            new("ct_certificates", FactType.Int, Fortnight, "Logged certificates in force for the domain and everything below it; a precertificate and its certificate count once."),
            new("ct_issuers", FactType.Text, Fortnight, "Who issued those in force, by organisation: \"DigiCert Inc; Let's Encrypt\"."),
            new("ct_new_issuer", FactType.Text, Fortnight, "An issuer that first appears within the last 30 days beside older ones; \"\" when there is none; not stated where crt.sh gives no history."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new CrtshConnector();
}
