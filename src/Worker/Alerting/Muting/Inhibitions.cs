using System.Collections.Immutable;
using Risk.Rules.Alerts;

namespace Risk.Worker.Alerting.Muting;

/// <summary>What the alerts that fire at one instant inhibit. Sources are looked up by their <c>equal</c> labels, so that thousands of alerts stay cheap.</summary>
internal sealed class Inhibitions
{
    private readonly ImmutableArray<(InhibitRule Rule, ILookup<string, Alert> Sources)> rules;

    public Inhibitions(ImmutableArray<InhibitRule> rules, IReadOnlyCollection<Alert> firing) =>
        this.rules = [.. rules.Select(r => (r, firing.Where(a => r.IsSource(a.Labels)).ToLookup(a => EqualKey(r, a), StringComparer.Ordinal)))];

    public bool Hides(Alert alert) => Find(alert) is not null;

    /// <summary>An alert that hides it, or null.</summary>
    public Alert? Find(Alert alert) => rules.Where(r => r.Rule.Target.All(m => m.Matches(alert.Labels)))
        .Select(r => r.Sources[EqualKey(r.Rule, alert)].FirstOrDefault(s => r.Rule.Inhibits(s.Labels, alert.Labels))).FirstOrDefault(s => s is not null);

    private static string EqualKey(InhibitRule rule, Alert alert) => string.Join('\0', rule.Equal.Select(label => alert.Labels.GetValueOrDefault(label, "")));
}
