using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Osha;

/// <summary>Inspections in which US labour inspectors found violations, joined to suppliers by the establishment's name.</summary>
public sealed class OshaModule : IConnectorModule
{
    internal const string Feed = "workplace_safety";

    internal static readonly SourceId Id = new("osha");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "OSHA inspections",
        Publisher = "Occupational Safety and Health Administration, United States",
        Terms = "US Government work, public domain; a free key of the Department of Labor, ten requests in ten minutes",
        Homepage = "https://dataportal.dol.gov/",
        Cron = "0 30 8 ? * MON",
        Cadence = TimeSpan.FromDays(7),
        Deadline = TimeSpan.FromHours(3),
        Limit = new HostLimit(["apiprod.dol.gov"], "dol", 10, TimeSpan.FromMinutes(10)),
        Feeds = [new(Feed, TimeSpan.FromDays(30), "Inspections of the supplier's sites in which violations of safety law were found: willful, repeat, serious or other, or after an accident that is still looked into: accident; amount is the current penalty in US dollars; stage open or closed")],
    };

    public IConnector Create(IConfigurationSection options) => new OshaConnector(OshaOptions.Read(options));

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        bool ready = !string.IsNullOrEmpty(options[nameof(OshaOptions.ApiKey)]) || SourceFiles.Find(workspace, Id.Value, "*").Count > 0;
        reason = ready ? "" : $"needs Risk:Sources:{Id}:{nameof(OshaOptions.ApiKey)}, or files of the department in {SourceFiles.Folder}/{Id}/";
        return ready;
    }
}
