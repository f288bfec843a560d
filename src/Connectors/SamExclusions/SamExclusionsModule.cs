using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.SamExclusions;

/// <summary>Parties that United States agencies exclude from federal contracts, screened against the portfolio's names.</summary>
public sealed class SamExclusionsModule : IConnectorModule
{
    /// <summary>The extract has had 130,000 rows and more for years.</summary>
    private const int MinimumRows = 50_000;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("sam-exclusions"),
        Title = "SAM.gov Exclusions",
        Publisher = "US General Services Administration",
        Terms = "US Government work, public domain; SAM.gov terms of use",
        Homepage = "https://sam.gov/data-services/Exclusions",
        Cron = "0 20 13 * * ?",
        Cadence = TimeSpan.FromDays(1),

        // A key without a role has ten requests a day. The extract may be handed out by an object store.
        Limit = new HostLimit(["api.sam.gov", "*.amazonaws.com"], "sam", 1, TimeSpan.FromSeconds(2)),
        NeedsKey = nameof(SamExclusionsOptions.ApiKey),
        Feeds = [ListKind.Debarring.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new SamExclusionsConnector(SamExclusionsOptions.Read(options, MinimumRows));
}
