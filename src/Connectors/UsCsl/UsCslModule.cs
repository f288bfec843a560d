using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.UsCsl;

/// <summary>The export-control lists of the US Departments of Commerce and State, screened against the portfolio's names.</summary>
public sealed class UsCslModule : IConnectorModule
{
    /// <summary>The file has had more than 10,000 rows for years.</summary>
    private const int MinimumRows = 5000;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("us-csl"),
        Title = "US Consolidated Screening List",
        Publisher = "US Department of Commerce, International Trade Administration",
        Terms = "US Government work, public domain",
        Homepage = "https://www.trade.gov/consolidated-screening-list",
        Cron = "0 10 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["data.trade.gov"], "us-csl", 1, TimeSpan.FromSeconds(2)),
        Feeds = [ListKind.Restricting.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new UsCslConnector(ListOptions.Read(options, MinimumRows));
}
