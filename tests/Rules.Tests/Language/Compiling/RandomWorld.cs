using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Language.Compiling;

/// <summary>The environment of rules with a small catalog, and random dossiers in which anything may be missing, stale or invalid.</summary>
internal static class RandomWorld
{
    private static readonly DateTimeOffset Now = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);
    private static readonly SourceId Source = new("kpi-file");
    private static readonly SourceId Registry = new("registry");

    private static readonly Catalog Catalog = new(
        [
            new("otd", MetricType.Double, 0, 1, TimeSpan.FromDays(40), "ratio", ""), new("lost", MetricType.Double, 0, 1e308, TimeSpan.FromDays(40), "", ""),
            new("score", MetricType.Double, -100, 100, TimeSpan.FromDays(400), "", ""), new("count", MetricType.Int, 0, 1e15, TimeSpan.FromDays(40), "", ""),
        ],
        [new("flag", FactType.Bool, TimeSpan.FromDays(10), ""), new("count", FactType.Int, TimeSpan.FromDays(10), ""), new("since", FactType.Timestamp, TimeSpan.FromDays(10), ""), new("state", FactType.Text, TimeSpan.FromDays(10), "")],
        [new("news", TimeSpan.FromDays(3), ""), new("late", TimeSpan.FromDays(3), ""), new("none", TimeSpan.FromDays(3), ""), new("gone", TimeSpan.FromDays(3), "")],
        [new(Source, null), new(Registry, "lei")],
        [
            .. new[] { "metrics.otd", "metrics.lost", "metrics.score", "metrics.count", "events.news", "events.none" }.Select(p => KeyValuePair.Create(p, Source)),
            .. new[] { "facts.flag", "facts.count", "facts.since", "facts.state", "events.late" }.Select(p => KeyValuePair.Create(p, Registry)),
        ],
        ["plant"]);

    /// <summary>What rules may name, in either mode.</summary>
    public static CelEnvironment Environment(PackScope scope, CelMode mode) =>
        mode == CelMode.Rules ? scope.Environment : CelEnvironment.Create(mode, scope.Environment.Variables, scope.Environment.ObjectTypes.Values, scope.Environment.Functions);

    public static PackScope Scope()
    {
        CelField[] lists = [new("embargoed", CelType.List(CelType.Text)), new("few", CelType.List(CelType.Text)), new("tiers", CelType.List(CelType.Int))];
        CelValue[] values = [CelValue.Texts(["BY", "CU", "IR", "KP", "RU", "SY"]), CelValue.Texts(["closed", "DE"]), CelValue.List([.. Enumerable.Range(1, 9).Select(i => CelValue.Of((long)i))])];
        CelField[] vars = [new("critical", CelType.Bool), new("strict", CelType.Bool), new("ratio", CelType.Double)];
        CelField[] limits = [new("floor", CelType.Double), new("days", CelType.Int), new("fixed", CelType.Double), new("fixed_days", CelType.Int)];
        CelValue?[] fixedLimits = [null, null, CelValue.OfDouble(7), CelValue.Of(30)];
        CelEnvironment environment = RuleEnvironment.Create(Catalog, lists, values, vars, limits, fixedLimits);
        CelExpression Compile(string text, CelType type)
        {
            var bag = new DiagnosticBag();
            return CelCompiler.Compile(text, environment, type, bag) ?? throw new InvalidOperationException(string.Join("; ", bag.Sorted().Select(d => d.Message)));
        }

        LimitOverride When(string text, CelValue value) => new(Compile(text, CelType.Bool), value, "", null);
        return new PackScope(
            "test",
            environment,
            RuleEnvironment.Slots,
            [.. values],
            [("critical", Compile("supplier.tier == 1 || metrics.otd < 0.5", CelType.Bool)), ("strict", Compile("events.late.exists(e, e.severity > 3)", CelType.Bool)), ("ratio", Compile("metrics.score / metrics.otd", CelType.Double))],
            [
                new Limit("floor", CelValue.OfDouble(40), "40", [When("vars.critical", CelValue.OfDouble(50))]), new Limit("days", CelValue.Of(45), "45", [When("facts.flag", CelValue.Of(14))]),
                new Limit("fixed", CelValue.OfDouble(7), "7", []), new Limit("fixed_days", CelValue.Of(30), "30", []),
            ],
            0);
    }

    public static EvaluationScratch Scratch(PackScope scope) => new(Catalog, new MissingInputs(Catalog), [scope]);

    public static Dossier Dossier(Random random)
    {
        var supplier = new Supplier
        {
            Id = new SupplierId("S1"), Name = "nord", Country = random.Next(2) == 0 ? "DE" : "RU", Tier = random.Next(1, 5), SingleSource = random.Next(2) == 0,
            Tags = random.Next(2) == 0 ? [] : ["steel", "DE"], AnnualSpend = random.Next(2) == 0 ? null : 1000, Contract = random.Next(3) == 0 ? null : Contract(random),
        };
        if (random.Next(2) == 0) supplier = supplier with { Identifiers = supplier.Identifiers.Add(IdentifierScheme.Lei, "5299000") };
        var checks = new Dictionary<SourceId, DateTimeOffset>();
        foreach (SourceId source in new[] { Source, Registry })
        {
            if (random.Next(4) > 0) checks[source] = Now.AddDays(-random.Next(0, 6) * 2);
        }

        return DossierBuilder.Build(Catalog, supplier, Signals(random), checks, Now);
    }

    private static Contract Contract(Random random) => new()
    {
        Id = "C-1", End = random.Next(2) == 0 ? null : Now.AddDays(30), NoticeDays = random.Next(2) == 0 ? null : 60, AutoRenew = random.Next(3) switch { 0 => null, 1 => true, _ => false },
        SlaUptime = random.Next(2) == 0 ? null : 0.99,
    };

    private static IEnumerable<Signal> Signals(Random random)
    {
        double[] values = [0, 0.5, 1, -3, 99.5, 1e300, double.NaN, 4e14, 2];
        foreach (MetricDefinition metric in Catalog.Metrics)
        {
            for (int i = random.Next(4); i > 0; i--)
                yield return new MetricSignal { Supplier = new("S1"), Source = Source, Name = metric.Name, OccurredAt = Now.AddDays(-random.Next(0, 60)), ObservedAt = Now.AddDays(-1), Evidence = Proof, Value = values[random.Next(values.Length)] };
        }

        FactValue[] facts = [FactValue.Of(random.Next(2) == 0), FactValue.Of(random.NextInt64()), FactValue.Of(Now.AddDays(-random.Next(900)).AddTicks(random.Next(1000))), FactValue.Of("filed")];
        foreach (FactDefinition fact in Catalog.Facts)
        {
            // Now and then of another type than the catalog says.
            if (random.Next(4) > 0)
                yield return new FactSignal { Supplier = new("S1"), Source = Registry, Name = fact.Name, OccurredAt = Now.AddDays(-5), ObservedAt = Now.AddDays(-1), Evidence = Proof, Value = random.Next(20) == 0 ? facts[random.Next(4)] : facts[(int)Index(fact.Type)] };
        }

        foreach (FeedDefinition feed in Catalog.Feeds.Where(f => f.Name != "none"))
        {
            for (int i = random.Next(5); i > 0; i--)
            {
                yield return new EventSignal
                {
                    Supplier = new("S1"), Source = i % 2 == 0 ? Source : Registry, Name = feed.Name, OccurredAt = Now.AddDays(-random.Next(0, 300)), ObservedAt = Now.AddDays(-1), Evidence = Proof,
                    Id = $"E{i}", Type = "filing", Title = "t", Severity = random.Next(1, 6), Amount = random.Next(2) == 0 ? null : random.NextDouble() * 10, Stage = random.Next(2) == 0 ? "filed" : "closed",
                    Story = random.Next(2) == 0 ? "" : "story", Due = random.Next(2) == 0 ? null : Now.AddDays(random.Next(-10, 10)),
                };
            }
        }
    }

    private static long Index(FactType type) => type switch { FactType.Bool => 0, FactType.Int => 1, FactType.Timestamp => 2, _ => 3 };

    private static readonly Evidence Proof = new("https://example.org/1", "words", "", Now);
}
