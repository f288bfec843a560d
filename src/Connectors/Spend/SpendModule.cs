using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Spend;

/// <summary>The buyer's own purchase ledger: what was paid to whom within a year, and how much of a category one supplier has.</summary>
public sealed class SpendModule : IConnectorModule
{
    internal const string File = "spend.csv";
    internal const string Folder = "spend";
    internal const string Spend = "spend_12m";
    internal const string Share = "spend_share";
    internal const string CategoryShare = "spend_category_share";

    internal static readonly SourceId Id = new("spend");

    /// <summary>Ledgers are exported by month or quarter, and some weeks late.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(190);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Purchase ledger (spend.csv, spend/*.csv)",
        Publisher = "Your own files",
        Terms = "your own data",
        Homepage = "spend/",
        Cron = "0 25 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Metrics =
        [
            new(Spend, MetricType.Double, -1e12, 1e12, Age, "", "Paid within the last 365 days of the ledger, credit notes taken off, in one currency"),
            new(Share, MetricType.Double, 0, 1, Age, "ratio", "Its part of what was paid to all suppliers of the portfolio in that time"),
            new(CategoryShare, MetricType.Double, 0, 1, Age, "ratio", "Its part of what was paid to the suppliers of its category in that time"),
        ],
    };

    public IConnector Create(IConfigurationSection options) => new SpendConnector(SpendOptions.Read(options));

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool any = Files(workspace).Any();
        reason = any ? "" : "there is no spend.csv in the workspace, and no CSV file in its spend folder";
        return any;
    }

    /// <summary>The ledger's files, by name: what people call them, and where they are.</summary>
    internal static IEnumerable<(string Name, string Path)> Files(string workspace)
    {
        string alone = Path.Combine(workspace, File), folder = Path.Combine(workspace, Folder);
        if (System.IO.File.Exists(alone)) yield return (File, alone);
        if (!Directory.Exists(folder)) yield break;
        foreach (string path in Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal)) yield return ($"{Folder}/{Path.GetFileName(path)}", path);
    }
}
