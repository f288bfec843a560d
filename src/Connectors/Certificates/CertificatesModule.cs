using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Certificates;

/// <summary>The certificates that suppliers hold, out of a CSV file of the workspace.</summary>
public sealed class CertificatesModule : IConnectorModule
{
    internal const string File = "certificates.csv";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("certificate-file"),
        Title = "Certificates of suppliers (certificates.csv)",
        Publisher = "Your own file",
        Terms = "your own data",
        Homepage = File,
        Cron = "0 15 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Feeds = [CertificateFeed.Definition],
    };

    public IConnector Create(IConfigurationSection options) => new CertificatesConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool isThere = System.IO.File.Exists(Path.Combine(workspace, File));
        reason = isThere ? "" : $"there is no {File} in the workspace";
        return isThere;
    }
}
