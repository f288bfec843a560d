using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Replay;
using static Risk.Worker.Tests.Replay.ReplaySamples;

namespace Risk.Worker.Tests.Replay;

public sealed class ReplayComparisonTests
{
    private static readonly ReplayPeriod TenWeeks = Days(0, 70);

    [Fact]
    public void Of_EpisodesThatOverlap_AreTheSameAlert()
    {
        ReplayComparison comparison = Compare([Alert(10, 20), Alert(30, 40)], [Alert(8, 12), Alert(35, null), Alert(50, 51)]);
        Assert.Equal([Day(50)], comparison.Gained.Select(a => a.OpenedAt));
        Assert.Empty(comparison.Lost);
        Assert.Equal((new OpeningShift(1, 2), new OpeningShift(1, 5)), (comparison.Earlier, comparison.Later));
        Assert.Equal((1, 0), (comparison.OpenedBySwitching, comparison.ClosedBySwitching));
        Assert.Equal(0.1m, comparison.GainedPerWeek);
    }

    /// <summary>One long alert instead of three short ones is two interruptions less.</summary>
    [Fact]
    public void Of_OneEpisodeInsteadOfThree_LosesTwo()
    {
        ReplayComparison comparison = Compare([Alert(10, 12), Alert(20, 22), Alert(30, 32)], [Alert(10, 40)]);
        Assert.Equal([Day(20), Day(30)], comparison.Lost.Select(a => a.OpenedAt));
        Assert.Equal(comparison.Lost.AsEnumerable(), comparison.Merged);
        Assert.Empty(Compare([Alert(10, 12)], [Alert(13, 40)]).Merged);
        Assert.Empty(comparison.Gained);
    }

    [Fact]
    public void Of_AnotherRuleKeyOrSupplier_IsAnotherAlert()
    {
        ReplayedAlert alert = Alert(1, 9);
        ReplayComparison comparison = Compare([alert], [alert with { Rule = "B" }, alert with { Key = "k" }, alert with { Supplier = new SupplierId("Z") }, alert with { Kind = "no_data" }]);
        Assert.Equal((4, 1), (comparison.Gained.Length, comparison.Lost.Length));
    }

    [Fact]
    public void Of_AlertThatTakesAnotherRoute_IsLostToOneReceiverAndGainedByTheOther()
    {
        ReplayComparison comparison = Compare([Alert(1, 9)], [Alert(1, 9) with { Receivers = ["duty", "owners"] }]);
        Assert.Equal((0, 0), (comparison.Gained.Length, comparison.Lost.Length));
        Assert.Equal([new CountChange("duty", 0, 1, 1, 0), new CountChange("owners", 1, 1, 0, 0)], comparison.Receivers.AsEnumerable());
    }

    /// <summary>Whatever happens, the columns of every table add up: before, less what is lost, plus what is gained, is after.</summary>
    [Fact]
    public void Of_AnyTwoRuns_AddUp()
    {
        var random = new Random(7);
        for (int run = 0; run < 200; run++)
        {
            ReplayComparison comparison = Compare([.. Some()], [.. Some()]);
            foreach (ImmutableArray<CountChange> table in (ImmutableArray<CountChange>[])[comparison.Owners, comparison.Teams, comparison.Receivers, comparison.Rules])
                Assert.All(table, c => Assert.Equal(c.After, c.Before - c.Lost + c.Gained));
            Assert.Equal(comparison.Gained.Length, comparison.Rules.Sum(o => o.Gained));
            Assert.Equal(comparison.Lost.Length, comparison.Rules.Sum(o => o.Lost));
            Assert.Equal(comparison.Gained.Count(a => !a.IsFromBefore), comparison.Weeks.Sum(w => w.Gained));
            Assert.Equal(comparison.After.Alerts.Opened, comparison.Weeks.Sum(w => w.After));
        }

        IEnumerable<ReplayedAlert> Some()
        {
            for (int i = random.Next(30); i > 0; i--)
            {
                int opened = random.Next(65), lasted = random.Next(1, 15);
                yield return Alert(opened, opened + lasted > 70 ? null : opened + lasted) with
                {
                    Rule = "R" + random.Next(3), Key = "k" + random.Next(2), Owner = "o" + random.Next(3), Receivers = random.Next(3) == 0 ? ["duty"] : ["duty", "owners"], IsFromBefore = opened == 0,
                };
            }
        }
    }

