using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.BisDpl;

/// <summary>Persons and firms to whom US goods must not be exported, screened against the portfolio's names.</summary>
public sealed class BisDplModule : IConnectorModule
{
    /// <summary>The list has had 450 rows and more for years.</summary>
    private const int MinimumRows = 200;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("bis-dpl"),
        Title = "BIS Denied Persons List",
        Publisher = "US Department of Commerce, Bureau of Industry and Security",
        Terms = "US Government work, public domain",
        Homepage = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
        Cron = "0 25 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["www.bis.doc.gov"], "bis", 1, TimeSpan.FromSeconds(2)),
        Feeds = [ListKind.Restricting.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new BisDplConnector(ListOptions.Read(options, MinimumRows));

    /// <summary>The consolidated screening list carries the same orders, and the address of the file is an old one.</summary>
    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "the US consolidated screening list has the same orders; to have them from BIS or a mirror, name it in Risk:Sources:Enabled";
        return false;
    }
}
