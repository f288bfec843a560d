using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;

namespace Risk.Worker.Tests.Semantics;

/// <summary>Waivers and false positives: what they close, for how long, and what opens it again.</summary>
public sealed class AcceptanceTests
{
    private const string Each = "each: {in: events.breach, as: e, key: e.id}\npoints: 30\nmessage: \"{supplier.name}: {e.title}\"";

    private static Acceptance Accept(World world, double day, double? until, AcceptanceKind kind = AcceptanceKind.Waiver)
    {
        Alert alert = Assert.Single(world.State.Rules, r => r.Alert is not null).Alert!;
        var acceptance = new Acceptance(kind == AcceptanceKind.Waiver ? "waiver-1" : "false-positive-1", kind, alert, "second source in place", "m.keller", "a.okafor", World.Start.AddDays(day), until is { } u ? World.Start.AddDays(u) : null);
        world.State = world.State with { Acceptances = [acceptance] };
        return acceptance;
    }

    private static World Late() => World.Of("metrics.otd < 0.95", "points: 30\nseverity_when: [{when: metrics.otd < 0.5, severity: critical}]").Reading("otd", 0.9);

    [Fact]
    public void Waiver_InForce_ClosesTheAlertAndKeepsThePoints()
    {
        World world = Late();
        decimal score = world.At(0).Assessment.Score;
        Accept(world, 1, 60);
        EvaluationResult result = world.At(1);
        Assert.Equal(["Resolved risk: accepted until 2026-03-16, approved by a.okafor (waiver-1): second source in place"], World.Kinds(result));
        Assert.Equal(score, result.Assessment.Score);
        Assert.Equal("waiver-1", Assert.Single(result.Assessment.Findings).Exception);
        Assert.Empty(world.At(2).Transitions);
    }

    [Fact]
    public void Waiver_AtItsEnd_IsDueAndTheSameEpisodeGoesOn()
    {
        World world = Late();
        Alert before = Assert.Single(world.At(0).Transitions).Alert;
        Accept(world, 1, 30);
        EvaluationResult result = world.At(1);
        Assert.True(result.Assessment.NextDueAt <= World.Start.AddDays(30));
        Assert.Empty(world.At(29.9).Transitions);
        EvaluationResult over = world.At(30);
        AlertTransition reopened = Assert.Single(over.Transitions);
        Assert.Equal(AlertTransitionKind.Reopened, reopened.Kind);
        Assert.Equal((before.EpisodeId, before.StartsAt, 1), (reopened.Alert.EpisodeId, reopened.Alert.StartsAt, reopened.Alert.Revision));
        Assert.Null(reopened.Alert.ResolvedAt);
        Assert.Equal("Waiver of m.keller is void: it ended with 2026-02-14", reopened.Alert.Reopened);
        Assert.Equal("it ended with 2026-02-14", Assert.Single(over.Ended).Why);
        Assert.Empty(world.State.Acceptances);
        Assert.Empty(world.At(31).Transitions);
    }

    [Fact]
    public void Waiver_AnotherReading_IsVoidAndSaysWhatChanged()
    {
        World world = Late();
        world.At(0);
        Accept(world, 1, 60);
        world.At(1);
        world.Reading("otd", 0.9, 2);
        Assert.Empty(world.At(2).Transitions);
        world.Reading("otd", 0.85, 3);
        Assert.Equal("Waiver of m.keller is void: the evidence changed: metrics.otd was 0.9 and is 0.85", Assert.Single(world.At(3).Transitions).Alert.Reopened);
    }

    [Fact]
    public void Waiver_WorseSeverity_IsVoid()
    {
        World world = Late();
        world.At(0);
        Accept(world, 1, 60);
        world.At(1);
        world.Reading("otd", 0.4, 2);
        Alert alert = Assert.Single(world.At(2).Transitions).Alert;
        Assert.Equal("Waiver of m.keller is void: the severity rose from high to critical", alert.Reopened);
        Assert.Equal(Severity.Critical, alert.Severity);
    }

