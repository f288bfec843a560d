using System.Globalization;
using System.Text;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Benchmarks;

/// <summary>The rules and dossiers that are measured. The same at every run.</summary>
internal static class BenchWorkload
{
    private const int Seed = 20260115;

    /// <summary>Share of metrics that a supplier lacks.</summary>
    private const double MissingShare = 0.08;

    private static readonly DateTimeOffset Now = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);
    private static readonly SourceId Source = new("bench");
    private static readonly TimeSpan Month = TimeSpan.FromDays(40);

    private static readonly string[] Countries = ["DE", "FR", "IT", "PL", "US", "CN", "IN", "TR", "MX", "VE", "RU", "GB", "JP", "SE", "ES"];
    private static readonly string[] Categories = ["raw_material", "cloud", "software", "logistics", "freight", "facility", "data"];
    private static readonly string[] Criticalities = ["low", "medium", "high", "critical"];
    private static readonly string[] Tags = ["strategic", "steel", "audit", "ethics", "frozen", "eu", "legacy"];
    private static readonly string[] Names = ["Nord Steel", "Alpha Cloud", "Meridian Freight", "Kappa Software", "Delta Castings", "Steelworks of the East", "Hansa Paper", "Lumen Data", "Orion Labs", "Porto Textiles", "Vega Plastics", "Tatra Tools"];
    private static readonly string[] Forms = [" GmbH", " Ltd", " SA", " Inc", " AG"];

    private static readonly int[] Tiers = [1, 2, 3, 3, 3, 3, 4, 4, 4, 4];

    /// <summary>Best and worst value of each metric, in the order of <see cref="BenchConditions.MetricNames"/>.</summary>
    private static readonly (double Best, double Worst)[] Ranges =
    [
        (10, 700), (8, 0), (200, 0), (-0.05, 0.3), (100, 0), (0, 20), (3, 0), (50, 4000), (12, -4), (5, 120), (0.1, 2), (70, -80), (0, 400), (1, 0.6), (1, 0.5), (5e7, 1e5), (0, 2), (100, 0), (1e4, 2e6), (0, 0.9), (1, 0.9),
    ];

    /// <summary>A pack with one rule for each condition.</summary>
    public static string Pack()
    {
        var text = new StringBuilder("schema: rules/1\npack: bench\nversion: 1\nowner: bench\nlists:\n");
        foreach ((string name, string[] items) in new[]
        {
            ("embargoed", BenchConditions.EmbargoedCountries), ("watched", BenchConditions.WatchedCountries), ("served", BenchConditions.ServedCountries), ("it_categories", BenchConditions.ItCategoryNames), ("leaks", BenchConditions.LeakTypes),
        })
        {
            text.Append(CultureInfo.InvariantCulture, $"  {name}: [{string.Join(", ", items)}]\n");
        }

        text.Append("rules:\n");
        for (int i = 0; i < BenchConditions.All.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: {Id(i)}\n    title: Condition {i}\n    category: all\n    severity: warning\n    when: >-\n      {BenchConditions.All[i].Text}\n");
            text.Append("    points: 10\n    message: \"{supplier.name} ({supplier.country})\"\n");
        }

        return text.ToString();
    }

    public const string Scoring =
        "schema: scoring/1\ncategories:\n  all: {weight: 1.0, cap: 100}\nworst_category_share: 0.8\nmemory: {half_life: 30d, forget_below: 1}\n" +
        "unknown: {share: 0.1, min_coverage: 0.7, floor: 25}\nbands: {margin: 3, edges: [{low: 0}, {guarded: 25}, {elevated: 45}, {high: 65}, {critical: 85}]}\n";

    /// <summary>Ids in the order of the conditions.</summary>
    public static string Id(int condition) => string.Create(CultureInfo.InvariantCulture, $"BENCH-{condition:D3}");

    public static Catalog Catalog() => new(
        BenchConditions.MetricNames.Select(name => new MetricDefinition(name, BenchConditions.WholeMetrics.Contains(name) ? MetricType.Int : MetricType.Double, -1e9, 1e12, Month, "", "")),
        [],
        BenchConditions.FeedNames.Select(name => new FeedDefinition(name, Month, "")),
        [new SourceCoverage(Source, null)],
        [.. BenchConditions.MetricNames.Select(name => KeyValuePair.Create("metrics." + name, Source)), .. BenchConditions.FeedNames.Select(name => KeyValuePair.Create("events." + name, Source))],
        []);

    /// <summary>Reads and checks the texts as the worker does.</summary>
    public static RuleSet Load(string pack, Catalog catalog)
    {
        var diagnostics = new DiagnosticBag();
        Document[] files = [YamlReader.Read(pack, "bench.yaml", diagnostics), YamlReader.Read(Scoring, "scoring.yaml", diagnostics)];
        return RuleSetLoader.Load(files, catalog, diagnostics) ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Sorted().Select(d => d.Format())));
    }

    public static Dossier[] Dossiers(Catalog catalog, int count)
    {
        var random = new Random(Seed);
        var checks = new Dictionary<SourceId, DateTimeOffset> { [Source] = Now.AddDays(-1) };
        var dossiers = new Dossier[count];
        for (int i = 0; i < count; i++)
        {
            Supplier supplier = Supplier(random, i);
            dossiers[i] = DossierBuilder.Build(catalog, supplier, Signals(random, supplier.Id), checks, Now);
        }

        return dossiers;
    }

    private static Supplier Supplier(Random random, int number) => new()
    {
        Id = new SupplierId(string.Create(CultureInfo.InvariantCulture, $"SUP-{number:D5}")),
        Name = Pick(random, Names) + Pick(random, Forms),
        Country = Pick(random, Countries),
        Category = Pick(random, Categories),
        Criticality = Pick(random, Criticalities),
        Currency = random.Next(20) == 0 ? "GBP" : random.Next(3) == 0 ? "USD" : "EUR",
        Owner = random.Next(10) == 0 ? "" : "buyer" + (random.Next(10) == 0 ? "" : "@example.org"),
        Tier = Tiers[random.Next(Tiers.Length)],
        SingleSource = random.Next(5) == 0,
        Tags = [.. Tags.Where(_ => random.Next(8) == 0)],
        Contract = random.Next(5) == 0 ? null : new Contract { Id = "C", End = random.Next(6) == 0 ? null : Now.AddDays(random.Next(-100, 900)), NoticeDays = random.Next(3) == 0 ? null : random.Next(120) },
    };

    private static IEnumerable<Signal> Signals(Random random, SupplierId supplier)
    {
        for (int i = 0; i < Ranges.Length; i++)
        {
            if (random.NextDouble() < MissingShare) continue;
            double value = Ranges[i].Best + (Leaning(random) * (Ranges[i].Worst - Ranges[i].Best));
            yield return new MetricSignal
            {
                Supplier = supplier, Source = Source, Name = BenchConditions.MetricNames[i], OccurredAt = Now.AddDays(-random.Next(1, 30)), ObservedAt = Now.AddDays(-1), Evidence = Proof,
                Value = BenchConditions.WholeMetrics.Contains(BenchConditions.MetricNames[i]) ? Math.Round(value) : value,
            };
        }

        foreach (string feed in BenchConditions.FeedNames)
        {
            for (int i = random.Next(6); i > 0; i--)
            {
                yield return new EventSignal
                {
                    Supplier = supplier, Source = Source, Name = feed, OccurredAt = Now.AddDays(-random.Next(1000)), ObservedAt = Now.AddDays(-1), Evidence = Proof, Id = string.Create(CultureInfo.InvariantCulture, $"{feed}-{i}"),
                    Type = Pick(random, random.Next(12) == 0 ? ["leak", "ransom"] : ["intrusion", "notice"]), Title = random.Next(20) == 0 ? "Regional outage" : "Report", Severity = 1 + (int)(Leaning(random) * 5),
                    Stage = random.Next(3) == 0 ? "open" : "closed", Amount = random.Next(3) == 0 ? null : Leaning(random) * 2e6,
                };
            }
        }
    }

    /// <summary>From 0 to 1, mostly near 0: most suppliers are mostly fine.</summary>
    private static double Leaning(Random random) => Math.Pow(random.NextDouble(), 10);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static readonly Evidence Proof = new("https://example.org/evidence", "words of the source", "", Now);
}
