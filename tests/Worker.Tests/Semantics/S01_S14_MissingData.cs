using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.RuleTesting;
using Risk.Rules.Suppliers;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.Semantics;

public sealed class S01_MissingMetric
{
    [Theory]
    [InlineData("metrics.otd < 0.9")]
    [InlineData("!(metrics.otd < 0.9)")]
    [InlineData("metrics.otd != 0.9")]
    [InlineData("!(metrics.otd in [0.9, 0.8])")]
    public void Condition_AbsentMetric_IsUnknownAndNotFalse(string when)
    {
        Finding finding = Assert.Single(World.Of($"'{when}'").At(0).Assessment.Findings);
        Assert.Equal((FindingState.Unknown, "metrics.otd: absent"), (finding.State, Assert.Single(finding.Missing)));
    }
}

public sealed class S02_OrWithMissing
{
    [Theory]
    [InlineData(0.5, "true")]
    [InlineData(0.99, "‹metrics.credit_score: absent›")]
    public void Or_LeftOrRightMissing_IsTrueOrNamesOnlyTheMissing(double otd, string expected)
    {
        World world = World.ForExpressions().Reading("otd", otd);
        Assert.Equal(expected, world.Ask("metrics.credit_score < 1.0 || metrics.otd < 0.9"));
        Assert.Equal(expected, world.Ask("metrics.otd < 0.9 || metrics.credit_score < 1.0"));
    }
}

public sealed class S03_AndWithMissing
{
    [Theory]
    [InlineData(0.99, "false")]
    [InlineData(0.5, "‹metrics.credit_score: absent›")]
    public void And_LeftOrRightMissing_IsFalseOrUnknown(double otd, string expected)
    {
        World world = World.ForExpressions().Reading("otd", otd);
        Assert.Equal(expected, world.Ask("metrics.credit_score < 1.0 && metrics.otd < 0.9"));
        Assert.Equal(expected, world.Ask("metrics.otd < 0.9 && metrics.credit_score < 1.0"));
    }
}

public sealed class S04_BothMissing
{
    [Fact]
    public void Arithmetic_BothMissing_NamesBoth() => Assert.Equal(
        "metrics.cash_days: absent, metrics.current_ratio: absent", string.Join(", ", Assert.Single(World.Of("metrics.cash_days / metrics.current_ratio < 0.2").At(0).Assessment.Findings).Missing));
}

public sealed class S05_MaximumAge
{
    private const double Second = 1 / 86400.0;

    [Fact]
    public void Reading_ExactlyMaximumAge_IsUsableAndASecondMoreIsNot()
    {
        World world = World.ForExpressions().Reading("otd", 0.9);
        Assert.Equal("0.9", world.Ask("metrics.otd", 40));
        Assert.Equal("‹metrics.otd: stale›", world.Ask("metrics.otd", 40 + Second));
        Assert.Equal("true", world.Ask("has(metrics.otd)", 40));
        Assert.Equal("false", world.Ask("has(metrics.otd)", 40 + Second));
        Assert.Equal("true", world.Ask("age(metrics.otd) == days(40)", 40));
        Assert.Equal("true", world.Ask("age(metrics.otd) > days(40)", 40 + Second));
        Assert.Equal("0.9", world.Ask("last(metrics.otd)", 40));
        Assert.Equal("0.9", world.Ask("last(metrics.otd)", 40 + Second));
    }
}

public sealed class S06_NullAndInvalid
{
    [Fact]
    public void Null_InAFixture_IsAbsent()
    {
        const string tests = """
            schema: tests/1
            now: 2026-01-15T06:00:00Z
            fixtures: {f: {supplier: {id: S-1, name: N}, metrics: {otd: 0.5}}}
            tests:
              - {name: null takes it away, given: {use: f, metrics: {otd: null}}, expect: {unknown: {A-1: [metrics.otd]}}}
              - {name: zero is a value, given: {use: f, metrics: {otd: 0.0}}, expect: {firing: [A-1], unknown: []}}
            """;
        var diagnostics = new DiagnosticBag();
        Document[] files = [YamlReader.Read(tests, "t.yaml", diagnostics)];
        RuleTestReport report = RuleTestRunner.Run(World.Of("metrics.otd < 0.9").Rules, files, diagnostics);
        Assert.True(diagnostics.Sorted().IsEmpty && report.Passed && report.Results.Length == 2, string.Join("\n", report.Results.SelectMany(r => r.Failures)));
    }

