using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.MozillaObservatory;

/// <summary>MDN HTTP Observatory: how well a supplier's web site uses the protections that browsers offer.</summary>
public sealed class MozillaObservatoryModule : IConnectorModule
{
    internal static readonly SourceId Id = new("mozilla-observatory");

    internal const string Score = "observatory_score";

    public SourceManifest Manifest { get; } = new()
    {
        Id = Id,
        Title = "MDN HTTP Observatory",
        Publisher = "Mozilla",
        Terms = "Free; one scan of a host a minute, else its last result; Mozilla's website terms",
        Homepage = "https://developer.mozilla.org/en-US/observatory",
        // Headers change with releases of a site, not by the day, and each call may scan it.
        Cron = "0 5 4 ? * SUN",
        Cadence = TimeSpan.FromDays(7),
        Deadline = TimeSpan.FromHours(8),
        Limit = new HostLimit(["observatory-api.mdn.mozilla.net"], "mozilla-observatory", 1, TimeSpan.FromSeconds(2)),
        NeedsIdentifier = IdentifierScheme.Domain,
        Metrics = [new(Score, MetricType.Int, 0, 200, TimeSpan.FromDays(45), "points", "Score of the MDN HTTP Observatory; 100 is the best without bonus, below 30 is a D, 0 an F")],
        Facts = [new("observatory_grade", FactType.Text, TimeSpan.FromDays(45), "Grade of the MDN HTTP Observatory: A+ to F.")],
    };

    public IConnector Create(IConfigurationSection options) => new MozillaObservatoryConnector();

    public bool IsEnabledByDefault(IConfigurationSection options, string workspace, out string reason)
    {
        reason = "has Mozilla scan the suppliers' web sites; name it in Risk:Sources:Enabled if you may";
        return false;
    }
}
