using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Routing;

public sealed class RoutingReaderTests
{
    private const string Tree = """
        schema: routing/1
        route:
          receiver: ops
          group_by: [supplier]
          group_wait: 2m
          repeat_interval: 7d
          routes:
            - matchers: [category="regulatory", severity="critical"]
              receiver: pager
              group_by: ["..."]
              group_wait: 0s
              continue: true
            - matchers: [severity="critical"]
              receiver: duty
              routes:
                - matchers: [tier="1"]
                  receiver: board
            - matchers: [category="financial", tier=~"1|2"]
              receiver: treasury
        receivers: [{name: ops}, {name: pager}, {name: duty}, {name: treasury}, {name: board}]
        """;

    [Theory]
    [InlineData("regulatory", "critical", "3", "pager duty")]
    [InlineData("regulatory", "critical", "1", "pager board")]
    [InlineData("financial", "critical", "1", "board")]
    [InlineData("financial", "high", "2", "treasury")]
    [InlineData("financial", "high", "3", "ops")]
    [InlineData("security", "info", "1", "ops")]
    public void Match_TreeWithContinue_GivesDeepestInFileOrder(string category, string severity, string tier, string receivers)
    {
        RouteTree tree = RoutingSample.Good(Tree).Routes;
        Assert.Equal(receivers, string.Join(' ', tree.Match(RoutingSample.Labels(("category", category), ("severity", severity), ("tier", tier))).Select(r => r.Receiver)));
    }

