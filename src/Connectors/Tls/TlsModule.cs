using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tls;

/// <summary>Our own TLS handshake with the server of a supplier's domain.</summary>
public sealed class TlsModule : IConnectorModule
{
    internal static readonly SourceId Id = new("tls");

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "TLS handshake with the supplier's web server",
        Publisher = "The supplier's own server",
        Terms = "One handshake a day, as a browser makes it; no data is asked for",
        Homepage = "https://www.rfc-editor.org/rfc/rfc8446",
        Cron = "0 25 3 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Deadline = TimeSpan.FromHours(4),
        PassesMirrorBy = true,
        NeedsIdentifier = IdentifierScheme.Domain,
        Facts =
        [
            new("tls_expiry", FactType.Timestamp, Week, "End of the certificate that the server of the domain shows."),
            new("tls_problem", FactType.Text, Week, "What a browser would object to: expired, not-yet-valid, self-signed, untrusted, incomplete-chain, wrong-host, weak-key, weak-signature, joined by commas; \"\" when nothing."),
            new("tls_protocol", FactType.Text, Week, "Protocol agreed on: TLS 1.3, TLS 1.2; TLS 1.1 or older only where the server offers nothing newer."),
            new("tls_issuer", FactType.Text, Week, "Who issued the certificate."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new TlsConnector(PublicHosts.BySystem.ConnectAsync, trusted: null, TlsConnector.AnswerWithin);

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "calls the suppliers' own servers; name it in Risk:Sources:Enabled if you may";
        return false;
    }
}