    [Fact]
    public void EmptyTextAndZero_AreValues()
    {
        World world = World.ForExpressions().Fact("registry_status", "").Reading("critical_vulns", 0);
        Assert.Equal("true", world.Ask("facts.registry_status == ''"));
        Assert.Equal("true", world.Ask("has(metrics.critical_vulns) && metrics.critical_vulns == 0"));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Reading_OutOfRangeOrNotFinite_IsInvalidAndLeavesTheLastGoodOne(double value)
    {
        Assert.Equal("‹metrics.otd: invalid›", World.ForExpressions().Reading("otd", value).Ask("metrics.otd"));
        Assert.Equal("0.9", World.ForExpressions().Reading("otd", 0.9, -5).Reading("otd", value).Ask("metrics.otd"));
    }
}

public sealed class S07_Ternary
{
    [Fact]
    public void Ternary_ConditionOrBranchMissing_CountsOnlyWhatIsChosen()
    {
        World world = World.ForExpressions().Reading("otd", 0.9);
        Assert.Equal("‹metrics.credit_score: absent›", world.Ask("metrics.credit_score < 5.0 ? 1 : 2"));
        Assert.Equal("0.9", world.Ask("metrics.otd > 0.5 ? metrics.otd : metrics.credit_score"));
        Assert.Equal("‹metrics.credit_score: absent›", world.Ask("metrics.otd > 0.5 ? metrics.credit_score : metrics.otd"));
    }
}

public sealed class S08_StaleFeed
{
    private static World Stale() => World.ForExpressions().Checked("desk", 0).Happening("incident", "I1", -1, 5).Happening("incident", "I2", -1, 2);

    [Theory]
    [InlineData("events.incident.exists(e, e.severity == 5)", "true")]
    [InlineData("events.incident.exists(e, e.severity == 4)", "‹events.incident: stale›")]
    [InlineData("events.incident.all(e, e.severity > 3)", "false")]
    [InlineData("events.incident.all(e, e.severity > 1)", "‹events.incident: stale›")]
    [InlineData("events.incident.filter(e, e.severity > 3).size() >= 1", "‹events.incident: stale›")]
    [InlineData("events.incident.map(e, e.severity)[0] == 5", "‹events.incident: stale›")]
    public void Lists_StaleFeed_AreOpenAtTheEnd(string expression, string expected) => Assert.Equal(expected, Stale().Ask(expression, 3));

    [Fact]
    public void Size_FiveKnownEvents_IsUnknownStill()
    {
        World world = World.ForExpressions().Checked("desk", 0);
        for (int i = 0; i < 5; i++) world.Happening("incident", $"I{i}", -1);
        Assert.Equal("‹events.incident: stale›", world.Ask("events.incident.size() >= 3", 3));
        Assert.Equal("true", world.Ask("events.incident.size() >= 3", 2));
    }

    [Fact]
    public void Each_StaleFeed_FiresForTheKnownItemAndIsUnknownAsWell()
    {
        World world = World.Of("e.severity >= 4", "each: {in: events.incident, as: e, key: e.id}\npoints: 10").Checked("desk", 0).Happening("incident", "I1", -1, 5);
        Assert.Equal(["=Unknown", "I1=Firing"], world.At(3).Assessment.Findings.Select(f => $"{f.Key}={f.State}").Order(StringComparer.Ordinal));
    }
}

public sealed class S09_FreshFeed
{
    [Fact]
    public void Lists_FreshFeedWithoutEvents_AreSimplyEmpty()
    {
        World world = World.ForExpressions();
        Assert.Equal("false", world.Ask("events.incident.exists(e, e.severity > 1)"));
        Assert.Equal("true", world.Ask("events.incident.all(e, e.severity > 1)"));
        Assert.Equal("0", world.Ask("events.incident.size()"));
        Assert.Empty(World.Of("e.severity >= 4", "each: {in: events.incident, as: e, key: e.id}").At(0).Assessment.Findings);
    }
}

/// <summary>The running contract stands in the portfolio, which is never stale: what the portfolio leaves out is absent, and "a stale source" cannot arise.</summary>
public sealed class S10_Contract
{
    [Fact]
    public void Contract_None_IsKnownAbsentAndItsFieldsAreMissing()
    {
        World world = World.ForExpressions();
        Assert.Equal("false", world.Ask("has(contract.id)"));
        Assert.Equal("‹contract.end: absent›", world.Ask("until(contract.end) < days(30)"));
        Assert.Equal("true", world.Ask("!has(contract.id) || !contract.has_dpa"));
    }

