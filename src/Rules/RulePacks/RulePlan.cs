using System.Collections.Immutable;
using Risk.Rules.Catalogs;

namespace Risk.Rules.RulePacks;

/// <summary>A rule and the dossier slots that it reads.</summary>
internal sealed record RulePlan(Rule Rule, ImmutableArray<int> Metrics, ImmutableArray<int> Facts, ImmutableArray<int> Feeds)
{
    public static RulePlan Of(Rule rule, Catalog catalog) => new(
        rule, Slots(rule, "metrics.", catalog.MetricSlot), Slots(rule, "facts.", catalog.FactSlot), Slots(rule, "events.", catalog.FeedSlot));

    private static ImmutableArray<int> Slots(Rule rule, string prefix, Func<string, int> slotOf) =>
        [.. rule.Inputs.Where(i => i.StartsWith(prefix, StringComparison.Ordinal)).Select(i => slotOf(i[prefix.Length..])).Where(s => s >= 0)];
}
