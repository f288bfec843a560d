using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.Nvd;

/// <summary>The National Vulnerability Database, joined to the products that the portfolio names.</summary>
public sealed class NvdModule : IConnectorModule
{
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
        Feeds = [SharedFeeds.Vulnerability],
    };

    public HostLimit LimitWith(IConfigurationSection options) => Limited(string.IsNullOrEmpty(options[ApiKey]) ? 5 : 50);

    public IConnector Create(IConfigurationSection options) =>
        new NvdConnector(string.IsNullOrEmpty(options[ApiKey]) ? null : SecretReference.Resolve(options[ApiKey], $"{options.Path}:{ApiKey}"));

    /// <param name="requests">In a rolling half minute.</param>
    private static HostLimit Limited(int requests) => new(["services.nvd.nist.gov"], "nvd", requests, TimeSpan.FromSeconds(30), ForbiddenMeansThrottled: true);
}