    [Fact]
    public void Of_SuppliersThatEndElsewhere_AreToldBiggestMoveFirst()
    {
        ReplayComparison comparison = ReplayComparison.Of(
            [Outcome("A", 10, Band.Low), Outcome("B", 30, Band.Guarded), Outcome("C", 50, Band.Elevated), Outcome("D", null, null)],
            [Outcome("A", 12, Band.Low), Outcome("B", 60, Band.Elevated), Outcome("C", 50, Band.Elevated), Outcome("D", null, null)], TenWeeks, null);
        Assert.Equal(["B", "A"], comparison.Moves.Select(m => m.Id.Value));
        Assert.Equal("B", Assert.Single(comparison.BandMoves).Id.Value);
    }

    [Fact]
    public void Of_OneRule_SpeaksOfItsAlertsOnly()
    {
        ReplayComparison comparison = ReplayComparison.Of([Outcome("A", 1, Band.Low)], [Outcome("A", 1, Band.Low, Alert(1, 2), Alert(3, 4) with { Rule = "B" })], TenWeeks, "B");
        Assert.Equal("B", Assert.Single(comparison.Gained).Rule);
        Assert.Equal(1, comparison.After.Alerts.Opened);
    }

    [Fact]
    public void Summary_OfAlertsThatComeBack_CountsThoseThatCameSoon()
    {
        ReplaySummary summary = ReplaySummary.Of([Outcome("ACME", 1, Band.Low, Alert(0, 5), Alert(12, 14), Alert(50, null), Alert(60, null) with { Key = "k" })], TenWeeks, null);
        Assert.Equal(new FlappingAlert(Acme, "LATE", "", 1), Assert.Single(summary.Flapping));
        Assert.Equal((20m, 1), (summary.Rules[0].LongestDays, summary.Rules[0].Reopened));
        Assert.Equal((4, 2, 0.4m), (summary.Alerts.Opened, summary.OpenAtEnd, summary.PerWeek));
        Assert.Equal(new NoisySupplier(Acme, "Acme", "ann", 4), Assert.Single(summary.Suppliers));
        // Days 0 to 6 are the week of 5 January 2026, a Monday.
        Assert.Equal((new DateOnly(2026, 1, 5), 1), summary.Alerts.WorstWeek);
        Assert.Equal(new DateOnly(2026, 1, 17), summary.Alerts.Days.Keys.ElementAt(1));
    }

    [Fact]
    public void Summary_OfAShortPeriod_CountsItAsAWeek() =>
        Assert.Equal(1m, ReplaySummary.Of([Outcome("ACME", 1, Band.Low, Alert(1, 2))], Days(0, 3), null).PerWeek);

    private static ReplayComparison Compare(ReplayedAlert[] before, ReplayedAlert[] after) =>
        ReplayComparison.Of([Outcome("ACME", 1, Band.Low, before)], [Outcome("ACME", 1, Band.Low, after)], TenWeeks, null);

    private static SupplierOutcome Outcome(string id, decimal? score, Band? band, params ReplayedAlert[] alerts) =>
        new(new SupplierId(id), "Acme", "ann", score, band, [.. alerts], 1, 1, 1, ImmutableSortedDictionary<string, long>.Empty);

    private static ReplayedAlert Alert(double opened, double? resolved) => new()
    {
        Supplier = Acme, Rule = "LATE", Key = "", Kind = "risk", Severity = Severity.High, Message = "late", Owner = "ann", Team = "team-a", Receivers = ["owners"], OpenedAt = Day(opened),
        ResolvedAt = resolved is { } day ? Day(day) : null,
    };
}
