using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.FdaWarningLetters;

/// <summary>FDA's warning letters, joined to suppliers by the company's name.</summary>
public sealed class FdaWarningLettersModule : IConnectorModule
{
    internal const string Feed = "warning_letter";

    internal static readonly SourceId Id = new("fda-warning-letters");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "FDA warning letters",
        Publisher = "Food and Drug Administration, United States",
        Terms = "US Government work, public domain",
        Homepage = "https://www.fda.gov/inspections-compliance-enforcement-and-criminal-investigations/compliance-actions-and-activities/warning-letters",
        // Nearly three of four are posted on a Tuesday.
        Cron = "0 25 6 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["www.fda.gov"], "fda", 1, TimeSpan.FromSeconds(3)),
        Feeds = [new(Feed, TimeSpan.FromDays(14), "Letters in which FDA tells the supplier that it broke the law, and that it must answer within 15 working days; stage closed once FDA closed the matter")],
    };

    public IConnector Create(IConfigurationSection options) => new FdaWarningLettersConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool any = SourceFiles.Find(workspace, Id.Value, "*.csv").Count > 0;
        reason = any ? "" : $"needs the table as {SourceFiles.Folder}/{Id}/*.csv, or to be named in Risk:Sources:Enabled: fda.gov turns many programs away";
        return any;
    }
}
