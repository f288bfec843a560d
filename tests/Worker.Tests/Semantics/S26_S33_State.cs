using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Semantics;

public sealed class S26_Readings
{
    [Fact]
    public void SameReadingDeliveredTwice_IsOne()
    {
        World world = World.Of("metrics.otd < 0.9", "readings: 2").Reading("otd", 0.5);
        Assert.Equal("pending", world.StateAt(0));
        Assert.Equal("pending", world.Reading("otd", 0.5, 0, known: 1).StateAt(1));
        Assert.Equal("pending", world.StateAt(20));
    }

    [Fact]
    public void SameValueAtANewTime_IsTwo()
    {
        World world = World.Of("metrics.otd < 0.9", "readings: 2").Reading("otd", 0.5);
        world.At(0);
        Assert.Equal("firing", world.Reading("otd", 0.5, 7).StateAt(7));
    }

    [Fact]
    public void TwoMetricsOfWhichOneRenews_CountByTheNewest()
    {
        World world = World.Of("metrics.otd < 0.9 && metrics.credit_score < 50.0", "readings: 2").Reading("otd", 0.5).Reading("credit_score", 40);
        Assert.Equal("pending", world.StateAt(0));
        Assert.Equal("firing", world.Reading("otd", 0.6, 5).StateAt(5));
    }
}

public sealed class S27_HoldingTime
{
    private static SupplierState Restarted(SupplierState state) => JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(state, StoreJson.Default.SupplierState), StoreJson.Default.SupplierState)!;

    [Fact]
    public void For_IrregularEvaluations_CountsTimeAndNotTheirNumber()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5);
        foreach (double day in (double[])[0, 0.01, 0.02, 2.9]) Assert.Equal("pending", world.StateAt(day));
        Assert.Equal("firing", world.StateAt(3));
    }

    [Fact]
    public void For_FalseInBetween_StartsAnew()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5).Reading("otd", 0.95, 2).Reading("otd", 0.5, 2.5);
        world.At(0);
        Assert.Equal("-", world.StateAt(2));
        Assert.Equal("pending", world.StateAt(2.5));
        Assert.Equal("pending", world.StateAt(5.4));
        Assert.Equal("firing", world.StateAt(5.5));
    }

    [Fact]
    public void For_AcrossARestart_RunsOn()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5);
        world.At(0);
        world.State = Restarted(world.State);
        world.At(2);
        world.State = Restarted(world.State);
        Assert.Equal("firing", world.StateAt(3));
    }

    [Fact]
    public void For_ReloadOfTheUnchangedRule_RunsOnAndOfAChangedOneStartsAnew()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5);
        world.At(0);
        world.Rules = World.Of("metrics.otd < 0.9", "for: 3d\npoints: 50\nnext: Look at it.").Rules;
        Assert.Equal("firing", world.StateAt(3));

        World changed = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5);
        changed.At(0);
        changed.Rules = World.Of("metrics.otd < 0.8", "for: 3d").Rules;
        Assert.Equal("pending", changed.StateAt(2));
        Assert.Equal("pending", changed.StateAt(3));
        Assert.Equal("firing", changed.StateAt(5));
    }

    [Fact]
    public void Firing_WhenTheConditionChanged_GoesOnAndIsJudgedByTheNewOne()
    {
        World world = World.Of("metrics.otd < 0.9").Reading("otd", 0.85);
        world.At(0);
        world.Rules = World.Of("metrics.otd < 0.88").Rules;
        Assert.Empty(world.At(1).Transitions);
        world.Rules = World.Of("metrics.otd < 0.8").Rules;
        Assert.Equal(["Resolved risk: cleared"], World.Kinds(world.At(2)));
    }
}

public sealed class S28_Clearing
{
    [Fact]
    public void Clear_NeverTrue_KeepsFiring()
    {
        World world = World.Of("metrics.otd < 0.9", "clear: metrics.otd >= 1.0 && metrics.otd < 1.0").Reading("otd", 0.5).Reading("otd", 0.99, 1);
        world.At(0);
        Assert.Equal("firing", world.StateAt(1));
        Assert.Equal("firing", world.StateAt(30));
    }

