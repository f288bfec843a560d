using System.Collections.Immutable;

namespace Risk.Rules.Alerts;

/// <summary>The labels that every installation's alerts can have (RULES.md 4.5).</summary>
public static class AlertLabels
{
    public static readonly ImmutableArray<string> Names = ["supplier", "rule", "category", "severity", "tier", "country", "supplier_category", "team", "kind", "key"];
}
