using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;

namespace Risk.Rules.Tests.Alerts;

/// <summary>The table of RULES.md 4.5, cell by cell.</summary>
public sealed class RuleLifeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LifeSettings Slow = new(1, TimeSpan.FromDays(3), 1, TimeSpan.FromDays(7));
    private static readonly LifeSettings Fast = new(1, TimeSpan.Zero, 1, TimeSpan.Zero);

    private static RuleState? Step(RuleState? state, Outcome when, double day, LifeSettings settings, Outcome clear = Outcome.True, double? reading = null) =>
        RuleLife.Next(state, "R", "", new LifeObservation(when, clear, reading is { } r ? Start.AddDays(r) : null), settings, Start.AddDays(day));

    private static RuleState In(FindingState state) => new()
    {
        Rule = "R", Key = "", RuleVersion = 1, State = state, Since = Start, CountedAt = state is FindingState.Pending or FindingState.Recovering ? Start : null, LastPoints = 10,
        ResolvedAt = state == FindingState.Fading ? Start : null,
    };

    [Theory]
    [InlineData(null, true, FindingState.Pending)]
    [InlineData(null, false, null)]
    [InlineData(null, null, FindingState.Unknown)]
    [InlineData(FindingState.Pending, true, FindingState.Pending)]
    [InlineData(FindingState.Pending, false, null)]
    [InlineData(FindingState.Pending, null, FindingState.Pending)]
    [InlineData(FindingState.Firing, true, FindingState.Firing)]
    [InlineData(FindingState.Firing, false, FindingState.Recovering)]
    [InlineData(FindingState.Firing, null, FindingState.Firing)]
    [InlineData(FindingState.Recovering, true, FindingState.Firing)]
    [InlineData(FindingState.Recovering, false, FindingState.Recovering)]
    [InlineData(FindingState.Recovering, null, FindingState.Recovering)]
    [InlineData(FindingState.Unknown, true, FindingState.Pending)]
    [InlineData(FindingState.Unknown, false, null)]
    [InlineData(FindingState.Unknown, null, FindingState.Unknown)]
    [InlineData(FindingState.Fading, true, FindingState.Pending)]
    [InlineData(FindingState.Fading, false, FindingState.Fading)]
    [InlineData(FindingState.Fading, null, FindingState.Unknown)]
    public void Next_EachCell_GivesTheState(FindingState? from, bool? when, FindingState? expected)
    {
        Outcome outcome = when switch { true => Outcome.True, false => Outcome.False, null => Outcome.Unknown };
        Assert.Equal(expected, Step(from is { } state ? In(state) : null, outcome, 1, Slow)?.State);
    }

    [Fact]
    public void Next_Pending_FiresWhenHeldLongEnough_AndUnknownTimeDoesNotCount()
    {
        RuleState? state = Step(null, Outcome.True, 0, Slow);
        state = Step(state, Outcome.True, 2, Slow);
        state = Step(state, Outcome.Unknown, 3, Slow);
        state = Step(state, Outcome.True, 9, Slow);
        Assert.Equal(FindingState.Pending, state!.State);
        state = Step(state, Outcome.True, 10, Slow);
        Assert.Equal(FindingState.Firing, state!.State);
    }

    [Fact]
    public void Next_Readings_CountsDifferentOnesOnly()
    {
        LifeSettings two = Fast with { Readings = 2 };
        RuleState? state = Step(null, Outcome.True, 0, two, reading: 0);
        state = Step(state, Outcome.True, 7, two, reading: 0);
        Assert.Equal(FindingState.Pending, state!.State);
        Assert.Equal(FindingState.Firing, Step(state, Outcome.True, 8, two, reading: 8)!.State);
    }

    [Fact]
    public void Next_FiringNotClear_GoesOnFiring() => Assert.Equal(FindingState.Firing, Step(In(FindingState.Firing), Outcome.False, 1, Slow, Outcome.False)!.State);

    [Fact]
    public void Next_FiringClearUnknown_IsMarked() => Assert.Equal(Start.AddDays(1), Step(In(FindingState.Firing), Outcome.False, 1, Slow, Outcome.Unknown)!.UnknownSince);

    [Fact]
    public void Next_WithoutKeepFiring_ResolvesAtOnce() => Assert.Equal(FindingState.Fading, Step(In(FindingState.Firing), Outcome.False, 1, Fast)!.State);

    [Fact]
    public void Next_Recovering_ResolvesWhenTheTimeIsUp() => Assert.Equal(FindingState.Fading, Step(In(FindingState.Recovering), Outcome.False, 7, Slow)!.State);

    [Fact]
    public void Next_ChangedCondition_RestartsPendingOnly()
    {
        RuleState pending = In(FindingState.Pending) with { Held = TimeSpan.FromDays(2.9) };
        Assert.Equal(FindingState.Pending, Step(pending, Outcome.True, 1, Slow with { Revision = 2 })!.State);
        Assert.Equal(FindingState.Firing, Step(In(FindingState.Firing), Outcome.True, 1, Slow with { Revision = 2 })!.State);
    }

    [Fact]
    public void Next_UnknownWhileFading_KeepsTheMemory() => Assert.Equal(Start, Step(In(FindingState.Fading), Outcome.Unknown, 1, Slow)!.ResolvedAt);
}
