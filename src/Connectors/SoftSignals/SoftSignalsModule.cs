using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.SoftSignals;

/// <summary>The buyer's own observations: what the files do not say and somebody noticed.</summary>
public sealed class SoftSignalsModule : IConnectorModule
{
    public static readonly SourceId Id = new("soft-signals");

    public static readonly FeedDefinition Feed = new(
        "soft_signal", TimeSpan.FromDays(7), "What your own people observed ('risk signals add'): type is the kind, due the day from which it counts no longer.");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Observations of your own people",
        Publisher = "Your own",
        Terms = "your own data",
        Homepage = "risk signals add",
        Cron = "0 40 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Feeds = [Feed],
    };

    public IConnector Create(IConfigurationSection options) => new SoftSignalsConnector();
}
