using System.Globalization;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Tests.Semantics;

public sealed class S34_OrderOfScoring
{
    /// <summary>
    /// Points 120 in "a" (weight 0.5, cap 60, set to 50) and 40 in "b" (weight 0.5, cap 80). Cap, then override: a = 50, not min(120, …) later. Mean = 45. Worst share 0.9 x 50 = 45.
    /// A gate at 48 wins: 48. Override before the cap would give the same a; override of the sum before the cap of 40: 40; worst of the uncapped would be 108; floors before the worst share
    /// cannot be told apart by a maximum, so the coverage floor 47 stands below the gate.
    /// </summary>
    [Theory]
    [InlineData(60, 50, 0.9, 48, "48")]
    [InlineData(60, 50, 0.9, 0, "45")]
    [InlineData(60, 50, 0.99, 0, "49.5")]
    [InlineData(60, null, 0.5, 0, "50")]
    [InlineData(30, 50, 0.5, 0, "45")]
    [InlineData(30, null, 0.5, 0, "35")]
    public void Score_CapThenOverrideThenMeanThenWorstShareThenFloors(int cap, int? set, double share, int floor, string expected)
    {
        string scoring = string.Create(CultureInfo.InvariantCulture, $"schema: scoring/1\ncategories: {{a: {{weight: 1, cap: {cap}}}, b: {{weight: 1, cap: 80}}}}\nworst_category_share: {share}\n")
            + (set is null ? "" : string.Create(CultureInfo.InvariantCulture, $"overrides: [{{supplier: S-1, category: a, value: {set}, reason: r, approved_by: b, expires: 2026-12-31}}]\n"));
        string rules = "schema: rules/1\npack: p\nrules:\n"
            + $"  - {{id: A-1, title: T, category: a, severity: high, when: metrics.otd < 0.9, points: 120, floor: {floor}, message: m}}\n"
            + "  - {id: B-1, title: T, category: b, severity: high, when: metrics.otd < 0.9, points: 40, message: m}\n";
        Assessment assessment = World.OfPack(rules, scoring).Reading("otd", 0.5).At(0).Assessment;
        Assert.Equal(expected, assessment.Score.ToString("0.##", CultureInfo.InvariantCulture));
        Assert.Equal(assessment.Score, assessment.Contributions.Sum(c => c.Share));
    }
}

public sealed class S35_Monotony
{
    // Random rule sets and inputs: ScoringPropertyTests. Here one case of each by hand.
    private const string Scoring = "schema: scoring/1\ncategories: {a: {weight: 0.5}, b: {weight: 0.5}}\nweights_when: [{when: supplier.category == 'raw_material', weights: {a: 0.3}}]\n";

    private static string Pack(string second) => "schema: rules/1\npack: p\nrules:\n"
        + "  - {id: A-1, title: T, category: a, severity: high, when: metrics.otd < 0.9, points: 50, message: m}\n" + second;

    private static decimal Score(string second, bool hasCredit) =>
        (hasCredit ? World.OfPack(Pack(second), Scoring).Reading("credit_score", 60) : World.OfPack(Pack(second), Scoring)).Reading("otd", 0.5).At(0).Assessment.Score;

    private const string Other = "  - {id: B-1, title: T, category: b, severity: high, when: metrics.credit_score < 50.0, points: 50, message: m}\n";

    [Fact]
    public void AnotherFiringRule_NeverLowersAndUnknown_NeverLowers()
    {
        // a has weight 0.3: mean 15, worst share 40.
        Assert.Equal(40m, Score(Other, hasCredit: true));
        // Fires: mean 50.
        Assert.Equal(50m, Score(Other.Replace("< 50.0", "< 70.0", StringComparison.Ordinal), hasCredit: true));
        // Unknown: mean 15 + 0.7 x 15 = 25.5, worst share 40; coverage 0.3 is below 0.7, its floor 25 is below 40.
        Assert.Equal(40m, Score(Other, hasCredit: false));
    }

    [Fact]
    public void WeightsWhen_KeepTheSumAtOne() => Assert.Equal(
        [0.3m, 0.7m], World.OfPack(Pack(Other), Scoring).Reading("otd", 0.5).At(0).Assessment.Categories.Select(c => c.Weight));
}

public sealed class S36_Bands
{
    private const string Scoring = "schema: scoring/1\ncategories: {operational: {weight: 1, cap: 100}}\nworst_category_share: 0\nmemory: {half_life: 1d, forget_below: 100}\n";

    /// <summary>Points equal 100 x (1 - otd); edges 25, 45, 65, 85 with a margin of 3.</summary>
    private static World Points() => World.Of("metrics.otd < 1.0", "points: 100.0 * (1.0 - metrics.otd)", scoring: Scoring);

    [Fact]
    public void Band_UpAndDown_IsLeftOnlyBeyondTheMargin()
    {
        World world = Points();
        (double Points, Band Band)[] path =
        [
            (20, Band.Low), (25, Band.Low), (27.99, Band.Low), (28, Band.Guarded), (25, Band.Guarded), (22.01, Band.Guarded), (22, Band.Low), (24.99, Band.Low),
            (90, Band.Critical), (82.01, Band.Critical), (82, Band.High), (47, Band.Elevated), (10, Band.Low),
        ];
        for (int i = 0; i < path.Length; i++)
            Assert.Equal((i, path[i].Band), (i, world.Reading("otd", 1 - (path[i].Points / 100), i).At(i).Assessment.Band));
    }

    [Fact]
    public void InsufficientData_BackToBands_GoesByTheEdgesAlone()
    {
        World world = Points();
        Assert.Equal(Band.InsufficientData, world.At(0).Assessment.Band);
        Assert.Equal(Band.Guarded, world.Reading("otd", 0.75, 1).At(1).Assessment.Band);
        Assert.Equal(Band.InsufficientData, Points().At(0).Assessment.Band);
        World low = Points();
        low.At(0);
        Assert.Equal(Band.Low, low.Reading("otd", 0.7501, 1).At(1).Assessment.Band);
    }
}

public sealed class S37_Memory
{
    private const string Scoring = "schema: scoring/1\ncategories: {operational: {weight: 1, cap: 100}}\nmemory: {half_life: 10d, forget_below: 1}\n";

    [Fact]
    public void Resolved_ThenFiringAgainDuringTheFade_HasFullPointsAndNotTheSum()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 40", scoring: Scoring).Reading("otd", 0.5).Reading("otd", 0.95, 1).Reading("otd", 0.5, 11);
        Assert.Equal(40m, world.At(0).Assessment.Score);
        Assert.Equal(40m, world.At(1).Assessment.Score);
        Assert.Equal(20m, world.At(10.9999999).Assessment.Score, 3);
        Assert.Equal(40m, world.At(11).Assessment.Score);
    }

    [Fact]
    public void RuleRemoved_TakesItsPointsAtOnce()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 40", scoring: Scoring).Reading("otd", 0.5).Reading("otd", 0.95, 1);
        world.At(0);
        Assert.Equal(40m, world.At(1).Assessment.Score);
        world.Rules = World.Load(World.Pack("metrics.otd < 0.1", id: "A-2"), Scoring);
        Assert.Equal(0m, world.At(2).Assessment.Score);
    }
}
