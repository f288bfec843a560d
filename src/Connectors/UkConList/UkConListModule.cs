using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.UkConList;

/// <summary>The Treasury's consolidated list of the United Kingdom as it stood when it was closed, screened against the portfolio's names.</summary>
public sealed class UkConListModule : IConnectorModule
{
    /// <summary>Entities and ships alone were nearly 4,000 rows in 2022; with persons there were 9,000 and more since 2018.</summary>
    private const int MinimumRows = 3000;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("uk-conlist"),
        Title = "UK Consolidated List (closed)",
        Publisher = "UK Treasury, Office of Financial Sanctions Implementation",
        Terms = "Open Government Licence v3.0",
        Homepage = "https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets",
        Cron = "0 35 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["ofsistorage.blob.core.windows.net"], "ofsi", 1, TimeSpan.FromSeconds(2)),
        Sunset = new DateTimeOffset(2026, 1, 28, 0, 0, 0, TimeSpan.Zero),
        Feeds = [ListKind.Blocking.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new UkConListConnector(ListOptions.Read(options, MinimumRows));

    /// <summary>Nothing is added to the list any more, so it must not stand in for the one that took its place.</summary>
    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "closed on 28 January 2026, the UK Sanctions List took its place; for looking back, name it in Risk:Sources:Enabled";
        return false;
    }
}
