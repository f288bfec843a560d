using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;

namespace Risk.Connectors.UkSanctions;

/// <summary>The United Kingdom's only sanctions list since 28 January 2026, screened against the portfolio's names.</summary>
public sealed class UkSanctionsModule : IConnectorModule
{
    /// <summary>The list has had thousands of rows since it began.</summary>
    private const int MinimumRows = 1000;

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("uk-sanctions"),
        Title = "UK Sanctions List",
        Publisher = "UK Foreign, Commonwealth and Development Office",
        Terms = "Open Government Licence v3.0",
        Homepage = "https://www.gov.uk/government/publications/the-uk-sanctions-list",
        Cron = "0 50 0/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Limit = new HostLimit(["sanctionslist.fcdo.gov.uk"], "fcdo", 1, TimeSpan.FromSeconds(2)),
        Feeds = [ListKind.Blocking.Feed, ListKind.Restricting.Feed],
    };

    public IConnector Create(IConfigurationSection options) => new UkSanctionsConnector(ListOptions.Read(options, MinimumRows));

    /// <summary>Off until somebody asks for it: a list that were refused would leave every supplier unscreened, and this reader has met single rows of the real list only.</summary>
    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "tried on single rows of the list only; name it in Risk:Sources:Enabled to use it";
        return false;
    }
}
