using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.EpaEcho;

/// <summary>Plants that break clean air and clean water law in the United States, joined to suppliers by the plant's name.</summary>
public sealed class EpaEchoModule : IConnectorModule
{
    internal const string Feed = "environmental_violation";

    internal static readonly SourceId Id = new("epa-echo");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "EPA enforcement and compliance history (ECHO)",
        Publisher = "Environmental Protection Agency, United States",
        Terms = "US Government work, public domain; no stated limit",
        Homepage = "https://echo.epa.gov/tools/web-services",
        // Refreshed on Saturdays.
        Cron = "0 15 7 ? * SUN",
        Cadence = TimeSpan.FromDays(7),
        Deadline = TimeSpan.FromHours(2),
        Limit = new HostLimit(["echodata.epa.gov"], "epa-echo", 1, TimeSpan.FromSeconds(2)),
        Feeds = [new(Feed, TimeSpan.FromDays(30), "Plants of the supplier that break air or water law: significant where the agency calls it so (severity 3), else 2; amount is the penalties in US dollars")],
    };

    public IConnector Create(IConfigurationSection options) => new EpaEchoConnector();
}
