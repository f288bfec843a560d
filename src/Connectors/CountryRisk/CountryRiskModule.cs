using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.CountryRisk;

/// <summary>What international bodies say of the supplier's country: FATF's lists, the corruption index, the governance indicators.</summary>
public sealed class CountryRiskModule : IConnectorModule
{
    /// <summary>Figures of a year come up to eleven months after its end, and count until the next ones are there.</summary>
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(800);

    internal static readonly SourceId Id = new("country-risk");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Country risk: FATF lists, corruption index, governance indicators",
        Publisher = "FATF; Transparency International; World Bank",
        Terms = "FATF: reuse with attribution; corruption index: CC BY-ND 4.0; governance indicators: CC BY 4.0",
        Homepage = "https://www.fatf-gafi.org/en/countries/black-and-grey-lists.html",
        // The lists change in February, June and October.
        Cron = "0 40 3 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["www.fatf-gafi.org"], "fatf", 1, TimeSpan.FromSeconds(5)),
        Metrics =
        [
            new("country_cpi", MetricType.Double, 0, 100, TwoYears, "points", "Corruption perceptions index of the supplier's country: 0 highly corrupt, 100 very clean"),
            .. Indicators.Select(i => new MetricDefinition(i.Metric, MetricType.Double, 0, 100, TwoYears, "percentile", $"Governance indicator of the supplier's country, {i.About}: share of the world's countries that are worse, in percent")),
        ],
        Facts = [new("fatf_status", FactType.Text, TimeSpan.FromDays(30), "What FATF says of the supplier's country: call-for-action (black list), increased-monitoring (grey list) or none")],
    };

    /// <summary>The World Bank's six indicators, by the letters that its files have.</summary>
    internal static IReadOnlyList<(string Code, string Metric, string About)> Indicators { get; } =
    [
        ("CC", "wgi_corruption", "control of corruption"),
        ("RL", "wgi_rule_of_law", "rule of law"),
        ("PV", "wgi_stability", "political stability and absence of violence"),
        ("GE", "wgi_government", "government effectiveness"),
        ("RQ", "wgi_regulation", "regulatory quality"),
        ("VA", "wgi_voice", "voice and accountability"),
    ];

    public IConnector Create(IConfigurationSection options) => new CountryRiskConnector();
}
