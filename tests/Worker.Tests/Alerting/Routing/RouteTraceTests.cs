using FsCheck;
using FsCheck.Fluent;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Routing;

public sealed class RouteTraceTests
{
    private static readonly RouteTree Tree = RoutingSample.Good("""
        schema: routing/1
        route:
          receiver: a
          routes:
            - {matchers: [kind="system"], receiver: b}
            - matchers: [severity="critical"]
              receiver: c
              continue: true
              routes:
                - {matchers: [tier="1"], receiver: d}
                - {matchers: [tier="2"], receiver: e, continue: true}
                - {matchers: [country="DE"], receiver: f}
            - {matchers: [category="security"], receiver: g}
            - {matchers: [category=~"security|financial"], receiver: h}
        receivers: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}, {name: g}, {name: h}]
        """).Routes;

    [Fact]
    public void Of_Labels_TellsTheReasonAtEachRoute()
    {
        var steps = RouteTrace.Of(Tree, RoutingSample.Labels(("severity", "critical"), ("tier", "1"), ("country", "DE"), ("category", "security")));
        Assert.Equal(
            ["a PassesOn", "b Refuses kind=\"system\"", "c PassesOn", "d Takes", "e NotAsked", "f NotAsked", "g Takes", "h NotAsked"],
            steps.Select(s => $"{s.Route.Receiver} {s.Verdict} {string.Join(",", s.Failed.Select(m => m.ToString()))}".Trim()));
        Assert.Equal([0, 1, 1, 2, 2, 2, 1, 1], steps.Select(s => s.Depth));
    }

    [Fact]
    public void Of_AnyLabels_TakesWhatTheTreeTakes() => Prop.ForAll(
        (from kind in Gen.Elements("system", "risk", "") from severity in Gen.Elements("critical", "info", "") from tier in Gen.Elements("1", "2", "3") from country in Gen.Elements("DE", "FR")
         from category in Gen.Elements("security", "financial", "contract") select (kind, severity, tier, country, category)).ToArbitrary(),
        any =>
        {
            var labels = RoutingSample.Labels(("kind", any.kind), ("severity", any.severity), ("tier", any.tier), ("country", any.country), ("category", any.category));
            return Tree.Match(labels).Select(r => r.Path).SequenceEqual(RouteTrace.Of(Tree, labels).Where(s => s.Verdict == RouteVerdict.Takes).Select(s => s.Route.Path));
        }).QuickCheckThrowOnFailure();
}