    [Fact]
    public void Contract_WithoutOneField_MissesThatAlone()
    {
        World world = World.ForExpressions();
        world.Supplier = world.Supplier with { Contract = new Contract { Id = "C-1", HasDpa = true } };
        Assert.Equal("true", world.Ask("has(contract.id) && contract.has_dpa"));
        Assert.Equal("false", world.Ask("has(contract.end)"));
        Assert.Equal("‹contract.end: absent›", world.Ask("contract.end > now"));
    }
}

/// <summary>Certificates are open like a feed when their source is stale (RULES.md 4.4 rule 6).</summary>
public sealed class S10_Certificates
{
    [Fact]
    public void Map_FreshSource_KnowsWhatIsNotThere()
    {
        World world = World.ForExpressions().Happening("certificate", "iso27001", -30, due: 300);
        Assert.Equal("[true, false]", world.Ask("['iso27001' in certs, 'soc2' in certs]"));
        Assert.Equal("true", world.Ask("until(certs['iso27001'].expires) == days(300)"));
    }

    [Fact]
    public void Map_StaleSource_KnowsOnlyWhatIsThere()
    {
        World world = World.ForExpressions().Happening("certificate", "iso27001", -30, due: 300).Checked("portal", 0);
        Assert.Equal("true", world.Ask("'iso27001' in certs", 36));
        Assert.Equal("‹certs: stale›", world.Ask("'soc2' in certs", 36));
        Assert.Equal("false", world.Ask("'soc2' in certs", 35));
    }

    [Fact]
    public void Rule_OverACertificatesEnd_IsDueWhenItsWindowBegins()
    {
        World world = World.Of("'!(c in certs) || until(certs[c].expires) < days(60)'", "each: {in: lists.wanted, as: c, key: c}", "lists: {wanted: [iso27001]}\n").Happening("certificate", "iso27001", -30, due: 60.5);
        Assert.Empty(world.At(0).Assessment.Findings);
        Assert.Equal(World.Start.AddDays(0.5).AddSeconds(1), world.At(0).Assessment.NextDueAt);
    }
}

public sealed class S11_UnknownAroundTheCondition
{
    [Fact]
    public void Limit_OverrideUnknown_IsUnknownAndNotTheDefault()
    {
        const string limits = "limits: {low: {default: 0.9, overrides: [{when: metrics.credit_score < 50.0, value: 0.5}]}}\n";
        World world = World.Of("metrics.otd < limit.low", pack: limits).Reading("otd", 0.1);
        Finding finding = Assert.Single(world.At(0).Assessment.Findings);
        Assert.Equal((FindingState.Unknown, "metrics.credit_score: absent"), (finding.State, Assert.Single(finding.Missing)));
    }

    [Fact]
    public void Exception_MatchUnknown_DoesNotApply()
    {
        World world = World.Of("metrics.otd < 0.9", "exceptions: [{id: EX-1, match: metrics.credit_score < 50.0, reason: r, approved_by: a, expires: 2026-06-30}]").Reading("otd", 0.1);
        EvaluationResult result = world.At(0);
        Assert.Equal("", Assert.Single(result.Assessment.Findings).Exception);
        Assert.Equal(["Opened risk"], World.Kinds(result));
    }

    [Fact]
    public void AppliesTo_Unknown_MakesTheRuleUnknownAndCountsAgainstCoverage()
    {
        World world = World.Of("metrics.otd < 0.9", "applies_to: metrics.credit_score < 50.0").Reading("otd", 0.99);
        Assessment assessment = world.At(0).Assessment;
        Assert.Equal(FindingState.Unknown, Assert.Single(assessment.Findings).State);
        Assert.Equal(0m, assessment.Coverage);
    }
}

public sealed class S12_UnknownInEachState
{
    [Fact]
    public void Pending_DataMissing_StopsTheClock()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 10d").Reading("otd", 0.5);
        Assert.Equal("pending", world.StateAt(0));
        Assert.Equal("pending", world.StateAt(4));
        // Stale from day 40: pending, and 36 days of silence do not count. The last look before was on day 4.
        Assert.Equal("pending", world.StateAt(41));
        world.Reading("otd", 0.5, 50);
        Assert.Equal("pending", world.StateAt(50));
        Assert.Equal("pending", world.StateAt(55));
        Assert.Equal("firing", world.StateAt(56));
    }

