using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;

namespace Risk.Connectors.Nvd;

/// <summary>The National Vulnerability Database, joined to the products that the portfolio names.</summary>
public sealed class NvdModule : IConnectorModule
{
    internal const string Feed = "vulnerability";
    private const string ApiKey = "ApiKey";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("nvd"),
        Title = "National Vulnerability Database",
        Publisher = "National Institute of Standards and Technology, United States",
        Terms = "Public domain. This product uses the NVD API but is not endorsed or certified by the NVD.",
        Homepage = "https://nvd.nist.gov/developers/vulnerabilities",
        // NIST asks for no more than one look every two hours.
        Cron = "0 50 1/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Deadline = TimeSpan.FromHours(1),
        Limit = Limited(5),
        Feeds = [new(Feed, TimeSpan.FromDays(7), "Published vulnerabilities of the products that we buy there: one event for each, its type the product in the portfolio's words")],
    };

    public HostLimit LimitWith(IConfigurationSection options) => Limited(string.IsNullOrEmpty(options[ApiKey]) ? 5 : 50);

    public IConnector Create(IConfigurationSection options) =>
        new NvdConnector(string.IsNullOrEmpty(options[ApiKey]) ? null : SecretReference.Resolve(options[ApiKey], $"{options.Path}:{ApiKey}"));

    /// <param name="requests">In a rolling half minute.</param>
    private static HostLimit Limited(int requests) => new(["services.nvd.nist.gov"], "nvd", requests, TimeSpan.FromSeconds(30), ForbiddenMeansThrottled: true);
}
