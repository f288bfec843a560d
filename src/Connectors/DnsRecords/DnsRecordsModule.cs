using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.DnsRecords;

/// <summary>What the domain name system says of a supplier's domain: mail, protection against forged mail, who may issue certificates.</summary>
public sealed class DnsRecordsModule : IConnectorModule
{
    internal static readonly SourceId Id = new("dns");

    private static readonly TimeSpan Fortnight = TimeSpan.FromDays(14);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "DNS records of the supplier's domain",
        Publisher = "The supplier's own name servers, through the resolver here",
        Terms = "Public records, asked for as every mail server does",
        Homepage = "https://www.rfc-editor.org/rfc/rfc7489",
        Cron = "0 45 3 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Deadline = TimeSpan.FromHours(2),
        PassesMirrorBy = true,
        NeedsIdentifier = IdentifierScheme.Domain,
        Facts =
        [
            new("dns_exists", FactType.Bool, Fortnight, "Whether the domain exists; when it does not, nothing else is stated."),
            new("dns_mail", FactType.Bool, Fortnight, "Whether it takes mail (MX, and not the null MX)."),
            new("dns_spf", FactType.Text, Fortnight, "What SPF says of other senders: fail, softfail, neutral, pass; absent; invalid (several records, more than ten look-ups, or one that leads nowhere); redirect where what it leads to could not be read."),
            new("dns_dmarc", FactType.Text, Fortnight, "What DMARC asks for forged mail: reject, quarantine, none; absent; invalid."),
            new("dns_caa", FactType.Text, Fortnight, "Who may issue certificates: \"digicert.com; letsencrypt.org\"; \"\" when nothing is said."),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new DnsRecordsConnector(DnsResolver.Open(options).AskAsync);
}
