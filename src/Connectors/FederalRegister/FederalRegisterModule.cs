using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.FederalRegister;

/// <summary>Documents of the US Federal Register that name a supplier.</summary>
public sealed class FederalRegisterModule : IConnectorModule
{
    internal const string Feed = "federal_notice";

    internal static readonly SourceId Id = new("federal-register");

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "US Federal Register",
        Publisher = "Office of the Federal Register, United States",
        Terms = "public domain; no stated limit",
        Homepage = "https://www.federalregister.gov/developers/documentation/api/v1",
        // Published each federal business day at about 06:00 Eastern.
        Cron = "0 45 11 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Deadline = TimeSpan.FromHours(1),
        Limit = new HostLimit(["www.federalregister.gov"], "federal-register", 2, TimeSpan.FromSeconds(1)),
        Feeds = [new(Feed, TimeSpan.FromDays(14), "Rules, orders and notices of US agencies that name the supplier: export control, sanctions, antidumping, debarment, consent decrees, and others with severity 1")],
    };

    public IConnector Create(IConfigurationSection options) => new FederalRegisterConnector();
}
