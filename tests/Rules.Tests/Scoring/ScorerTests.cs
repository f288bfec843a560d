using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Evaluation;
using Risk.Rules.Scoring;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Scoring;

public sealed class ScorerTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);
    private static readonly SupplierId Supplier = new("SUP-1");
    private static readonly string[] Names = ["financial", "security", "operational"];

    private static ScoringPolicy Policy { get; } = new()
    {
        Categories = [new("financial", 0.25m, 100), new("security", 0.5m, 90), new("operational", 0.25m, 40)],
    };

    private static Finding Of(string category, decimal points, decimal? floor = null, string rule = "R") => new()
    {
        Rule = rule, Title = "t", Key = "", Category = category, Severity = Severity.High, State = FindingState.Firing, Points = points, Message = "m", Floor = floor, Since = At,
    };

    private static ScoreResult Score(ScoringPolicy policy, decimal coverage, Band? before, params Finding[] findings) =>
        Scorer.Score(policy, policy.Weights(), findings, coverage, Supplier, At, before);

    [Fact]
    public void Score_OneFinding_IsTheWorkedExampleOfTheRules()
    {
        // RULES.md 4.6: 25 points, mean 6.25, worst x 0.8 = 20.
        ScoreResult result = Score(Policy, 1, null, Of("financial", 25));
        Assert.Equal(20m, result.Score);
        Assert.Equal(Band.Low, result.Band);
        Assert.Equal(["finding:6.25", "worst-category:13.75"], result.Contributions.Select(c => FormattableString.Invariant($"{c.Kind}:{c.Share:0.00}")));
    }

    [Fact]
    public void Score_EveryStep_ComesInTheOrderOfTheRules()
    {
        // Operational: 60 points, capped at 40, then set to 20; financial: 100. Mean = 25 + 5 = 30; worst share = 80; gate 90 wins.
        ScoringPolicy policy = Policy with { Overrides = [new(Supplier, "operational", 20, "agreed", "cfo", At.AddDays(1))] };
        ScoreResult result = Score(policy, 1, null, Of("financial", 120, floor: 90), Of("operational", 60));
        Assert.Equal(90m, result.Score);
        Assert.Equal(
            ["finding:30", "cap:-5", "finding:15", "cap:-5", "override:-5", "worst-category:50", "floor:10"],
            result.Contributions.Select(c => FormattableString.Invariant($"{c.Kind}:{c.Share:0.##}")));
    }

    [Fact]
    public void Score_ExpiredOverride_DoesNotCount()
    {
        ScoringPolicy policy = Policy with { Overrides = [new(Supplier, "financial", 0, "agreed", "cfo", At)] };
        Assert.Equal(20m, Score(policy, 1, null, Of("financial", 25)).Score);
    }

    [Fact]
    public void Score_LittleKnown_IsInsufficientAndNotGood()
    {
        ScoreResult result = Score(Policy, 0.69m, Band.Low);
        Assert.Equal((25m, Band.InsufficientData), (result.Score, result.Band));
        Assert.Equal("coverage-floor", Assert.Single(result.Contributions).Kind);
    }

    [Theory]
    [InlineData(Band.Low, 27.99, Band.Low)]
    [InlineData(Band.Low, 28, Band.Guarded)]
    [InlineData(Band.Guarded, 22.01, Band.Guarded)]
    [InlineData(Band.Guarded, 22, Band.Low)]
    [InlineData(Band.Low, 90, Band.Critical)]
    [InlineData(Band.Critical, 0, Band.Low)]
    [InlineData(Band.InsufficientData, 25, Band.Guarded)]
    [InlineData(null, 25, Band.Guarded)]
    [InlineData(null, 24.99, Band.Low)]
    public void BandOf_NearAnEdge_KeepsTheBandWithinTheMargin(Band? before, double total, Band expected) => Assert.Equal(expected, Scorer.BandOf(Policy, (decimal)total, before));

    [Fact]
    public void Weights_NamedOnes_LeaveTheOthersTheirShareOfTheRest()
    {
        ImmutableArray<decimal> weights = Policy.Weights(ImmutableSortedDictionary.Create<string, decimal>(StringComparer.Ordinal).Add("financial", 0.4m));
        Assert.Equal([0.4m, 0.4m, 0.2m], weights.Select(w => decimal.Round(w, 20)));
    }

    [Fact]
    public void Faded_AfterOneHalfLife_IsHalfAndThenForgotten()
    {
        Assert.Equal(20m, Policy.Faded(40, TimeSpan.FromDays(30)));
        Assert.Equal(0m, Policy.Faded(1.9m, TimeSpan.FromDays(30)));
    }

    private static Arbitrary<(int Category, int Points, int Floor)[]> AnyFindings =>
        Gen.Choose(0, 2).SelectMany(c => Gen.Choose(0, 12345).SelectMany(p => Gen.Choose(-100, 100).Select(f => (c, p, f)))).ArrayOf().ToArbitrary();

    private static Finding[] Make(IEnumerable<(int Category, int Points, int Floor)> all) =>
        [.. all.Select((f, i) => Of(Names[f.Category], f.Points / 100m, f.Floor > 0 ? f.Floor : null, $"R{i}"))];

    [Fact]
    public void Score_AnyFindings_SharesSumExactlyAndAnotherFindingNeverLowers() => Prop.ForAll(AnyFindings, all =>
    {
        Finding[] findings = Make(all);
        ScoreResult whole = Score(Policy, 1, null, findings);
        ScoreResult without = Score(Policy, 1, null, [.. findings.Skip(1)]);
        return whole.Contributions.Sum(c => c.Share) == whole.Score && whole.Score is >= 0 and <= 100 && whole.Score >= without.Score;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Faded_LongerMemory_NeverLowers() => Prop.ForAll(
        Gen.Choose(0, 100).SelectMany(p => Gen.Choose(0, 400).SelectMany(d => Gen.Choose(1, 90).Select(h => (p, d, h)))).ToArbitrary(),
        x => (Policy with { MemoryHalfLife = TimeSpan.FromDays(x.h + 1) }).Faded(x.p, TimeSpan.FromDays(x.d)) >= (Policy with { MemoryHalfLife = TimeSpan.FromDays(x.h) }).Faded(x.p, TimeSpan.FromDays(x.d)))
        .QuickCheckThrowOnFailure();
}