    [Fact]
    public void ClearAndWhen_BothTrue_WhenWins()
    {
        World world = World.Of("metrics.otd < 0.9", "clear: metrics.otd > 0.1").Reading("otd", 0.5);
        world.At(0);
        Assert.Equal("firing", world.StateAt(1));
    }

    [Fact]
    public void KeepFiring_TrueAgainWithinIt_IsTheSameAlertWithTheSameStart()
    {
        World world = World.Of("metrics.otd < 0.9", "keep_firing_for: 7d").Reading("otd", 0.5).Reading("otd", 0.95, 2).Reading("otd", 0.5, 5);
        Alert opened = world.At(0).Transitions[0].Alert;
        Assert.Equal("recovering", world.StateAt(2));
        EvaluationResult again = world.At(5);
        Assert.DoesNotContain(again.Transitions, t => t.Kind is AlertTransitionKind.Opened or AlertTransitionKind.Resolved);
        Alert now = world.State.Rules[0].Alert!;
        Assert.Equal((FindingState.Firing, opened.EpisodeId, opened.StartsAt), (world.State.Rules[0].State, now.EpisodeId, now.StartsAt));
    }
}

public sealed class S29_Relabelling
{
    private static World Firing()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d\nseverity_when: [{when: metrics.otd < 0.3, severity: critical}]").Reading("otd", 0.5);
        world.At(0);
        Assert.Equal("firing", world.StateAt(3));
        return world;
    }

    [Fact]
    public void Severity_ChangedWhileFiring_ClosesTheOldLabelsKeepsTheStartAndSkipsFor()
    {
        World world = Firing();
        EvaluationResult worse = world.Reading("otd", 0.2, 4).At(4);
        Assert.Equal(["Relabelled risk: relabelled", "Worsened risk"], World.Kinds(worse));
        Alert open = worse.Transitions[1].Alert;
        Assert.Equal(("critical", World.Start.AddDays(3), (DateTimeOffset?)null), (open.Labels["severity"], open.StartsAt, open.ResolvedAt));
        Assert.Equal("high", worse.Transitions[0].Alert.Labels["severity"]);
    }

    [Fact]
    public void Tier_ChangedWhileFiring_IsRelabelledAndNothingIsResolved()
    {
        World world = Firing();
        world.Supplier = world.Supplier with { Tier = 1 };
        EvaluationResult result = world.At(4);
        Assert.Equal(["Relabelled risk: relabelled", "Updated risk"], World.Kinds(result));
        Assert.Equal(("1", World.Start.AddDays(3)), (result.Transitions[1].Alert.Labels["tier"], result.Transitions[1].Alert.StartsAt));
    }
}

public sealed class S30_RuleGone
{
    private static World Firing()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 40").Reading("otd", 0.5);
        world.At(0);
        return world;
    }

    [Fact]
    public void Removed_WhileFiring_ResolvesWithThatReason()
    {
        World world = Firing();
        world.Rules = World.Load(World.Pack("metrics.uptime < 0.5", id: "A-9"), World.Scoring);
        Assert.Equal(["Resolved risk: rule removed"], World.Kinds(world.At(1)));
    }

    [Fact]
    public void DisabledByAnOverlay_WhileFiring_ResolvesWithThatReason()
    {
        World world = Firing();
        world.Rules = World.Load(World.Pack("metrics.otd < 0.9", "points: 40"), World.Scoring, "schema: overlay/1\npack: p\nrules: {A-1: {enabled: false, reason: r, by: b}}\n");
        EvaluationResult result = world.At(1);
        Assert.Equal(["Resolved risk: rule disabled"], World.Kinds(result));
        Assert.Empty(result.Assessment.Findings);
    }

    [Fact]
    public void Renamed_WhileFiring_IsARemovedRuleAndANewOne()
    {
        World world = Firing();
        world.Rules = World.Load(World.Pack("metrics.otd < 0.9", "points: 40", id: "A-2"), World.Scoring);
        EvaluationResult result = world.At(1);
        Assert.Equal(["Resolved risk: rule removed", "Opened risk"], World.Kinds(result));
        Assert.Equal(World.Start.AddDays(1), result.Transitions[1].Alert.StartsAt);
    }
}

