using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Escalation;
using Risk.Worker.Alerting.Muting;

namespace Risk.Worker.Alerting.Routing;

/// <summary>The labels that the alerts of one rule can have together; what a rule leaves open may be anything.</summary>
/// <param name="Known">Labels with the values they can have; the empty text stands for an absent label.</param>
internal sealed record AlertShape(ImmutableDictionary<string, ImmutableArray<string>> Known)
{
    private static readonly string[] OfSuppliers = ["supplier", "tier", "country", "supplier_category"];

    /// <summary>Everything that can fire: the rules' alerts and those about missing data, and the faults of the monitor, which concern no supplier.</summary>
    public static ImmutableArray<AlertShape> Of(RuleSet rules) =>
    [
        .. rules.Rules.Select(rule => Of(rule, AlertKind.Risk, rule.Severities)),
        .. rules.Rules.Where(rule => rule.OnUnknown.AlertAfter is not null).Select(rule => Of(rule, AlertKind.NoData, [rule.OnUnknown.Severity])),
        new(OfSuppliers.Append("team").ToImmutableDictionary(label => label, _ => ImmutableArray.Create(""), StringComparer.Ordinal).Add("kind", [AlertKind.System]).Add("category", [AlertKind.System])),
    ];

    public bool CanMeet(IEnumerable<Matcher> matchers) => matchers.GroupBy(m => m.Label, StringComparer.Ordinal).All(own => !Known.TryGetValue(own.Key, out ImmutableArray<string> values) || values.Any(v => own.All(m => m.Matches(v))));

    /// <summary>The two can have one value for the label.</summary>
    public bool CanAgree(AlertShape other, string label) => !Known.TryGetValue(label, out ImmutableArray<string> values) || !other.Known.TryGetValue(label, out ImmutableArray<string> others) || values.Any(others.Contains);

    private static AlertShape Of(Rule rule, string kind, IEnumerable<Severity> severities) => new(ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("rule", ImmutableArray.Create(rule.Id)), KeyValuePair.Create("category", ImmutableArray.Create(rule.Category)), KeyValuePair.Create("kind", ImmutableArray.Create(kind)),
        KeyValuePair.Create("team", ImmutableArray.Create(rule.Owner)), KeyValuePair.Create("severity", severities.Select(s => s.ToString().ToLowerInvariant()).Distinct().ToImmutableArray()),
    ]));
}

/// <summary>What can be said of a valid routing.yaml only together with the rules: routes and inhibitions that none of their alerts meets.</summary>
/// <remarks>Codes: T031 route or escalation for alerts that no rule makes, T032 inhibition without effect.</remarks>
internal sealed class RoutingLints(Document document, ImmutableArray<AlertShape> shapes, DiagnosticBag diagnostics)
{
    public void Lint(RoutingModel model)
    {
        if (document.Root is null) return;
        var file = new ConfigSection(document, document.Root, new DiagnosticBag());
        if (file.Section("route") is { } route) Routes(route, model.Routes.Root, []);
        foreach ((ConfigSection section, InhibitRule rule) in file.Sections("inhibit_rules").Zip(model.InhibitRules)) Inhibition(section, rule);
        foreach ((ConfigSection section, EscalationModel escalation) in file.Sections("escalations").Zip(model.Escalations))
            if (!shapes.Any(s => s.CanMeet(escalation.Matchers))) Warn("T031", $"escalates nothing: no rule has {Words(escalation.Matchers)} together; mend the conditions, or take the escalation out", section.At("matchers"));
    }

    private void Routes(ConfigSection section, RouteNode node, ImmutableArray<Matcher> above)
    {
        foreach ((ConfigSection child, RouteNode route) in section.Sections("routes").Zip(node.Children))
        {
            ImmutableArray<Matcher> all = [.. above, .. route.Matchers];
            if (shapes.Any(s => s.CanMeet(all))) Routes(child, route, all);
            else Warn("T031", $"no alert comes here: no rule has {Words(all)} together; mend the conditions, or take the route out", child.At("matchers"));
        }
    }

    private void Inhibition(ConfigSection section, InhibitRule rule)
    {
        AlertShape[] sources = [.. shapes.Where(s => s.CanMeet(rule.Source))], targets = [.. shapes.Where(s => s.CanMeet(rule.Target))];
        if (sources.Length == 0) Warn("T032", $"never inhibits anything: no rule has {Words(rule.Source)} together", section.At("source_matchers"));
        else if (targets.Length == 0) Warn("T032", $"inhibits nothing: no rule has {Words(rule.Target)} together", section.At("target_matchers"));
        else if (rule.Equal.FirstOrDefault(label => !sources.Any(s => targets.Any(t => s.CanAgree(t, label)))) is { } label)
            Warn("T032", $"inhibits nothing: no source and target ever have the same '{label}'", section.At("equal"));
    }

    private static string Words(IEnumerable<Matcher> matchers) => string.Join(", ", matchers.Select(m => m.ToString()).Distinct());

    private void Warn(string code, string message, DocumentNode at) => diagnostics.Add(document.Warning(code, message, at));
}
