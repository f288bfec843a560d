using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.KpiFile;

/// <summary>The buyer's own delivery, quality and cost figures, out of CSV files in the workspace.</summary>
public sealed class KpiFileModule : IConnectorModule
{
    internal const string Folder = "kpi";
    private static readonly TimeSpan Month = TimeSpan.FromDays(40);

    internal static ImmutableArray<MetricDefinition> Metrics { get; } =
    [
        new("otd", MetricType.Double, 0, 1, Month, "ratio", "On time: orders delivered by the agreed date"),
        new("otif", MetricType.Double, 0, 1, Month, "ratio", "On time and in full: orders delivered by the agreed date in the agreed quantity"),
        new("defect_ppm", MetricType.Double, 0, 1e6, Month, "ppm", "Defective parts in a million"),
        new("uptime", MetricType.Double, 0, 1, Month, "ratio", "Share of the period in which the service was there"),
        new("lead_time_days", MetricType.Double, 0, 1000, Month, "days", "From order to delivery"),
        new("lead_time_agreed", MetricType.Double, 0, 1000, TimeSpan.FromDays(400), "days", "From order to delivery, as agreed"),
        new("cost_variance", MetricType.Double, -1, 10, Month, "ratio", "Invoiced over agreed price, minus 1"),
    ];

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("kpi-file"),
        Title = "Delivery and quality figures (kpi/*.csv)",
        Publisher = "Your own files",
        Terms = "your own data",
        Homepage = "kpi/",
        Cron = "0 10 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Metrics = Metrics,
        TakesOwnMetrics = true,
    };

    public IConnector Create(IConfigurationSection options) => new KpiFileConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool any = Files(workspace).Any();
        reason = any ? "" : "there is no CSV file in the workspace's kpi folder";
        return any;
    }

    /// <summary>The CSV files in the workspace's folder, by name.</summary>
    internal static IEnumerable<string> Files(string workspace)
    {
        string folder = Path.Combine(workspace, Folder);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal) : [];
    }
}
