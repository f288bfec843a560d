using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Alerting.Grouping;

/// <summary>What routes and escalations match on: the alert's labels and the portfolio's own columns.</summary>
internal static class RoutingLabels
{
    public static ImmutableSortedDictionary<string, string> Of(Alert alert, Supplier? supplier) =>
        supplier is null ? alert.Labels : alert.Labels.SetItems(supplier.Attributes.Where(a => !alert.Labels.ContainsKey(a.Key)));
}
