using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.UflpaEntityList;

/// <summary>Companies whose goods US customs presumes to be made with forced labour, screened against the portfolio's names.</summary>
public sealed class UflpaEntityListModule : IConnectorModule
{
    /// <summary>The list began with 20 entities and had 144 in 2025; few ever left.</summary>
    private const int MinimumRows = 50;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("uflpa-entity-list"),
        Title = "UFLPA Entity List",
        Publisher = "Department of Homeland Security, United States",
        Terms = "US Government work, public domain",
        Homepage = "https://www.dhs.gov/uflpa-entity-list",
        Cron = "0 50 2/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["www.dhs.gov"], "dhs", 1, TimeSpan.FromSeconds(5)),
        Feeds = [ListKind.Restricting.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new UflpaEntityListConnector(ListOptions.Read(options, MinimumRows));

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "to be named in Risk:Sources:Enabled: the reader has met rows of the page only, and the department turns programs away at times";
        return false;
    }
}
