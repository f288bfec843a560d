using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.UsaSpending;

/// <summary>Federal awards of the United States by recipient: how much of a supplier's income is public money, and whether it dries up.</summary>
public sealed class UsaSpendingModule : IConnectorModule
{
    internal const string Obligations = "federal_obligations_12m";
    internal const string Year = "federal_obligations_year";
    internal const string Prior = "federal_obligations_prior";
    internal const string Change = "federal_obligations_change";

    internal static readonly SourceId Id = new("usaspending");

    /// <summary>Asked weekly; the figures are refreshed nightly.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(45);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "USAspending, federal awards by recipient",
        Publisher = "U.S. Department of the Treasury",
        Terms = "US Government work, public domain",
        Homepage = "https://api.usaspending.gov/docs/endpoints",
        Cron = "0 15 7 ? * SUN",
        Cadence = TimeSpan.FromDays(7),
        Deadline = TimeSpan.FromHours(6),
        // No limit is published; this is gentle.
        Limit = new HostLimit(["api.usaspending.gov"], "usaspending", 2, TimeSpan.FromSeconds(1)),
        Metrics =
        [
            new(Obligations, MetricType.Double, -1e13, 1e13, Age, "USD", "Federal obligations to the recipient within the last twelve months, contracts and grants; negative when more was taken back"),
            new(Year, MetricType.Double, -1e13, 1e13, Age, "USD", "Federal obligations to the recipient in the last complete fiscal year (October to September), which are all reported by now"),
            new(Prior, MetricType.Double, -1e13, 1e13, Age, "USD", "Federal obligations to the recipient in the fiscal year before the last complete one"),
            new(Change, MetricType.Double, -1, 1000, Age, "ratio", "Federal obligations of the last complete fiscal year (October to September) over those of the year before, minus 1: -0.5 when half is gone"),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new UsaSpendingConnector();
}
