using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Contracts;

/// <summary>Deadlines of the running contracts, out of the portfolio itself.</summary>
public sealed class ContractsModule : IConnectorModule
{
    internal const string Feed = "contract_deadline";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("contracts"),
        Title = "Contract deadlines",
        Publisher = "Your own portfolio",
        Terms = "your own data",
        Homepage = "suppliers.csv",
        Cron = "0 5 0/6 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Feeds = [new(Feed, TimeSpan.FromDays(7), "Notice deadlines and ends of contracts; at is the deadline")],
    };

    public IConnector Create(IConfigurationSection options) => new ContractsConnector();
}
