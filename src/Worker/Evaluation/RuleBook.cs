using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Evaluation;

/// <summary>The workspace files that run now, understood and checked; replaced only as a whole.</summary>
internal sealed record RuleBook(Catalog Catalog, RuleSet Rules, RoutingModel Routing)
{
    /// <summary>What assessments depend on besides data: the rules' hash, the sources that feed them, and what the catalog says of ranges and ages.</summary>
    public string Identity { get; } = $"{Rules.Hash} {string.Join(',', Catalog.Sources.Keys)} {Definitions(Catalog)}";

    private static string Definitions(Catalog catalog)
    {
        IEnumerable<string> lines =
        [
            .. catalog.Metrics.Select(m => FormattableString.Invariant($"{m.Name} {m.Type} {m.Minimum:R} {m.Maximum:R} {m.MaximumAge.Ticks}")),
            .. catalog.Facts.Select(f => FormattableString.Invariant($"{f.Name} {f.Type} {f.MaximumAge.Ticks}")),
            .. catalog.Feeds.Select(f => FormattableString.Invariant($"{f.Name} {f.MaximumAge.Ticks}")),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..12];
    }
}
