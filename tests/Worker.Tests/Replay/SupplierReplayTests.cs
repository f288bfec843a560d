using Risk.Rules.Evaluation;
using Risk.Worker.Replay;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Replay.ReplaySamples;

namespace Risk.Worker.Tests.Replay;

public sealed class SupplierReplayTests
{
    [Fact]
    public void Run_ReadingsCrossALimit_AlertsOpenAndCloseAsTheyCame()
    {
        SupplierOutcome outcome = Run(Late(0.9), History(Otd(0.95, 1), Otd(0.85, 8), Otd(0.95, 15), Otd(0.8, 22)), Days(0, 30));
        Assert.Equal(["LATE 8-15", "LATE 22-"], Told(outcome));
        Assert.All(outcome.Alerts, a => Assert.Equal(("ann@buyer.example", "team-a", "late", false), (a.Owner, a.Team, a.Message, a.IsFromBefore)));
        Assert.All(outcome.Alerts, a => Assert.Equal("owners", Assert.Single(a.Receivers)));
    }

    /// <summary>Nothing new comes; the clocks of the rule alone open and close it.</summary>
    [Fact]
    public void Run_RuleWithClocks_IsLookedAtWhenItIsDue()
    {
        SupplierOutcome outcome = Run(Late(0.9, ", for: 3d, keep_firing_for: 2d"), History(Otd(0.85, 1), Otd(0.95, 10)), Days(0, 30));
        Assert.Equal(["LATE 4-12"], Told(outcome));
    }

    [Fact]
    public void Run_ReadingGoesOutOfDate_IsUnknownFromThenOn()
    {
        // The catalog lets a delivery figure be 40 days old; it is from one hour before day 1.
        SupplierOutcome outcome = Run(Late(0.9, ", on_unknown: {alert_after: 5d, severity: warning}"), History(Otd(0.95, 1)), Days(1, 61));
        ReplayedAlert alert = Assert.Single(outcome.Alerts);
        Assert.Equal("no_data", alert.Kind);
        Assert.Equal(45.96, (alert.OpenedAt - T0).TotalDays, 2);
        Assert.Equal(20.04 * 86_400, outcome.UnknownSeconds["LATE"], 1_000.0);
        Assert.Equal(60L * 86_400, outcome.WatchedSeconds);
        Assert.Equal(39.96 / 60, outcome.KnownSeconds / 10_000.0 / outcome.WatchedSeconds, 3);
    }

    [Fact]
    public void Run_OpenWhenThePeriodBegins_IsToldApart()
    {
        Assert.True(Assert.Single(Run(Late(0.9), History(Otd(0.85, -3)), Days(0, 9)).Alerts).IsFromBefore);
        SupplierHistory joins = History(Otd(0.85, -3)) with { Versions = [new(Supplier(), Day(2), null, Day(2))] };
        Assert.False(Assert.Single(Run(Late(0.9), joins, Days(0, 9)).Alerts).IsFromBefore);
    }

    [Fact]
    public void Run_SupplierLeaves_ClosesItsAlertsAndItsAccount()
    {
        SupplierHistory leaves = History(Otd(0.85, 1)) with { Versions = [new(Supplier(), Day(-9), Day(6), Day(-9))] };
        SupplierOutcome outcome = Run(Late(0.9), leaves, Days(0, 20));
        Assert.Equal(["LATE 1-6"], Told(outcome));
        Assert.Null(outcome.Score);
        Assert.Null(outcome.Band);
        Assert.Equal(6L * 86_400, outcome.WatchedSeconds);
    }

    [Fact]
    public void Run_OwnerChanges_EachAlertGoesToWhoAnsweredThen()
    {
        SupplierHistory history = History(Otd(0.85, 1), Otd(0.95, 3), Otd(0.8, 8)) with
        {
            Versions = [new(Supplier(), Day(-9), Day(5), Day(-9)), new(Supplier(""), Day(5), null, Day(-9))],
        };
        Assert.Equal(["ann@buyer.example", "team team-a"], Run(Late(0.9), history, Days(0, 20)).Alerts.Select(a => a.Owner));
    }

    [Fact]
    public void Run_CriticalAlert_TakesItsRouteAndHidesTheSmallOnes()
    {
        const string Two = """
              - {id: BIG, title: Big, category: operational, severity: critical, each: {in: events.known_exploited, as: e, key: e.id}, when: e.severity >= 4, points: 50, max_points: 50, message: m}
              - {id: SMALL, title: Small, category: operational, severity: info, when: metrics.otd < 0.9, points: 5, message: m}

            """;
        SupplierOutcome outcome = Run(RulesOf(Two), History(Otd(0.8, 1), Otd(0.95, 2), Exploited("CVE-1", 3), Otd(0.8, 4)), Days(0, 9), new SourceCheck(Kev, Day(1)));
        Assert.Equal(["SMALL owners", "BIG duty", "SMALL "], outcome.Alerts.Select(a => $"{a.Rule} {string.Join(',', a.Receivers)}"));
        Assert.Equal("CVE-1", outcome.Alerts[1].Key);
    }

    [Fact]
    public void Run_AlertGetsWorse_IsCountedAndNotOpenedAgain()
    {
        const string Graded = """
              - {id: LATE, title: Late, category: operational, severity: warning, severity_when: [{when: metrics.otd < 0.7, severity: high}], when: metrics.otd < 0.9, points: 20, message: late}

            """;
        ReplayedAlert alert = Assert.Single(Run(RulesOf(Graded), History(Otd(0.85, 1), Otd(0.6, 2), Otd(0.85, 3), Otd(0.6, 4)), Days(0, 9)).Alerts);
        Assert.Equal((2, Severity.Warning), (alert.Worsened, alert.Severity));
    }

    /// <summary>What is known of later days must not change what is said of earlier ones.</summary>
    [Fact]
    public void Run_UpToAnEarlierEnd_SaysTheSameOfTheSharedDays()
    {
        SupplierHistory history = History([.. Enumerable.Range(1, 60).Select(i => Otd(0.9 + (0.08 * Math.Sin(i * 1.7)), i))]);
        string[] whole = Told(Run(Late(0.9), history, Days(0, 60))), half = Told(Run(Late(0.9), history, Days(0, 30)));
        Assert.True(half.Length > 5);
        Assert.Equal(whole[..(half.Length - 1)], half[..^1]);
    }
}
