using Risk.Rules.Catalogs;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Evaluation;

/// <summary>The workspace files that run now, understood and checked; replaced only as a whole.</summary>
internal sealed record RuleBook(Catalog Catalog, RuleSet Rules, RoutingModel Routing)
{
    /// <summary>What assessments depend on besides data: the rules' hash and the sources that feed them.</summary>
    public string Identity => $"{Rules.Hash} {string.Join(',', Catalog.Sources.Keys)}";
}
