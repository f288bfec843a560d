using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Statuspage;

/// <summary>Status pages of suppliers that run a service for us: incidents, and the uptime that follows from them.</summary>
public sealed class StatuspageModule : IConnectorModule
{
    internal static readonly SourceId Id = new("statuspage");

    internal const string Feed = "service_incident";

    /// <summary>A page that could not be read for so long says nothing about now.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Status pages (Atlassian Statuspage)",
        Publisher = "The supplier's own status page",
        Terms = "Public pages; Atlassian asks for no more than a call every 30 to 60 seconds (we take one in 15 minutes)",
        Homepage = "https://developer.statuspage.io",
        Cron = "0 0/15 * * * ?",
        Cadence = TimeSpan.FromMinutes(15),
        Limit = new HostLimit([HostLimit.AnyHost], "statuspage", 5, TimeSpan.FromSeconds(1)),
        Metrics =
        [
            Uptime(30),
            Uptime(90),
        ],
        Facts = [new("service_status", FactType.Text, Day, "What the status page says now: none (all well), minor, major, critical, maintenance.")],
        Feeds = [new(Feed, Day, "Incidents on the supplier's status page; stage is open or resolved, or planned for maintenance (due: its begin), type their impact: none, minor, major, critical, maintenance")],
    };

    public IConnector Create(IConfigurationSection options) => new StatuspageConnector();

    private static MetricDefinition Uptime(int days) => new(
        $"status_uptime_{days}d", MetricType.Double, 0, 1, TimeSpan.FromDays(7), "ratio",
        $"Share of {days} days up to midnight without an incident on the status page; a critical one counts whole, a major one 30 %, over all components");
}
