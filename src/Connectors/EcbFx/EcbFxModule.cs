using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Currency;
using Risk.Rules.Catalogs;

namespace Risk.Connectors.EcbFx;

/// <summary>Euro reference rates: what other sources convert with, and how a supplier's home currency moves.</summary>
public sealed class EcbFxModule : IConnectorModule
{
    internal const string Metric = "currency_change_90d";

    public SourceManifest Manifest { get; } = new()
    {
        Id = EuroRates.Source,
        Title = "Euro foreign exchange reference rates",
        Publisher = "European Central Bank",
        Terms = "free with attribution; for information only, not for transactions",
        Homepage = "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html",
        // Published about 16:00 Frankfurt time on TARGET working days; on other days nothing changed, which costs two answers of 304.
        Cron = "0 30 16 * * ?",
        TimeZone = "Europe/Berlin",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["www.ecb.europa.eu"], "ecb", 1, TimeSpan.FromSeconds(2)),
        Metrics = [new(Metric, MetricType.Double, -1, 100, TimeSpan.FromDays(14), "ratio", "Value of the currency of the supplier's country in euro, over its value about 90 days before, minus 1: -0.2 when it lost a fifth")],
    };

    public IConnector Create(IConfigurationSection options) => new EcbFxConnector();
}
