using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.SslLabs;

/// <summary>SSL Labs: the grade of the TLS set-up of a supplier's web server.</summary>
public sealed class SslLabsModule : IConnectorModule
{
    internal static readonly SourceId Id = new("ssllabs");

    internal const string Rank = "ssllabs_rank";

    /// <summary>One new assessment in so long; SSL Labs may ask for a longer pause, and is then not called.</summary>
    internal static readonly TimeSpan Spacing = TimeSpan.FromSeconds(2);

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "Qualys SSL Labs",
        Publisher = "Qualys",
        Terms = "Free; commercial use only with Qualys's permission, and only hosts that may be tested",
        Homepage = "https://www.ssllabs.com/projects/ssllabs-apis/",
        // An assessment takes minutes, so runs come often, begin some and read those that are ready; a host is read once a day.
        Cron = "0 50 * * * ?",
        Cadence = TimeSpan.FromHours(1),
        Deadline = TimeSpan.FromMinutes(50),
        Limit = new HostLimit(["api.ssllabs.com"], "ssllabs", 1, Spacing),
        NeedsIdentifier = IdentifierScheme.Domain,
        Metrics = [new(Rank, MetricType.Int, 0, 8, TimeSpan.FromDays(45), "rank", "The worst endpoint's grade as a number: 0 is A+, then A, A-, B, C, D, E, F; 8 is T (not trusted) or M (other host's certificate)")],
        Facts = [new("ssllabs_grade", FactType.Text, TimeSpan.FromDays(45), "Grade of the worst endpoint: A+ to F, T (certificate not trusted) or M (certificate of another host).")],
    };

    public IConnector Create(IConfigurationSection options) => new SslLabsConnector(options["Email"] ?? "");

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "commercial use needs Qualys's permission, and it tests the suppliers' servers; name it in Risk:Sources:Enabled if you may";
        return false;
    }
}
