using System.Collections.Immutable;
using Risk.Rules.Alerts;

namespace Risk.Worker.Alerting.Routing;

/// <summary>The labels that alerts can carry, and the values of those whose values are known.</summary>
internal sealed class RoutingVocabulary
{
    /// <param name="supplierAttributes">The portfolio's own columns; each can be matched on.</param>
    /// <param name="categories">Of the scoring file and of system alerts; empty: any is taken.</param>
    /// <param name="rules">Ids of the packs and of system alerts; empty: any is taken.</param>
    public RoutingVocabulary(IEnumerable<string> supplierAttributes, IEnumerable<string> categories, IEnumerable<string> rules)
    {
        SupplierAttributes = [.. supplierAttributes];
        Labels = [.. AlertLabels.Names, .. SupplierAttributes];
        var values = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        values["severity"] = ["info", "warning", "high", "critical"];
        values["kind"] = ["risk", "no_data", "system"];
        values["tier"] = ["1", "2", "3", "4"];
        values["category"] = [.. categories];
        values["rule"] = [.. rules];
        Values = values.Where(v => !v.Value.IsEmpty).ToImmutableDictionary(StringComparer.Ordinal);
    }

    /// <summary>Only what every installation has.</summary>
    public static RoutingVocabulary Basic { get; } = new([], [], []);

    public ImmutableSortedSet<string> Labels { get; }

    /// <summary>The portfolio's own columns.</summary>
    public ImmutableSortedSet<string> SupplierAttributes { get; }

    public ImmutableDictionary<string, ImmutableArray<string>> Values { get; }
}
