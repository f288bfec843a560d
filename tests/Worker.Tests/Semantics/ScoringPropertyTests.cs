using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;
using Risk.Rules.Signals;

namespace Risk.Worker.Tests.Semantics;

/// <summary>RULES.md 4.6: what must hold for every rule set and every input. Rules are written as YAML and evaluated as the worker does.</summary>
public sealed class ScoringPropertyTests
{
    private static readonly string[] Categories = ["financial", "operational", "security"];
    private static readonly string[] Metrics = ["credit_score", "current_ratio", "cash_days", "critical_vulns", "otd", "uptime"];

    /// <param name="Threshold">Of the metric's range, 0 to 100 %.</param>
    private sealed record AnyRule(int Category, int Metric, int Threshold, int Points, int Maximum, int Floor, bool HasApplies);

    private sealed record AnyScoring(int[] Weights, int[] Caps, int Share, int UnknownShare, int MinimumCoverage, int Slice, int HalfLife);

    /// <param name="Values">By metric, of its range in %; below 0: absent.</param>
    private sealed record AnyCase(AnyScoring Scoring, ImmutableArray<AnyRule> Rules, int[] Values, int[] Later);

    private static Gen<int> Number(int low, int high) => Gen.Choose(low, high);

    private static readonly Gen<AnyRule> Rules = from category in Number(0, 2)
                                                 from metric in Number(0, Metrics.Length - 1)
                                                 from threshold in Number(0, 100)
                                                 from points in Number(0, 12000)
                                                 from maximum in Number(-100, 100)
                                                 from floor in Number(-300, 95)
                                                 from applies in Number(0, 3)
                                                 select new AnyRule(category, metric, threshold, points, maximum, floor, applies == 0);

    private static readonly Gen<AnyScoring> Scorings = from weights in Number(0, 99).ArrayOf(3)
                                                       from caps in Number(1, 100).ArrayOf(3)
                                                       from share in Number(0, 100)
                                                       from unknown in Number(0, 100)
                                                       from coverage in Number(0, 100)
                                                       from slice in Number(0, 100)
                                                       from half in Number(1, 90)
                                                       select new AnyScoring([weights[0] + 1, weights[1], weights[2]], caps, share, unknown, coverage, slice, half);

    private static readonly Arbitrary<AnyCase> Cases = (from scoring in Scorings
                                                        from count in Number(1, 8)
                                                        from rules in Rules.ArrayOf(count)
                                                        from values in Number(-30, 100).ArrayOf(Metrics.Length)
                                                        from later in Number(-30, 100).ArrayOf(Metrics.Length)
                                                        select new AnyCase(scoring, [.. rules], values, later)).ToArbitrary();

