using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.EuFsf;

/// <summary>The European Union's list of parties whose funds are frozen, screened against the portfolio's names.</summary>
public sealed class EuFsfModule : IConnectorModule
{
    /// <summary>The list has had more entities since 2015.</summary>
    private const int MinimumRows = 500;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("eu-fsf"),
        Title = "EU Financial Sanctions",
        Publisher = "European Commission",
        Terms = "EU reuse decision 2011/833/EU, attribution",
        Homepage = "https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
        Cron = "0 5 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["webgate.ec.europa.eu"], "eu-fsf", 1, TimeSpan.FromSeconds(2)),
        NeedsKey = nameof(EuFsfOptions.Token),
        Feeds = [ListKind.Blocking.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new EuFsfConnector(EuFsfOptions.Read(options, MinimumRows));
}