    [Fact]
    public void Read_ChildWithoutOwnTimes_Inherits()
    {
        RouteTree tree = RoutingSample.Good(Tree).Routes;
        RouteNode board = tree.Find("{}/{severity=\"critical\"}/{tier=\"1\"}")!;
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromDays(7)), (board.GroupWait, board.GroupInterval, board.RepeatInterval));
        Assert.Equal("supplier", Assert.Single(board.GroupBy));
        RouteNode pager = tree.Root.Children[0];
        Assert.Equal(TimeSpan.Zero, pager.GroupWait);
        Assert.Equal(["kind", "rule"], pager.GroupLabels(RoutingSample.Labels(("rule", "r"), ("kind", "risk"), ("key", ""))).Keys);
    }

    [Fact]
    [Trait("Defect", "X05")] // X05: A group was selected and never told: its route could not be reached (dependency-track#7220).
    public void Read_ManyMistakes_ReportsAllWithPlaces()
    {
        const string yaml = """
            schema: routing/1
            route:
              receiver: opps
              group_by: [suplier]
              group_wait: 5 minutes
              routes:
                - matchers: [sevrity="critical"]
                - matchers: [severity="hgih"]
                - matchers: [kind="risk", severity=~"high|critical"]
                - matchers: ['team="x"', severity="high", kind="risk"]
                - matchers: [tier="1"]
                  routes:
                    - matchers: [tier="2"]
                - matchers: [kind="system]
                  mute_time_intervals: [nights]
                  recever: ops
            receivers:
              - {name: ops}
              - {name: ops}
            time_intervals:
              - {name: office, time_intervals: [{weekdays: ["monday:frieday"], location: Mars/Base}]}
            """;
        (RoutingModel? model, ImmutableArray<Diagnostic> diagnostics) = RoutingSample.Read(yaml);
        Assert.Null(model);
        string[] expected =
        [
            "3:13 T008 there is no receiver 'opps'; did you mean 'ops'?",
            "4:14 T006 no alert has a label 'suplier'; did you mean 'supplier'?",
            "5:15 T004 '5 minutes' is no duration; write for example 30s, 5m, 4h, 7d or 1h30m",
            "7:18 T006 no alert has a label 'sevrity'; did you mean 'severity'?",
            "8:27 T007 'severity' never is 'hgih'; did you mean 'high'?",
            "10:17 T010 never reached: taken by the earlier route {kind=\"risk\",severity=~\"high|critical\"}; move this one above it, or add continue: true there",
            "13:21 T018 never reached: no alert meets all its conditions on 'tier' (its own and those of the routes above it)",
            "14:23 T005 the value's closing double quote is missing",
            "15:29 T013 there is no time interval 'nights'; add it under 'time_intervals' or 'calendars'",
            "16:7 T002 a route has no setting 'recever'; did you mean 'receiver'?",
            "18:12 T011 receiver 'ops' is used by no route",
            "19:12 T009 there are two receivers 'ops'; rename one",
            "21:12 T012 time interval 'office' is used by no route",
            "21:49 T014 'monday:frieday' is no value or range for 'weekdays'; write for example monday:friday",
            "21:78 T014 'Mars/Base' is no time zone known here; write an IANA name such as Europe/Berlin",
        ];
        string[] found = [.. diagnostics.Select(d => $"{d.Position.Line}:{d.Position.Column} {d.Code} {d.Message}")];
        Assert.Equal(string.Join('\n', expected), string.Join('\n', found));
    }

    [Fact]
    public void Read_OwnColumnsAndRules_AreKnownLabelsAndValues()
    {
        const string yaml = """
            schema: routing/1
            route: {receiver: ops, routes: [{matchers: [cost_center="4711"]}, {matchers: [rule="SR-FIN-01"]}]}
            receivers: [{name: ops}]
            """;
        Assert.Equal("T006", Assert.Single(RoutingSample.Read(yaml).Diagnostics).Code);
        (_, ImmutableArray<Diagnostic> diagnostics) = RoutingSample.Read(yaml, new RoutingVocabulary(["cost_center"], [], ["SR-FIN-001"]));
        Assert.Equal("'rule' never is 'SR-FIN-01'; did you mean 'SR-FIN-001'?", diagnostics.First(d => d.Code == "T007").Message);
    }

    [Theory]
    [InlineData("2026-06-05T16:59:00Z", true)] // Friday 18:59 in Berlin, summer
    [InlineData("2026-06-05T17:00:00Z", false)]
    [InlineData("2026-12-04T17:59:00Z", true)] // Friday 18:59 in Berlin, winter
    [InlineData("2026-06-06T12:00:00Z", false)] // Saturday
    public void TimeInterval_ZonedOfficeHours_FollowsSummerTime(string at, bool expected)
    {
        RoutingModel model = RoutingSample.Good("""
            schema: routing/1
            route: {receiver: ops, routes: [{matchers: [kind="risk"], active_time_intervals: [office]}]}
            receivers: [{name: ops}]
            time_intervals:
              - name: office
                time_intervals: [{weekdays: ["monday:friday"], times: [{start_time: "07:30", end_time: "19:00"}], location: Europe/Berlin}]
            """);
        Assert.Equal(expected, model.TimeIntervals["office"].Contains(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    // The pack's own file, when it is at hand: it loads, and only lacks the settings of the house.
    [Fact]
    public void Read_SharedPack_HasNoErrors()
    {
        if (Environment.GetEnvironmentVariable("RISK_SHARED") is not { Length: > 0 } shared) return;
        (RoutingModel? model, ImmutableArray<Diagnostic> diagnostics) = RoutingSample.Read(File.ReadAllText(Path.Combine(shared, "rules-pack", "routing.yaml")));
        Assert.NotNull(model);
        Assert.All(diagnostics, d => Assert.Equal("T021", d.Code));
    }

    [Fact]
    public void Inhibits_SourceAndTarget_NeedEqualLabelsAndNotBothSides()
    {
        RoutingModel model = RoutingSample.Good("""
            schema: routing/1
            route: {receiver: ops}
            receivers: [{name: ops}]
            inhibit_rules: [{source_matchers: [rule="A"], target_matchers: [rule=~"A|B"], equal: [supplier]}]
            """);
        var rule = model.InhibitRules[0];
        Assert.True(rule.Inhibits(RoutingSample.Labels(("rule", "A"), ("supplier", "1")), RoutingSample.Labels(("rule", "B"), ("supplier", "1"))));
        Assert.False(rule.Inhibits(RoutingSample.Labels(("rule", "A"), ("supplier", "1")), RoutingSample.Labels(("rule", "B"), ("supplier", "2"))));
        Assert.False(rule.Inhibits(RoutingSample.Labels(("rule", "A"), ("supplier", "1")), RoutingSample.Labels(("rule", "A"), ("supplier", "1"))));
    }

    [Fact]
    public void Read_MistakesAboutPeople_ReportAllWithPlaces()
    {
        (RoutingModel? model, ImmutableArray<Diagnostic> diagnostics) = RoutingSample.Read("""
            schema: routing/1
            global: {smtp_smarthost: "mail.example.org:25", smtp_from: risk@example.org}
            fallback_receiver: owners
            route: {receiver: owners}
            calendars:
              - {name: office, holidays: [25.12.2026]}
              - {name: spare, weekdays: ["monday:friday"]}
            people: {digest: daily at 8 office, digests: {nobody: hourly}, most_per_hour: 30, most_per_day: 20, burst: {more_than: 0, within: 2d}}
            escalations:
              - {name: a, matchers: [severity="high"], calendar: ofice, steps: [{after: 4h, receiver: owners}, {after: 2h, receiver: heads}]}
              - {name: b, matchers: [severity="high", tier="1"], steps: [{after: 1h, receiver: owners}]}
            receivers:
              - {name: owners, email_configs: [{to: "{supplier.ownr}", digest: weekly on mon at 08:00}]}
            """);
        Assert.Null(model);
        Assert.Equal(
            [
                "3:20 T027", "6:5 T003", "6:31 T014", "7:12 T012", "8:18 T025", "8:55 T016", "8:79 T028", "8:120 T001", "8:131 T004", "10:54 T024", "10:108 T004", "10:122 T008", "11:12 T010",
                "13:41 T026", "13:68 T025",
            ],
            diagnostics.Select(d => $"{d.Position.Line}:{d.Position.Column} {d.Code}"));
        Assert.Contains(diagnostics, d => d.Message.Contains("did you mean 'office'", StringComparison.Ordinal));
        Assert.Contains(diagnostics, d => d.Message.Contains("did you mean 'owner'", StringComparison.Ordinal));
    }
}
