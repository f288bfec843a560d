using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.RuleFiles;
using Risk.Worker.Tests.RuleFiles;

namespace Risk.Worker.Tests.Alerting.Routing;

/// <summary>Routes and inhibitions against the alerts that the rules at hand can make.</summary>
public sealed class RoutingLintsTests
{
    private const string Pack = """
        schema: rules/1
        pack: p
        owner: buyers
        rules:
          - {id: A-1, title: T, category: operational, severity: warning, message: m, when: metrics.otd < 0.9, severity_when: [{when: metrics.otd < 0.5, severity: high}], points: 1}
          - {id: A-2, title: T, category: financial, severity: critical, message: m, when: metrics.leverage > 5.0, on_unknown: {alert_after: 1d, severity: info}, points: 1}
        """ + "\n";

    [Theory]
    [InlineData("category=\"operational\"", "")]
    [InlineData("category=\"operational\", severity=\"high\"", "")]
    [InlineData("category=\"operational\", severity=\"critical\"", "T031")]
    [InlineData("rule=\"A-2\", category=\"operational\"", "T031")]
    [InlineData("kind=\"no_data\", severity=\"info\"", "")]
    [InlineData("kind=\"no_data\", category=\"operational\"", "T031")]
    [InlineData("kind=\"system\", severity=\"info\"", "")]
    [InlineData("kind=\"system\", tier=\"1\"", "T031")]
    [InlineData("team=\"sellers\"", "T031")]
    [InlineData("supplier_category=\"steel\", country!~\"DE|FR\"", "")]
    public void Lint_Route_IsMetBySomeRuleOrNot(string matchers, string code) =>
        Assert.Equal(code, Codes($"route: {{receiver: a, routes: [{{receiver: a, matchers: ['{matchers}']}}]}}\n"));

    [Fact]
    public void Lint_RouteBelowAnother_IsSeenWithTheConditionsAbove() =>
        Assert.Equal("T031", Codes("route: {receiver: a, routes: [{matchers: ['category=\"financial\"'], routes: [{matchers: ['severity=\"warning\"']}]}]}\n"));

    [Theory]
    [InlineData("category=\"financial\"", "category=\"operational\"", "supplier", "")]
    [InlineData("category=\"financial\", severity=\"info\", kind=\"risk\"", "category=\"operational\"", "supplier", "T032")]
    [InlineData("category=\"financial\"", "category=\"operational\", severity=\"info\"", "supplier", "T032")]
    [InlineData("category=\"financial\"", "category=\"operational\"", "category", "T032")]
    public void Lint_Inhibition_CanHappenOrNot(string source, string target, string equal, string code) =>
        Assert.Equal(code, Codes($"route: {{receiver: a}}\ninhibit_rules: [{{source_matchers: ['{source}'], target_matchers: ['{target}'], equal: [{equal}]}}]\n"));

    private static string Codes(string routing)
    {
        var diagnostics = new DiagnosticBag();
        RuleSet rules = RuleSetLoader.Load([YamlReader.Read(Pack, "p.yaml", diagnostics), YamlReader.Read(RuleSetLoaderTests.Scoring, "s.yaml", diagnostics)], StandardCatalog.Create(), diagnostics)!;
        Document document = YamlReader.Read($"schema: routing/1\n{routing}receivers: [{{name: a}}]\n", "routing.yaml", diagnostics);
        (RoutingModel? model, var problems) = new RoutingReader(ReceiverChannels.Discover(), RoutingVocabulary.Basic).Read(document);
        Assert.True(model is not null, string.Join('\n', problems));
        var found = new DiagnosticBag();
        new RoutingLints(document, AlertShape.Of(rules), found).Lint(model);
        return string.Join(' ', found.Sorted().Select(d => d.Code));
    }
}