    [Fact]
    public void Firing_DataMissing_StaysOpenAndMarkedThenResolvesOnGoodData()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 10").Reading("otd", 0.5);
        Assert.Equal(["Opened risk"], World.Kinds(world.At(0)));
        EvaluationResult silent = world.At(41);
        Assert.Empty(silent.Transitions);
        Finding held = Assert.Single(silent.Assessment.Findings);
        Assert.Equal((FindingState.Firing, 10m, "metrics.otd: stale"), (held.State, held.Points, Assert.Single(held.Missing)));
        Assert.Equal(["Resolved risk: cleared"], World.Kinds(world.Reading("otd", 0.95, 42).At(42)));
    }

    [Fact]
    public void Recovering_DataMissing_StopsTheClockAndResolvesNothing()
    {
        World world = World.Of("metrics.otd < 0.9", "keep_firing_for: 10d").Reading("otd", 0.5).Reading("otd", 0.95, 1);
        Assert.Equal("firing", world.StateAt(0));
        Assert.Equal("recovering", world.StateAt(1));
        Assert.Equal("recovering", world.StateAt(5));
        Assert.Equal("recovering", world.StateAt(60));
        world.Reading("otd", 0.95, 61);
        Assert.Equal("recovering", world.StateAt(61));
        Assert.Equal("recovering", world.StateAt(66));
        EvaluationResult resolved = world.At(67);
        Assert.Equal(["Resolved risk: cleared"], World.Kinds(resolved));
    }

    [Fact]
    public void Recovering_DataMissingThenTrueAgain_FiresOnAsTheSameAlert()
    {
        World world = World.Of("metrics.otd < 0.9", "keep_firing_for: 10d").Reading("otd", 0.5).Reading("otd", 0.95, 1);
        string episode = world.At(0).Transitions[0].Alert.EpisodeId;
        world.At(1);
        world.At(60);
        Assert.Equal("firing", world.Reading("otd", 0.5, 61).StateAt(61));
        Assert.Equal(episode, world.State.Rules[0].Alert!.EpisodeId);
    }
}

public sealed class S13_AlertAfter
{
    [Fact]
    public void NoDataAlert_AfterItsTime_FiresBesideTheRiskAlertAndEndsWithData()
    {
        World world = World.Of("metrics.otd < 0.9", "on_unknown: {alert_after: 3d, severity: warning}");
        Assert.Empty(world.At(0).Transitions);
        Assert.Equal(World.Start.AddDays(3), world.At(1).Assessment.NextDueAt);
        AlertTransition opened = Assert.Single(world.At(3).Transitions);
        Assert.Equal((AlertTransitionKind.Opened, AlertKind.NoData, Severity.Warning), (opened.Kind, opened.Alert.Kind, opened.Alert.Severity));
        Assert.Equal(["Opened risk", "Resolved no_data: data is back"], World.Kinds(world.Reading("otd", 0.5, 4).At(4)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoDataAlert_WhileTheRiskAlertFires_BothAreOpenWithIdentitiesOfTheirOwn()
    {
        World world = World.Of("metrics.otd < 0.9", "on_unknown: {alert_after: 3d, severity: warning}").Reading("otd", 0.5);
        world.At(0);
        world.At(41);
        world.At(44);
        Alert risk = world.State.Rules[0].Alert!, noData = world.State.Rules[0].NoDataAlert!;
        Assert.NotEqual(risk.EpisodeId, noData.EpisodeId);
        Assert.Equal(("risk", "no_data"), (risk.Labels["kind"], noData.Labels["kind"]));
        world.Reading("otd", 0.5, 45).At(45);
        Assert.Equal((true, false), (world.State.Rules[0].Alert is not null, world.State.Rules[0].NoDataAlert is not null));
    }
}

public sealed class S14_MissingAndError
{
    [Theory]
    [InlineData("10 / (supplier.tier - 2) > 0 && metrics.otd < 0.5")]
    [InlineData("metrics.otd < 0.5 && 10 / (supplier.tier - 2) > 0")]
    [InlineData("10 / (supplier.tier - 2) > 0 || metrics.otd < 0.5")]
    public void Condition_MissingAndDivisionByZero_IsAnErrorThatReportsBoth(string when)
    {
        Finding finding = Assert.Single(World.Of(when).At(0).Assessment.Findings);
        Assert.Contains("zero", finding.Error, StringComparison.Ordinal);
        Assert.Equal("metrics.otd: absent", Assert.Single(finding.Missing));
        Assert.Equal(FindingState.Unknown, finding.State);
    }
}
