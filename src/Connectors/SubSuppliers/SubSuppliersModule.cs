using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.SubSuppliers;

/// <summary>Who stands behind the suppliers, out of a CSV file of the workspace: what befalls one that is in the portfolio too is passed on to those who depend on it.</summary>
public sealed class SubSuppliersModule : IConnectorModule
{
    internal const string File = "subsuppliers.csv";

    internal static readonly FeedDefinition Dependencies = new(
        "sub_supplier", TimeSpan.FromDays(7), "Whom the supplier depends on: one event for each sub-supplier, its severity higher the more of our suppliers share it.");

    internal static readonly FeedDefinition Risks = new(
        "sub_supplier_risk", TimeSpan.FromDays(7), "Insolvency and sanctions of a sub-supplier that is in the portfolio too; stage is the sub-supplier's own.");

    internal static readonly FactDefinition Shared = new(
        "shared_sub_supplier", FactType.Text, TimeSpan.FromDays(7), "The sub-supplier that most of our suppliers share with this one; \"\" when it shares none.");

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("sub-suppliers"),
        Title = "Sub-suppliers (subsuppliers.csv)",
        Publisher = "Your own file",
        Terms = "your own data",
        Homepage = File,
        Cron = "0 50 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Facts = [Shared],
        Feeds = [Dependencies, Risks],
        JoinsFeeds = [.. SubSuppliersConnector.PassedOn],
    };

    public IConnector Create(IConfigurationSection options) => new SubSuppliersConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool isThere = System.IO.File.Exists(Path.Combine(workspace, File));
        reason = isThere ? "" : $"there is no {File} in the workspace";
        return isThere;
    }
}
