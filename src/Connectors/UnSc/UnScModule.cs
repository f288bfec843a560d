using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.UnSc;

/// <summary>The United Nations Security Council's list, screened against the portfolio's names.</summary>
public sealed class UnScModule : IConnectorModule
{
    /// <summary>The list has had about a thousand entries for ten years.</summary>
    private const int MinimumRows = 500;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("un-sc"),
        Title = "UN Security Council Consolidated List",
        Publisher = "United Nations Security Council",
        Terms = "public United Nations record",
        Homepage = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
        Cron = "0 55 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["scsanctions.un.org"], "un-sc", 1, TimeSpan.FromSeconds(2)),
        Feeds = [ListKind.Blocking.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new UnScConnector(ListOptions.Read(options, MinimumRows));
}
