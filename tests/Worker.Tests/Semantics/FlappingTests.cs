using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;

namespace Risk.Worker.Tests.Semantics;

public sealed class FlappingTests
{
    private const string Scoring = World.Scoring + "\nmemory: {half_life: 1d, forget_below: 5}\nflapping: {opens: 3, within: 30d}\n";

    /// <summary>Bad on even days, good on odd ones.</summary>
    private static World UpAndDown(string rule = "points: 40")
    {
        World world = World.Of("metrics.otd < 0.9", rule, scoring: Scoring);
        for (int day = 0; day <= 4; day++) world.Reading("otd", day % 2 == 0 ? 0.5 : 0.95, day);
        return world;
    }

    [Fact]
    public void ThirdOpening_WithinTheWindow_IsMarkedAndSaidAndCountsOnce()
    {
        World world = UpAndDown();
        for (int day = 0; day < 4; day++) Assert.Equal((day, 0), (day, Assert.Single(world.At(day).Assessment.Findings).Flapping));
        EvaluationResult third = world.At(4);
        Finding finding = Assert.Single(third.Assessment.Findings);
        Assert.Equal((3, 40m), (finding.Flapping, finding.Points));
        Alert alert = Assert.Single(third.Transitions).Alert;
        Assert.Equal((3, "Nord Steel is concerned (flapping: opened 3 times in 30 days)"), (alert.Flapping, alert.Message));
    }

    [Fact]
    public void Openings_AreRememberedWhenThePointsAreForgotten_AndNoAssessmentListsThem()
    {
        World world = UpAndDown("points: 1");
        Assert.Single(world.At(0).Assessment.Findings);
        Assert.Empty(world.At(1).Assessment.Findings);
        Assert.Equal(FindingState.Quiet, Assert.Single(world.State.Rules).State);
        for (int day = 2; day < 4; day++) world.At(day);
        Assert.Equal(3, Assert.Single(world.At(4).Assessment.Findings).Flapping);
    }

    [Fact]
    public void Mark_WhenOneOpeningIsLeftInTheWindow_GoesAndIsDueThen()
    {
        World world = UpAndDown();
        for (int day = 0; day <= 4; day++) world.At(day);
        // Opened on days 0, 2 and 4: until day 32 two are left, and it flaps still.
        for (int day = 5; day < 32; day += 5)
        {
            EvaluationResult still = world.Reading("otd", 0.5, day).At(day);
            Assert.True(still.Assessment.Findings[0].Flapping > 0, $"day {day}");
            Assert.True(still.Assessment.NextDueAt <= World.Start.AddDays(32));
        }

        EvaluationResult calm = world.At(32);
        Assert.Equal(0, calm.Assessment.Findings[0].Flapping);
        Assert.Equal("Nord Steel is concerned", Assert.Single(calm.Transitions).Alert.Message);
        Assert.Equal(AlertTransitionKind.Updated, calm.Transitions[0].Kind);
    }

    [Fact]
    public void TwoOpenings_AndRecoveringOnes_DoNotFlap()
    {
        World world = UpAndDown("points: 40\nkeep_firing_for: 3d");
        for (int day = 0; day <= 4; day++) Assert.Equal(0, world.At(day).Assessment.Findings[0].Flapping);
        Assert.Single(world.State.Rules[0].Openings);
    }
}
