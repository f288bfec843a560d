using Risk.Rules.Evaluation;

namespace Risk.Worker.Tests.Semantics;

/// <summary>docs/adr/0013: what is at stake decides, not the number of rules.</summary>
public sealed class CoverageTests
{
    private const string Scoring = "schema: scoring/1\ncategories: {financial: {weight: 0.6, cap: 50}, contract: {weight: 0.4, cap: 60}}\n";

    private static string Rule(string id, string category, string metric, string more) => $"  - {{id: {id}, title: T, category: {category}, severity: high, when: metrics.{metric} < 0.1, message: m{more}}}\n";

    private static Assessment Assess(string rules, params string[] known)
    {
        World world = World.OfPack("schema: rules/1\npack: p\nrules:\n" + rules, Scoring);
        foreach (string metric in known) world.Reading(metric, 0.9);
        return world.At(0).Assessment;
    }

    [Fact]
    public void Category_CountsItsRulesByPoints()
    {
        // financial: 30 known of 30 + 10 + 1 (no points); contract has no rule, and is left out.
        Assessment assessment = Assess(Rule("A-1", "financial", "otd", ", points: 30") + Rule("A-2", "financial", "uptime", ", points: 10") + Rule("A-3", "financial", "credit_score", ""), "otd");
        Assert.Equal(decimal.Round(30m / 41 - 0.00005m, 4), assessment.Coverage);
        Assert.Equal([0.7317m, null], assessment.Categories.Select(c => c.Coverage));
    }

    [Fact]
    public void ManySmallRules_DoNotOutvoteAnotherCategory()
    {
        // Ten contract rules are known, the only financial one is not: 0.4, not 10 of 11.
        string many = string.Concat(Enumerable.Range(0, 10).Select(i => Rule($"C-{i}", "contract", "otd", ", points: 5")));
        Assert.Equal(0.4m, Assess(many + Rule("A-1", "financial", "uptime", ", points: 20"), "otd").Coverage);
    }

    [Fact]
    public void Gate_CountsItsFloorAndComputedPoints_TheCap()
    {
        // 95 for the gate; the computed one counts the category's cap, 50.
        Assessment assessment = Assess(Rule("A-1", "financial", "otd", ", points: 10, floor: 95") + Rule("A-2", "financial", "uptime", ", points: 100.0 * metrics.uptime"), "otd");
        Assert.Equal(0.6551m, assessment.Coverage);
    }

    [Fact]
    public void EverythingOrNothing_IsOneOrZero()
    {
        string rules = Rule("A-1", "financial", "otd", ", points: 30") + Rule("C-1", "contract", "uptime", ", points: 10");
        Assert.Equal(1m, Assess(rules, "otd", "uptime").Coverage);
        Assert.Equal(0m, Assess(rules).Coverage);
        Assert.Equal(0.6m, Assess(rules, "otd").Coverage);
    }
}
