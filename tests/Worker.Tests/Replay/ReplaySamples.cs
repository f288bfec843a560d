using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Replay;
using Risk.Worker.RuleFiles;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Alerting;
using Risk.Worker.Tests.RuleFiles;

namespace Risk.Worker.Tests.Replay;

/// <summary>Small histories and rules to replay.</summary>
internal static class ReplaySamples
{
    public static readonly DateTimeOffset T0 = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);
    public static readonly SupplierId Acme = new("ACME");
    public static readonly SourceId Kpi = new("kpi-file"), Kev = new("cisa-kev");

    public static RoutingModel Routing { get; } = RoutingSample.Good("""
        schema: routing/1
        global: {smtp_smarthost: "127.0.0.1:25", smtp_from: risk@buyer.example, smtp_require_tls: false}
        route:
          receiver: owners
          routes:
            - {matchers: ['severity="critical"'], receiver: duty}
        receivers:
          - {name: owners, email_configs: [{to: a@buyer.example}]}
          - {name: duty, email_configs: [{to: b@buyer.example}]}
        inhibit_rules:
          - {name: critical-hides-info, source_matchers: ['severity="critical"'], target_matchers: ['severity="info"'], equal: [supplier]}
        """);

    public static DateTimeOffset Day(double days) => T0.AddDays(days);

    public static ReplayPeriod Days(double from, double to) => new(Day(from), Day(to));

    public static RuleSet RulesOf(string rules, string more = "")
    {
        var diagnostics = new DiagnosticBag();
        RuleSet? set = RuleSetLoader.Load(
            [YamlReader.Read($"schema: rules/1\npack: p\nowner: team-a\n{more}rules:\n{rules}", "p.yaml", diagnostics), YamlReader.Read(RuleSetLoaderTests.Scoring, "scoring.yaml", diagnostics)],
            StandardCatalog.Create(), diagnostics);
        Assert.True(set is not null, string.Join("\n", diagnostics.Sorted()));
        return set;
    }

    /// <summary>Deliveries on time below the limit, for a time.</summary>
    public static RuleSet Late(double limit, string more = "") => RulesOf(FormattableString.Invariant(
        $"  - {{id: LATE, title: Late, category: operational, severity: high, when: metrics.otd < {limit:0.0#}, points: 20, message: late{more}}}\n"));

    public static Supplier Supplier(string owner = "ann@buyer.example") => new() { Id = Acme, Name = "Acme", Country = "DE", Owner = owner };

    public static SupplierHistory History(params Signal[] signals) => new(
        Acme, [new SupplierVersion(Supplier(), T0.AddDays(-30), null, T0.AddDays(-30))], [.. signals.OrderBy(s => s.ObservedAt)], []);

    public static MetricSignal Otd(double value, double day) => new()
    {
        Supplier = Acme, Source = Kpi, Name = "otd", OccurredAt = Day(day).AddHours(-1), ObservedAt = Day(day), Evidence = Evidence(day), Value = value,
    };

    public static EventSignal Exploited(string id, double day, int severity = 4) => new()
    {
        Supplier = Acme, Source = Kev, Name = "known_exploited", OccurredAt = Day(day - 1), ObservedAt = Day(day), Evidence = Evidence(day), Id = id, Type = "kev", Title = id, Severity = severity,
    };

    public static SupplierOutcome Run(RuleSet rules, SupplierHistory history, ReplayPeriod period, params SourceCheck[] wholeChecks) =>
        new SupplierReplay(rules, Routing, period).Run(history, [.. wholeChecks]);

    /// <summary>As <c>RULE opened-resolved</c>, in days from the first.</summary>
    public static string[] Told(SupplierOutcome outcome) =>
        [.. outcome.Alerts.Select(a => FormattableString.Invariant($"{a.Rule} {(a.OpenedAt - T0).TotalDays:0.##}-{(a.ResolvedAt is { } end ? (end - T0).TotalDays.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) : "")}"))];

    private static Evidence Evidence(double day) => new("https://example.org/", "as published", "", Day(day));
}
