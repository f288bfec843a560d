using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Whole evaluations over rule files written here, step by step in time.</summary>
public sealed class RuleSetEvaluationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 6, 0, 0, TimeSpan.Zero);
    private static readonly Catalog Catalog = StandardCatalog.Create();

    private static RuleSet Rules(string rules, string more = "")
    {
        var diagnostics = new DiagnosticBag();
        RuleSet? set = RuleSetLoaderTests.Load(diagnostics, $"schema: rules/1\npack: p\nowner: team-a\n{more}rules:\n{rules}", RuleSetLoaderTests.Scoring);
        Assert.True(set is not null, string.Join("\n", diagnostics.Sorted()));
        return set;
    }

    private const string Otd = """
          - id: A-1
            title: Late
            category: operational
            severity: high
            severity_when: [{when: metrics.otd < 0.5, severity: critical}]
            when: metrics.otd < 0.9
            points: (1.0 - metrics.otd) * 100.0
            message: "{supplier.name}: {percent(metrics.otd, 0)}"
        """ + "\n";

    private static Supplier Nord { get; } = new() { Id = new SupplierId("S-1"), Name = "Nord {metrics.otd}", Tier = 2, Country = "DE" };

    private static MetricSignal Reading(double value, double day) => new()
    {
        Supplier = Nord.Id, Source = new SourceId("kpi-file"), Name = "otd", OccurredAt = Start.AddDays(day), ObservedAt = Start.AddDays(day), Value = value,
        Evidence = new Evidence("kpi/otd.csv", $"otd {value}", "", Start),
    };

    private static EventSignal Charge(string id, double day) => new()
    {
        Supplier = Nord.Id, Source = new SourceId("companies-house"), Name = "charge", OccurredAt = Start.AddDays(day), ObservedAt = Start.AddDays(day), Id = id, Type = "charge",
        Title = id, Severity = 3, Evidence = new Evidence("https://example.org", id, "", Start),
    };

    private static Dossier At(double day, Supplier supplier, params Signal[] signals) =>
        DossierBuilder.Build(Catalog, supplier, signals, Catalog.Sources.Keys.ToDictionary(s => s, _ => Start.AddDays(day)), Start.AddDays(day));

    private static string[] Kinds(EvaluationResult result) => [.. result.Transitions.Select(t => t.Kind.ToString())];

    [Fact]
    public void Evaluate_AlertsWholeLife_KeepsOneEpisode()
    {
        RuleSet set = Rules(Otd);
        EvaluationResult opened = set.Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial);
        Alert alert = Assert.Single(opened.Transitions).Alert;
        Assert.Equal("Nord {metrics.otd}: 80 %", alert.Message);
        Assert.Equal(
            ["category=operational", "country=DE", "kind=risk", "rule=A-1", "severity=high", "supplier=S-1", "team=team-a", "tier=2"], alert.Labels.Select(l => $"{l.Key}={l.Value}"));
        Assert.Equal(26, alert.EpisodeId.Length);
        Assert.Equal("otd 0.8", Assert.Single(alert.Evidence).Excerpt);

        EvaluationResult same = set.Evaluate(At(1, Nord, Reading(0.8, 0)), opened.State);
        Assert.Empty(same.Transitions);
        EvaluationResult worse = set.Evaluate(At(2, Nord, Reading(0.69, 2)), same.State);
        Assert.Equal(["Worsened"], Kinds(worse));
        EvaluationResult relabelled = set.Evaluate(At(3, Nord, Reading(0.4, 3)), worse.State);
        Assert.Equal(["Relabelled", "Worsened"], Kinds(relabelled));
        Assert.Equal(2, relabelled.Transitions[1].Alert.Revision);
        EvaluationResult unknown = set.Evaluate(At(60, Nord, Reading(0.4, 3)), relabelled.State);
        Assert.Empty(unknown.Transitions);
        Assert.Equal((60m, FindingState.Firing), (unknown.Assessment.Findings[0].Points, unknown.Assessment.Findings[0].State));
        Assert.Equal("metrics.otd: stale", Assert.Single(unknown.Assessment.Missing));
        EvaluationResult resolved = set.Evaluate(At(61, Nord, Reading(0.95, 61)), unknown.State);
        AlertTransition end = Assert.Single(resolved.Transitions);
        Assert.Equal((AlertTransitionKind.Resolved, "cleared", alert.EpisodeId), (end.Kind, end.Alert.Resolution, end.Alert.EpisodeId));
        Assert.Equal(FindingState.Fading, resolved.Assessment.Findings[0].State);
        EvaluationResult faded = set.Evaluate(At(91, Nord, Reading(0.95, 90)), resolved.State);
        Assert.Equal(30m, faded.Assessment.Findings[0].Points);
    }

    [Fact]
    public void Evaluate_Twice_GivesTheSame()
    {
        RuleSet set = Rules(Otd);
        Dossier dossier = At(0, Nord, Reading(0.8, 0));
        Assert.Equal(Text(set.Evaluate(dossier, SupplierState.Initial)), Text(Rules(Otd).Evaluate(dossier, SupplierState.Initial)));

        static string Text(EvaluationResult result) => System.Text.Json.JsonSerializer.Serialize(result);
    }

    [Fact]
    public void Evaluate_RuleRemoved_ResolvesAndTakesThePointsAtOnce()
    {
        SupplierState state = Rules(Otd).Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial).State;
        EvaluationResult result = Rules(Otd.Replace("A-1", "A-2", StringComparison.Ordinal)).Evaluate(At(1, Nord, Reading(0.95, 1)), state);
        Assert.Equal("rule removed", Assert.Single(result.Transitions).Alert.Resolution);
        Assert.Equal(0m, result.Assessment.Score);
    }

    [Fact]
    public void Evaluate_SupplierRetired_ResolvesItsAlerts()
    {
        RuleSet set = Rules(Otd);
        SupplierState state = set.Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial).State;
        EvaluationResult result = set.Evaluate(At(1, Nord with { Status = "offboarded" }, Reading(0.8, 0)), state);
        Assert.Equal("supplier retired", Assert.Single(result.Transitions).Alert.Resolution);
    }

    [Fact]
    public void Evaluate_Exception_HidesTheAlertButNotThePoints_UntilItExpires()
    {
        RuleSet set = Rules(Otd + "    exceptions: [{id: EX-1, match: 'supplier.country == \"DE\"', reason: r, approved_by: a, expires: 2026-01-03}]\n");
        EvaluationResult hidden = set.Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial);
        Assert.Empty(hidden.Transitions);
        Assert.Equal(("EX-1", 20m), (hidden.Assessment.Findings[0].Exception, hidden.Assessment.Findings[0].Points));
        Assert.Equal(["Opened"], Kinds(set.Evaluate(At(3, Nord, Reading(0.8, 0)), hidden.State)));
    }

    [Fact]
    public void Evaluate_TwoItemsWithOneKey_IsAnErrorThatNamesBoth()
    {
        Supplier supplier = Nord with { Identifiers = Nord.Identifiers.Add(IdentifierScheme.CompaniesHouse, "01234567") };
        RuleSet set = Rules("  - {id: A-1, title: T, category: financial, severity: high, each: {in: events.charge, as: e, key: e.type}, when: e.severity > 2, points: 5, message: m}\n");
        EvaluationResult result = set.Evaluate(At(2, supplier, Charge("C1", 0), Charge("C2", 1)), SupplierState.Initial);
        Assert.Contains(result.Assessment.Findings, f => f.Error.Contains("items 1 and 2", StringComparison.Ordinal));
        Assert.Contains(result.Assessment.Findings, f => f.Key == "charge" && f.State == FindingState.Firing);
    }

    [Fact]
    public void Evaluate_ItemGone_ResolvesItsAlertOnly()
    {
        Supplier supplier = Nord with { Identifiers = Nord.Identifiers.Add(IdentifierScheme.CompaniesHouse, "01234567") };
        RuleSet set = Rules("  - {id: A-1, title: T, category: financial, severity: high, each: {in: events.charge, as: e, key: e.id}, when: e.severity > 2, points: 5, message: m}\n");
        SupplierState state = set.Evaluate(At(2, supplier, Charge("C1", 0), Charge("C2", 1)), SupplierState.Initial).State;
        EvaluationResult result = set.Evaluate(At(3, supplier, Charge("C1", 0), Charge("C2", 1) with { Withdrawn = true, ObservedAt = Start.AddDays(3) }), state);
        Assert.Equal(("C2", AlertTransitionKind.Resolved), (Assert.Single(result.Transitions).Alert.Key, result.Transitions[0].Kind));
    }

    [Fact]
    public void Evaluate_KnownFalseTurnedUnknown_NeverLowersTheScore()
    {
        RuleSet set = Rules(Otd);
        SupplierState state = SupplierState.Initial;
        foreach ((double value, double day) in ((double, double)[])[(0.95, 0), (0.4, 1), (0.95, 2), (0.95, 30)])
        {
            EvaluationResult known = set.Evaluate(At(day, Nord, Reading(value, day)), state);
            EvaluationResult unknown = set.Evaluate(At(day, Nord), state);
            if (value > 0.9) Assert.True(unknown.Assessment.Score >= known.Assessment.Score, $"day {day}");
            state = known.State;
        }
    }

    [Fact]
    public void Evaluate_LimitOverride_WinsWhileItLasts()
    {
        const string limits = "limits: {otd_min: {default: 0.9, overrides: [{when: supplier.id == \"S-1\", value: 0.7, expires: 2026-01-02}]}}\n";
        RuleSet set = Rules(Otd.Replace("metrics.otd < 0.9", "metrics.otd < limit.otd_min", StringComparison.Ordinal), limits);
        EvaluationResult before = set.Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial);
        Assert.Empty(before.Assessment.Findings);
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero), before.Assessment.NextDueAt);
        Assert.Single(set.Evaluate(At(2, Nord, Reading(0.8, 0)), before.State).Assessment.Findings);
        Assert.Contains("when supplier.id", Assert.Single(set.ExplainRule("A-1", At(0, Nord, Reading(0.8, 0)), SupplierState.Initial)!.Limits).Origin, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_Pending_IsDueWhenItsTimeIsUp()
    {
        RuleSet set = Rules(Otd + "    for: 3h\n");
        EvaluationResult result = set.Evaluate(At(0, Nord, Reading(0.8, 0)), SupplierState.Initial);
        Assert.Equal(Start.AddHours(3), result.Assessment.NextDueAt);
    }
}