    private static RuleSet Load(AnyCase any, AnyRule? more = null, int? halfLife = null)
    {
        string rules = string.Concat(any.Rules.Concat(more is null ? [] : [more]).Select((rule, i) => string.Create(CultureInfo.InvariantCulture,
            $"  - {{id: R-{i}, title: T, category: {Categories[rule.Category]}, severity: high, when: {Name(rule)} < {Scaled(rule.Metric, rule.Threshold + 1)}, points: {rule.Points / 100.0}, {(rule.Maximum > 0 ? $"max_points: {rule.Maximum}, " : "")}{(rule.Floor > 0 ? $"floor: {rule.Floor}, " : "")}{(rule.HasApplies ? "applies_to: supplier.tier == 2, " : "")}message: m}}\n")));
        AnyScoring scoring = any.Scoring;
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            schema: scoring/1
            categories: {string.Concat("{", string.Join(", ", Categories.Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"{c}: {{weight: {scoring.Weights[i]}, cap: {scoring.Caps[i]}}}"))), "}")}
            weights_when: [{string.Concat("{when: supplier.category == 'raw_material', weights: {security: ", (scoring.Slice / 100.0).ToString(CultureInfo.InvariantCulture), "}}")}]
            worst_category_share: {scoring.Share / 100.0}
            memory: {string.Concat("{half_life: ", (halfLife ?? scoring.HalfLife).ToString(CultureInfo.InvariantCulture), "d, forget_below: 1}")}
            unknown: {string.Create(CultureInfo.InvariantCulture, $"{{share: {scoring.UnknownShare / 100.0}, min_coverage: {scoring.MinimumCoverage / 100.0}, floor: 25}}")}
            """);
        return World.Load("schema: rules/1\npack: p\nrules:\n" + rules, text + "\n");
    }

    private static string Name(AnyRule rule) => "metrics." + Metrics[rule.Metric];

    private static string Scaled(int metric, int percent) => Metrics[metric] switch
    {
        "critical_vulns" => (percent * 90).ToString(CultureInfo.InvariantCulture),
        "otd" or "uptime" => (percent / 102.0).ToString("0.0000", CultureInfo.InvariantCulture),
        _ => (percent * 0.49).ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static World Know(RuleSet set, int[] values, double day = 0)
    {
        World world = World.ForExpressions();
        world.Rules = set;
        Tell(world, values, day);
        return world;
    }

    private static void Tell(World world, int[] values, double day)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] >= 0) world.Reading(Metrics[i], double.Parse(Scaled(i, values[i]), CultureInfo.InvariantCulture), day);
        }
    }

    private static void Holds(Func<AnyCase, bool> property) => Prop.ForAll(Cases, property).QuickCheckThrowOnFailure();

    [Fact]
    public void Score_AnotherFiringRule_NeverLowers() => Holds(any =>
    {
        // The rule that comes on top was there before and did not fire: what is asked stays the same, and so does coverage.
        AnyRule more = any.Rules[0] with { Metric = 4, Threshold = 50, HasApplies = false };
        RuleSet set = Load(any, more);
        int[] silent = [.. any.Values], firing = [.. any.Values];
        silent[4] = 100;
        firing[4] = 0;
        return Know(set, firing).At(0).Assessment.Score >= Know(set, silent).At(0).Assessment.Score;
    });

    [Fact]
    public void Score_KnownFalseTurnedUnknown_NeverLowersAndRaisesNoCoverage() => Holds(any =>
    {
        RuleSet set = Load(any);
        Assessment known = Know(set, any.Values).At(0).Assessment;
        for (int metric = 0; metric < Metrics.Length; metric++)
        {
            if (any.Values[metric] < 0 || any.Rules.Any(r => r.Metric == metric && any.Values[metric] < r.Threshold + 1)) continue;
            int[] values = [.. any.Values];
            values[metric] = -1;
            Assessment unknown = Know(set, values).At(0).Assessment;
            if (unknown.Score < known.Score || unknown.Coverage > known.Coverage) return false;
        }

        return true;
    });

    [Fact]
    public void Score_LongerMemory_NeverLowers() => Holds(any =>
    {
        Assessment Later(int halfLife)
        {
            World world = Know(Load(any, halfLife: halfLife), any.Values);
            world.At(0);
            Tell(world, any.Later, 1);
            world.At(1);
            return world.At(8).Assessment;
        }

        return Later(any.Scoring.HalfLife + 10).Score >= Later(any.Scoring.HalfLife).Score;
    });

    [Fact]
    public void Weights_ForASlice_SumToOne() => Holds(any =>
    {
        ImmutableArray<CategoryScore> categories = Know(Load(any), any.Values).At(0).Assessment.Categories;
        // Weights are stored with six decimals.
        return Math.Abs(categories.Sum(c => c.Weight) - 1) <= 0.000002m && categories.All(c => c.Weight is >= 0 and <= 1);
    });

    [Fact]
    public void Contributions_OfEveryAssessment_SumExactly() => Holds(any =>
    {
        World world = Know(Load(any), any.Values);
        Assessment now = world.At(0).Assessment;
        Tell(world, any.Later, 3);
        Assessment later = world.At(3).Assessment, faded = world.At(17.3).Assessment;
        return ((Assessment[])[now, later, faded]).All(a => a.Contributions.Sum(c => c.Share) == a.Score && a.Score is >= 0 and <= 100 && a.Coverage is >= 0 and <= 1);
    });

    [Fact]
    public void Evaluate_SignalsInAnyOrder_GivesTheSameBytes() => Prop.ForAll(Cases, Gen.Choose(0, int.MaxValue).ToArbitrary(), (any, seed) =>
    {
        RuleSet set = Load(any);
        var signals = new List<Signal>();
        for (int i = 0; i < Metrics.Length; i++)
        {
            foreach ((int value, int day) in ((int, int)[])[(any.Values[i], -3), (any.Later[i], 0)])
            {
                if (value >= 0)
                {
                    signals.Add(new MetricSignal
                    {
                        Supplier = new("S-1"), Source = new("numbers"), Name = Metrics[i], OccurredAt = World.Start.AddDays(day), ObservedAt = World.Start.AddDays(day),
                        Value = double.Parse(Scaled(i, value), CultureInfo.InvariantCulture), Evidence = new Evidence("u", "e", "", World.Start),
                    });
                }
            }
        }

        Signal[] shuffled = [.. signals];
        new Random(seed).Shuffle(shuffled);
        return Bytes(signals) == Bytes(shuffled);

        string Bytes(IEnumerable<Signal> all)
        {
            Dossier dossier = DossierBuilder.Build(World.Catalog, World.ForExpressions().Supplier, all, World.Catalog.Sources.Keys.ToDictionary(s => s, _ => World.Start), World.Start);
            return JsonSerializer.Serialize(set.Evaluate(dossier, SupplierState.Initial));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void WhatIf_WithoutAFinding_IsTheScoreOfARuleSetWithoutIt() => Holds(any =>
    {
        World world = Know(Load(any), any.Values);
        EvaluationResult result = world.At(0);
        Outlook outlook = world.Rules.Outlook(world.Dossier(0), result.Assessment, result.State);
        foreach (WhatIf without in outlook.WhatIfs)
        {
            ImmutableArray<Finding> rest = [.. result.Assessment.Findings.Where(f => f.Rule != without.Rule)];
            if (without.Score > result.Assessment.Score || without.Score != Slowly(world.Rules.Scoring, result.Assessment, rest)) return false;
        }

        return outlook.IsReproduced && outlook.WhatIfs.Length == result.Assessment.Findings.Count(f => f.Points > 0 || f.Floor is not null);
    });

    /// <summary>RULES.md 4.6 as it reads, for the slice's exact weights.</summary>
    private static decimal Slowly(ScoringPolicy policy, Assessment assessment, ImmutableArray<Finding> findings)
    {
        ImmutableArray<decimal> weights = policy.Weights(ImmutableSortedDictionary.Create<string, decimal>(StringComparer.Ordinal).Add("security", assessment.Categories[2].Weight));
        decimal[] scores = [.. policy.Categories.Select(c => Math.Min(c.Cap, findings.Where(f => f.Category == c.Name).Sum(f => f.Points)))];
        decimal total = Math.Max(scores.Zip(weights, (s, w) => s * w).Sum(), policy.WorstCategoryShare * scores.Max());
        total = Math.Max(total, findings.Select(f => f.Floor ?? 0).DefaultIfEmpty(0).Max());
        if (assessment.Coverage < policy.MinimumCoverage) total = Math.Max(total, policy.CoverageFloor);
        return decimal.Round(Math.Clamp(total, 0, 100), 2, MidpointRounding.AwayFromZero);
    }
}
