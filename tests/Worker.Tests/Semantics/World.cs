using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Semantics;

/// <summary>One supplier under rules written as YAML, moved through time. Every source was checked at the instant of an evaluation unless said otherwise.</summary>
internal sealed class World
{
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);

    public const string Scoring = """
        schema: scoring/1
        categories: {financial: {weight: 0.25}, operational: {weight: 0.75, cap: 80}}
        """;

    /// <summary>Names and ages of RULES.md 4.1.</summary>
    public static readonly Catalog Catalog = new(
        [
            Metric("credit_score", MetricType.Double, 100, 45), Metric("current_ratio", MetricType.Double, 50, 400), Metric("cash_days", MetricType.Double, 3650, 400),
            Metric("critical_vulns", MetricType.Int, 10_000, 14), Metric("otd", MetricType.Double, 1, 40), Metric("uptime", MetricType.Double, 1, 40), Metric("sanction_matches", MetricType.Int, 1000, 2),
        ],
        [new FactDefinition("registry_status", FactType.Text, TimeSpan.FromDays(14), "")],
        [Feed("breach", 3), Feed("incident", 2), Feed("insolvency", 3), CertificateFeed.Definition],
        [
            new SourceCoverage(new SourceId("numbers"), null), new SourceCoverage(new SourceId("register"), null), new SourceCoverage(new SourceId("news"), null), new SourceCoverage(new SourceId("desk"), null),
            new SourceCoverage(new SourceId("portal"), null),
        ],
        [
            .. ((string[])["credit_score", "current_ratio", "cash_days", "critical_vulns", "otd", "uptime", "sanction_matches"]).Select(m => KeyValuePair.Create("metrics." + m, new SourceId("numbers"))),
            KeyValuePair.Create("facts.registry_status", new SourceId("register")), KeyValuePair.Create("events.breach", new SourceId("news")),
            KeyValuePair.Create("events.incident", new SourceId("desk")), KeyValuePair.Create(CertificateFeed.Path, new SourceId("portal")), KeyValuePair.Create("events.insolvency", new SourceId("register")),
        ],
        ["plant"]);

    private readonly List<Signal> signals = [];
    private readonly Dictionary<SourceId, double> checks = [];

    private World(RuleSet rules) => Rules = rules;

    public RuleSet Rules { get; set; }

    public Supplier Supplier { get; set; } = new() { Id = new SupplierId("S-1"), Name = "Nord Steel", Country = "DE", Category = "raw_material", Tier = 2 };

    public SupplierState State { get; set; } = SupplierState.Initial;

    /// <summary>One rule A-1 with the condition; more of its lines, and more of the pack.</summary>
    public static World Of(string when, string rule = "", string pack = "", string scoring = Scoring) => new(Load(Pack(when, rule, pack), scoring));

    public static World OfPack(string pack, string scoring = Scoring) => new(Load(pack, scoring));

    public static string Pack(string when, string rule = "", string pack = "", string id = "A-1") =>
        $"schema: rules/1\npack: p\nowner: team-a\n{pack}rules:\n  - id: {id}\n    title: Title of {id}\n    category: operational\n    severity: high\n    when: {when}\n"
        + (rule.Contains("message:", StringComparison.Ordinal) ? "" : "    message: \"{supplier.name} is concerned\"\n") + string.Concat(rule.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}\n"));

    public static RuleSet Load(params string[] texts)
    {
        (RuleSet? set, string problems) = TryLoad(texts);
        Assert.True(set is not null, problems);
        return set;
    }

    /// <summary>The set, or null, and every diagnostic as a user sees it.</summary>
    public static (RuleSet? Set, string Problems) TryLoad(params string[] texts)
    {
        var diagnostics = new DiagnosticBag();
        List<Document> files = [.. texts.Select((text, i) => YamlReader.Read(text, $"f{i}.yaml", diagnostics))];
        RuleSet? set = RuleSetLoader.Load(files, Catalog, diagnostics, Start);
        return (diagnostics.HasErrors ? null : set, string.Join("\n", diagnostics.Sorted().Select(d => d.Format())));
    }

    /// <summary>All that is said about a pack with one rule of this condition.</summary>
    public static string Problems(string when, string rule = "", string pack = "") => TryLoad(Pack(when, rule, pack), Scoring).Problems;

    public World Reading(string metric, double value, double day = 0, double? known = null)
    {
        signals.Add(new MetricSignal { Supplier = Supplier.Id, Source = new SourceId("numbers"), Name = metric, OccurredAt = Start.AddDays(day), ObservedAt = Start.AddDays(known ?? day), Value = value, Evidence = Proof });
        return this;
    }

    public World Happening(string feed, string id, double day, int severity = 3, double? known = null, bool isWithdrawn = false, string story = "", string source = "", double? due = null, string type = "")
    {
        signals.Add(new EventSignal
        {
            Supplier = Supplier.Id, Source = new SourceId(source.Length > 0 ? source : feed switch { "breach" => "news", "incident" => "desk", CertificateFeed.Name => "portal", _ => "register" }), Name = feed, Id = id, Type = type.Length > 0 ? type : feed, Title = id, Severity = severity, Story = story,
            OccurredAt = Start.AddDays(day), ObservedAt = Start.AddDays(known ?? day), Evidence = Proof, Withdrawn = isWithdrawn, Due = due is { } end ? Start.AddDays(end) : null,
        });
        return this;
    }

    public World Fact(string name, string value, double day = 0)
    {
        signals.Add(new FactSignal { Supplier = Supplier.Id, Source = new SourceId("register"), Name = name, OccurredAt = Start.AddDays(day), ObservedAt = Start.AddDays(day), Value = FactValue.Of(value), Evidence = Proof });
        return this;
    }

    /// <summary>From now on the source was last checked on that day, whenever one asks.</summary>
    public World Checked(string source, double day)
    {
        checks[new SourceId(source)] = day;
        return this;
    }

    public World CheckedAlways(string source)
    {
        checks.Remove(new SourceId(source));
        return this;
    }

    public Dossier Dossier(double day) => DossierBuilder.Build(
        Catalog, Supplier, signals.Where(s => s.ObservedAt <= Start.AddDays(day)), Catalog.Sources.Keys.ToDictionary(s => s, s => Start.AddDays(checks.TryGetValue(s, out double at) ? Math.Min(at, day) : day)), Start.AddDays(day));

    /// <summary>Evaluates and remembers.</summary>
    public EvaluationResult At(double day)
    {
        EvaluationResult result = Rules.Evaluate(Dossier(day), State);
        State = result.State;
        return result;
    }

    /// <summary>State of rule A-1 at the day, as <c>firing</c>; "-" when it says nothing.</summary>
    public string StateAt(double day, string key = "", string rule = "A-1")
    {
        Finding? finding = At(day).Assessment.Findings.FirstOrDefault(f => f.Rule == rule && f.Key == key);
        return finding?.State.ToString().ToLowerInvariant() ?? "-";
    }

    /// <summary>The value of an expression at the day, as text; what is missing as <c>‹metrics.otd: stale›</c>.</summary>
    public string Ask(string expression, double day = 0)
    {
        var diagnostics = new DiagnosticBag();
        (CelType Type, CelValue Value)? answer = Rules.Ask(expression, Dossier(day), diagnostics);
        Assert.True(answer is not null, string.Join("\n", diagnostics.Sorted().Select(d => d.Format())));
        return answer.Value.Value.ToString();
    }

    /// <summary>A world for expressions alone.</summary>
    public static World ForExpressions(string pack = "") => Of("supplier.tier == 4", pack: pack);

    public static string[] Kinds(EvaluationResult result) => [.. result.Transitions.Select(t => $"{t.Kind} {t.Alert.Kind}{(t.Alert.Resolution.Length > 0 ? ": " + t.Alert.Resolution : "")}")];

    private static Evidence Proof { get; } = new("https://example.org", "as seen", "", Start);

    private static MetricDefinition Metric(string name, MetricType type, double maximum, int days) => new(name, type, 0, maximum, TimeSpan.FromDays(days), maximum == 1 ? "ratio" : "", "");

    private static FeedDefinition Feed(string name, int days) => new(name, TimeSpan.FromDays(days), "");
}