public sealed class S31_Each
{
    private const string Each = "each: {in: events.incident, as: e, key: e.id}\npoints: 5";

    [Fact]
    public void ItemGone_ResolvesByFalse()
    {
        World world = World.Of("e.severity >= 3", Each).Happening("incident", "I1", -1).Happening("incident", "I2", -1);
        Assert.Equal(["Opened risk", "Opened risk"], World.Kinds(world.At(0)));
        EvaluationResult result = world.Happening("incident", "I1", -1, known: 1, isWithdrawn: true).At(1);
        Assert.Equal(("I1", "cleared"), (Assert.Single(result.Transitions).Alert.Key, result.Transitions[0].Alert.Resolution));
    }

    [Fact]
    public void KeyChanged_IsAnotherSubject()
    {
        World world = World.Of("e.severity >= 3", "each: {in: events.incident, as: e, key: e.title}").Happening("incident", "I1", -1);
        world.At(0);
        world.Rules = World.Of("e.severity >= 3", "each: {in: events.incident, as: e, key: e.id + '/' + e.title}").Rules;
        Assert.Equal(["Opened risk I1/I1", "Resolved risk: cleared I1"], world.At(1).Transitions.Select(t => $"{World.Kinds(new EvaluationResult(null!, null!, [t]))[0]} {t.Alert.Key}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DuplicateKeys_AreAnErrorThatNamesBothAndTheFirstStillCounts()
    {
        World world = World.Of("e.severity >= 3", "each: {in: events.incident, as: e, key: e.type}").Happening("incident", "I1", -2).Happening("incident", "I2", -1);
        Finding[] findings = [.. world.At(0).Assessment.Findings];
        Assert.Contains(findings, f => f.Error.Contains("items 1 and 2", StringComparison.Ordinal) && f.State == FindingState.Unknown);
        Assert.Contains(findings, f => f.Key == "incident" && f.State == FindingState.Firing);
    }

    [Fact]
    public void TenThousandItems_AreJudgedAndTheirPointsAreLimited()
    {
        World world = World.Of("e.severity >= 3", Each + "\nmax_points: 60");
        for (int i = 0; i < 10_000; i++) world.Happening("incident", $"I{i:00000}", -1);
        Assessment assessment = world.At(0).Assessment;
        Assert.Equal((10_000, 60m), (assessment.Findings.Length, assessment.Findings.Sum(f => f.Points)));
    }

    [Fact]
    public void LoopsWithinLoops_BeyondTheStepBudget_AreAnErrorAndNotAHang()
    {
        World world = World.Of("events.incident.all(a, events.incident.all(b, a.severity == b.severity))");
        for (int i = 0; i < 1_000; i++) world.Happening("incident", $"I{i}", -1);
        Assert.NotEqual("", Assert.Single(world.At(0).Assessment.Findings).Error);
    }
}

/// <summary>Through rule tests, which hold a portfolio; <see cref="RuleFiles.GroupRuleTests"/> has the rest.</summary>
public sealed class S32_Groups
{
    private const string Others = "portfolio: [{supplier: {id: S-2, country: DE, tier: 2, annual_spend: 300}}, {supplier: {id: S-3, country: FR, tier: 2, annual_spend: 100}}, {supplier: {id: S-4, tier: 2, annual_spend: 100}}]";

    [Theory]
    // Germany has 600 of 800: S-4 has no country, is in no group, and counts in the whole.
    [InlineData("{supplier: {country: DE, tier: 2, annual_spend: 300}, " + Others + "}", "expect: {firing: {A-1: {key: DE}}}")]
    // A group of one, with 3000 of 3500.
    [InlineData("{supplier: {country: CZ, tier: 2, annual_spend: 3000}, " + Others + "}", "expect: {firing: {A-1: {key: CZ}}}")]
    // The spend of one member is missing: the share is unknown.
    [InlineData("{supplier: {country: DE, tier: 2}, " + Others + "}", "expect: {unknown: {A-1: [group.share]}, not_firing: [A-1]}")]
    // The group vanishes: nobody is left in Germany.
    [InlineData("{supplier: {country: DE, tier: 2, annual_spend: 300}, portfolio: []}", "steps: [{at: 0d, expect: {firing: {A-1: {key: DE}}}}, {at: 1d, supplier: {country: AT, annual_spend: 300}, expect: {firing: {A-1: {key: AT}}, alerts: [{rule: A-1, key: AT}]}}]")]
    public void Groups_WithoutCountryOfOneWithoutSpendOrGone_AreJudgedAsTheyAre(string given, string expect)
    {
        RuleSet set = World.Load(World.Pack("group.share > 0.5", "scope: {group_by: supplier.country}\nmessage: \"{percent(group.share, 0)} in {group.key}\""), World.Scoring);
        var found = new DiagnosticBag();
        RuleTestReport report = RuleTestRunner.Run(set, [YamlReader.Read($"schema: tests/1\nnow: 2026-01-15T06:00:00Z\nfixtures: {{}}\ntests:\n  - name: t\n    given: {given}\n    {expect}\n", "t.yaml", found)], found);
        Assert.Empty(found.Sorted().Select(d => d.Format()));
        Assert.Empty(Assert.Single(report.Results).Failures.Select(f => f.ToString()));
    }
}

public sealed class S33_HiddenThreeTimes
{
    private const string Exception = "points: 40\nexceptions: [{id: EX-1, reason: port strike, approved_by: a.okafor, expires: 2026-01-20}]";

    [Fact]
    public void Exception_WhileInForce_HidesTheAlertShowsItselfAndThePointsCount()
    {
        World world = World.Of("metrics.otd < 0.9", Exception).Reading("otd", 0.5);
        EvaluationResult hidden = world.At(0);
        Assert.Empty(hidden.Transitions);
        Finding finding = Assert.Single(hidden.Assessment.Findings);
        Assert.Equal(("EX-1", 40m, FindingState.Firing), (finding.Exception, finding.Points, finding.State));
        Assert.True(hidden.Assessment.Score > 0);
        ExceptionInForce shown = world.Rules.ExplainRule("A-1", world.Dossier(0), world.State)!.Exception!;
        Assert.Equal(("port strike", "a.okafor", new DateTimeOffset(2026, 1, 21, 0, 0, 0, TimeSpan.Zero)), (shown.Reason, shown.ApprovedBy, shown.ExpiresAt));
    }

    [Fact]
    public void Exception_Expired_FiresAtTheNextPassWhichIsDueThen()
    {
        World world = World.Of("metrics.otd < 0.9", Exception).Reading("otd", 0.5);
        var end = new DateTimeOffset(2026, 1, 21, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(end, world.At(0).Assessment.NextDueAt);
        Assert.Equal(["Opened risk"], World.Kinds(world.At((end - World.Start).TotalDays)));
    }

    /// <summary>Silence and inhibition are routing's: they look at labels, which the exception has no part in, so each hides by itself.</summary>
    [Fact]
    public void SilenceAndInhibition_MatchTheAlertsLabels_IndependentlyOfTheException()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 40").Reading("otd", 0.5);
        Alert alert = world.At(0).Transitions[0].Alert;
        Matcher silence = Assert.Single(MatcherParser.Parse("supplier=\"S-1\"").Matchers).Matcher;
        Matcher inhibited = Assert.Single(MatcherParser.Parse("category!=\"regulatory\"").Matchers).Matcher;
        Assert.True(silence.Matches(alert.Labels) && inhibited.Matches(alert.Labels));
    }
}