    [Fact]
    public void Waiver_VoidBeforeItClosedAnything_TheOpenAlertSaysSo()
    {
        World world = Late();
        world.At(0);
        Accept(world, 1, 60);
        world.Reading("otd", 0.4, 2);
        AlertTransition worse = Assert.Single(world.At(2).Transitions, t => t.Kind != AlertTransitionKind.Relabelled);
        Assert.Equal((AlertTransitionKind.Worsened, 1, "Waiver of m.keller is void: the severity rose from high to critical"), (worse.Kind, worse.Alert.Revision, worse.Alert.Reopened));
    }

    [Fact]
    public void Waiver_TheRiskEndsAndComesBackTheSame_StillCovered()
    {
        World world = Late();
        world.At(0);
        Accept(world, 1, 60);
        world.At(1);
        world.Reading("otd", 0.99, 2);
        Assert.Empty(world.At(2).Transitions);
        world.Reading("otd", 0.9, 3);
        Assert.Empty(world.At(3).Transitions);
    }

    [Fact]
    public void Waiver_DataGoesMissing_HoldsAndStillEnds()
    {
        World world = Late();
        world.At(0);
        Accept(world, 1, 60);
        world.At(1);
        Assert.Empty(world.At(50).Transitions);
        AlertTransition over = Assert.Single(world.At(60).Transitions);
        Assert.Equal((AlertTransitionKind.Reopened, "Nord Steel is concerned"), (over.Kind, over.Alert.Message));
    }

    [Fact]
    public void FalsePositive_InForce_TakesThePointsOutUntilTheEvidenceChanges()
    {
        World world = World.Of("e.severity >= 2", Each).Happening("breach", "B-1", 0);
        Assert.True(world.At(0).Assessment.Score > 0);
        Accept(world, 1, null, AcceptanceKind.FalsePositive);
        EvaluationResult result = world.At(1);
        Assert.Equal(["Resolved risk: false positive, says m.keller (false-positive-1): second source in place"], World.Kinds(result));
        Assert.Equal(0, result.Assessment.Score);
        world.Happening("breach", "B-2", 2);
        Assert.Equal("B-2", Assert.Single(world.At(2).Transitions).Alert.Key);
        Assert.Empty(world.At(400).Ended);
    }

    [Fact]
    public void FalsePositive_TheEventIsReportedAnew_IsOpenAgain()
    {
        World world = World.Of("e.severity >= 2", Each).Happening("breach", "B-1", 0);
        world.At(0);
        Accept(world, 1, null, AcceptanceKind.FalsePositive);
        world.At(1);
        world.Happening("breach", "B-1", 1.5, known: 2);
        AlertTransition again = Assert.Single(world.At(2).Transitions);
        Assert.Equal((AlertTransitionKind.Reopened, "False positive of m.keller is void: the evidence changed: events.breach B-1 says something else"), (again.Kind, again.Alert.Reopened));
        Assert.True(world.At(3).Assessment.Score > 0);
    }

    [Fact]
    public void Revoked_AtTheNextEvaluation_OpensAgain()
    {
        World world = Late();
        world.At(0);
        Acceptance waiver = Accept(world, 1, 60);
        world.At(1);
        world.State = world.State with { Acceptances = [waiver with { Revoked = "a.okafor revoked it: plan changed" }] };
        Assert.Equal("Waiver of m.keller is void: a.okafor revoked it: plan changed", Assert.Single(world.At(2).Transitions).Alert.Reopened);
    }

    [Fact]
    public void EvidenceHash_OfTheSameInAnotherOrder_IsTheSame()
    {
        World world = World.Of("metrics.otd < 0.95 && metrics.uptime < 1.0").Reading("otd", 0.9).Reading("uptime", 0.9);
        Alert alert = Assert.Single(world.At(0).Transitions).Alert;
        Assert.Equal(2, alert.Evidence.Length);
        Assert.Equal(Acceptance.HashOf(alert.Evidence), Acceptance.HashOf([.. alert.Evidence.Reverse()]));
        Assert.NotEqual(Acceptance.HashOf(alert.Evidence), Acceptance.HashOf(alert.Evidence.RemoveAt(0)));
    }
}
