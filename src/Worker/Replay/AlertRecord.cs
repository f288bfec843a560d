using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Replay;

/// <summary>Collects one supplier's alerts while its history is replayed, and where each would have gone.</summary>
internal sealed class AlertRecord
{
    private readonly RoutingModel routing;

    /// <summary>Only what fires for the same supplier is at hand, so only rules that ask for the same supplier are heeded.</summary>
    private readonly ImmutableArray<InhibitRule> inhibitRules;

    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<ReplayedAlert> alerts = [];

    public AlertRecord(RoutingModel routing)
    {
        this.routing = routing;
        inhibitRules = [.. routing.InhibitRules.Where(r => r.Equal.Contains("supplier"))];
    }

    /// <param name="isStock">The supplier's first assessment in the period, and it was known before: what it opens was open already.</param>
    public void Take(EvaluationResult result, Supplier supplier, bool isStock)
    {
        foreach (AlertTransition transition in result.Transitions)
        {
            Alert alert = transition.Alert;
            switch (transition.Kind)
            {
                case AlertTransitionKind.Opened:
                    places[alert.EpisodeId] = alerts.Count;
                    alerts.Add(Opened(alert, supplier, result.State) with { IsFromBefore = isStock });
                    break;
                case AlertTransitionKind.Worsened when places.TryGetValue(alert.EpisodeId, out int place):
                    alerts[place] = alerts[place] with { Worsened = alerts[place].Worsened + 1 };
                    break;
                case AlertTransitionKind.Resolved when places.TryGetValue(alert.EpisodeId, out int place):
                    alerts[place] = alerts[place] with { ResolvedAt = alert.ResolvedAt };
                    break;
            }
        }
    }

    public ImmutableArray<ReplayedAlert> Alerts() =>
    [
        .. alerts.OrderBy(a => a.OpenedAt).ThenBy(a => a.Rule, StringComparer.Ordinal).ThenBy(a => a.Key, StringComparer.Ordinal).ThenBy(a => a.Kind, StringComparer.Ordinal),
    ];

    private ReplayedAlert Opened(Alert alert, Supplier supplier, SupplierState state)
    {
        string team = alert.Labels.GetValueOrDefault("team", "");
        return new ReplayedAlert
        {
            Supplier = supplier.Id, Rule = alert.Rule, Key = alert.Key, Kind = alert.Kind, Severity = alert.Severity, Message = alert.Message,
            Owner = supplier.Owner.Length > 0 ? supplier.Owner : team.Length > 0 ? "team " + team : "nobody", Team = team,
            Receivers = IsHidden(alert, state) ? [] : Receivers(alert, supplier), OpenedAt = alert.StartsAt,
        };
    }

    private bool IsHidden(Alert alert, SupplierState state) =>
        !inhibitRules.IsEmpty && new Inhibitions(inhibitRules, [.. state.Rules.SelectMany(r => (Alert?[])[r.Alert, r.NoDataAlert]).OfType<Alert>()]).Hides(alert);

    private ImmutableArray<string> Receivers(Alert alert, Supplier supplier)
    {
        // Routes may match on the portfolio's own columns too.
        ImmutableSortedDictionary<string, string> labels = alert.Labels.SetItems(supplier.Attributes.Where(a => !alert.Labels.ContainsKey(a.Key)));
        return [.. routing.Routes.Match(labels).Select(r => r.Receiver).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
