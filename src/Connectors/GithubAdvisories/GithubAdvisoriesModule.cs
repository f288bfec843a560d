using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;

namespace Risk.Connectors.GithubAdvisories;

/// <summary>GitHub's advisory database, for the packages that suppliers deliver.</summary>
public sealed class GithubAdvisoriesModule : IConnectorModule
{
    private const string Token = "Token";

    public SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("github-advisories"),
        Title = "GitHub Advisory Database",
        Publisher = "GitHub",
        Terms = "CC BY 4.0; 60 requests an hour, 5,000 with a token",
        Homepage = "https://github.com/advisories",
        Cron = "0 25 2/6 * * ?",
        Cadence = TimeSpan.FromHours(6),
        Deadline = TimeSpan.FromHours(1),
        Limit = Limited(60),
        Feeds = [SharedFeeds.PackageAdvisory],
    };

    public HostLimit LimitWith(IConfigurationSection options) => Limited(string.IsNullOrEmpty(options[Token]) ? 60 : 5000);

    public IConnector Create(IConfigurationSection options) =>
        new GithubAdvisoriesConnector(string.IsNullOrEmpty(options[Token]) ? null : SecretReference.Resolve(options[Token], $"{options.Path}:{Token}"));

    private static HostLimit Limited(int requests) => new(["api.github.com"], "github", requests, TimeSpan.FromHours(1), ForbiddenMeansThrottled: true);
}
