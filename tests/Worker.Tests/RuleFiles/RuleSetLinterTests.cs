using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Linting;
using Risk.Rules.RulePacks;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

/// <summary>Each lint finds its mistake at its place; and nothing is said of what is right, or merely cannot be proven wrong.</summary>
public sealed class RuleSetLinterTests
{
    private const string Scoring = "schema: scoring/1\ncategories: {operational: {weight: 1}}\n";

    private const string Names = """
        lists: {it: [cloud, software], bad: [BY, RU]}
        vars: {critical: supplier.tier == 1}
        limits:
          otd_min: {default: 0.92, overrides: [{when: vars.critical, value: 0.96}, {when: supplier.category in lists.it, value: 0.9}]}
          fine: {default: 0.5}
        """ + "\n";

    [Theory]
    [InlineData("metrics.otd < 0.5 && metrics.otd > 0.6", "L001")]
    [InlineData("metrics.otd < 0.5 && metrics.otd >= 0.5", "L001")]
    [InlineData("metrics.otd <= 0.5 && metrics.otd >= 0.5", "")]
    [InlineData("metrics.otd < 0.5 && !(metrics.otd < 0.5)", "L001")]
    [InlineData("metrics.otd < 0.5 && (metrics.otd > 0.6 || metrics.otd == 0.7)", "L001")]
    [InlineData("metrics.otd < 0.5 && (metrics.otd > 0.6 || metrics.otif > 0.6)", "")]
    [InlineData("metrics.otd + 0.1 < 0.5 && 2.0 * metrics.otd > 0.9", "L001")]
    [InlineData("metrics.otd - metrics.otif > 0.2 && metrics.otif - metrics.otd > 0.2", "L001")]
    [InlineData("metrics.otd - metrics.otif > 0.2 && metrics.otif - metrics.otd < 0.2", "")]
    [InlineData("metrics.otd - metrics.otif > 1.5", "L001")]
    [InlineData("supplier.country == 'DE' && supplier.country == 'FR'", "L001")]
    [InlineData("supplier.country == 'DE' && supplier.category == 'FR'", "")]
    [InlineData("supplier.country in lists.bad && supplier.country in ['DE', 'FR']", "L001")]
    [InlineData("supplier.country in lists.bad && supplier.country != 'BY' && supplier.country != 'RU'", "L001")]
    [InlineData("supplier.country in lists.bad && supplier.country != 'BY'", "")]
    [InlineData("supplier.single_source && !supplier.single_source", "L001")]
    [InlineData("vars.critical && !vars.critical", "L001")]
    [InlineData("supplier.tier > 2 && supplier.tier < 2", "L001")]
    [InlineData("change(metrics.otd, days(90)) < -0.1 && change(metrics.otd, days(90)) > 0.1", "L001")]
    [InlineData("change(metrics.otd, days(90)) < -0.1 && change(metrics.otd, days(30)) > 0.1", "")]
    [InlineData("events.insolvency.exists(e, since(e.at) < days(30) && since(e.at) > days(400))", "")]
    [InlineData("metrics.otd < limit.otd_min && metrics.otd >= limit.otd_min", "L001")]
    [InlineData("metrics.otd < limit.otd_min && metrics.otd > limit.otd_min - 0.1", "")]
    [InlineData("metrics.otd > limit.otd_min && limit.otd_min > 0.97", "L001")]
    [InlineData("metrics.otd < limit.otd_min && limit.otd_min > 0.95", "")]
    [InlineData("metrics.otd >= 0.5 || metrics.otd < 0.6", "L002")]
    [InlineData("metrics.otd >= 0.6 || metrics.otd < 0.5", "")]
    [InlineData("metrics.otd != 0.5 || metrics.otd == 0.5", "L002")]
    [InlineData("supplier.country != 'DE' || supplier.country != 'FR'", "L002")]
    [InlineData("!has(metrics.otd) || metrics.otd < 0.5", "L007")]
    [InlineData("has(metrics.otd) && metrics.otd < 0.5", "")]
    [InlineData("metrics.?otd.orValue(1.0) < 0.5", "L008")]
    public void Lint_Condition_FindsWhatIsProvenOnly(string when, string code) => Assert.Equal(code, Codes($"    when: \"{when}\"\n"));

    [Fact]
    public void Lint_MissingDataMadeHarmlessWithAComment_IsMeant() => Assert.Equal("", Codes("    # a supplier without figures is to be told\n    when: \"!has(metrics.otd) || metrics.otd < 0.5\"\n"));

    [Theory]
    [InlineData("supplier.country in lists.bad", "supplier.country == 'DE'", "L001")]
    [InlineData("supplier.tier < 2 && supplier.tier > 3", "metrics.otd < 0.5", "L003")]
    [InlineData("supplier.tier < 3", "metrics.otd < 0.5 && supplier.tier == 2", "")]
    public void Lint_AppliesTo_IsSeenTogetherWithTheCondition(string appliesTo, string when, string code) => Assert.Equal(code, Codes($"    applies_to: \"{appliesTo}\"\n    when: \"{when}\"\n"));

    [Theory]
    [InlineData("metrics.otd < limit.otd_min", "metrics.otd >= limit.otd_min + 0.02", "")]
    [InlineData("metrics.otd < limit.otd_min", "metrics.otd >= limit.otd_min", "")]
    [InlineData("metrics.otd < limit.otd_min", "metrics.otd >= limit.otd_min - 0.02", "L005")]
    [InlineData("metrics.otd < 0.9", "metrics.otd > 0.8", "L005")]
    [InlineData("metrics.otd < 0.9", "metrics.otd > 0.9", "")]
    [InlineData("metrics.otd < 0.9", "0.95 < metrics.otd", "")]
    [InlineData("metrics.otd < 0.9", "0.85 < metrics.otd", "L005")]
    [InlineData("metrics.otd < 0.9 && supplier.tier == 1", "metrics.otd > 0.8", "")]
    [InlineData("metrics.otd < 0.9", "metrics.otd > 0.95 && metrics.otd < 0.92", "L004")]
    [InlineData("metrics.otd / metrics.otif > 1.4", "metrics.otd / metrics.otif < 1.2", "")]
    [InlineData("metrics.otd / metrics.otif > 1.4", "metrics.otd / metrics.otif < 1.5", "L005")]
    public void Lint_Clear_MustBeginWhereWhenEnds(string when, string clear, string code) => Assert.Equal(code, Codes($"    when: {when}\n    clear: {clear}\n"));

    [Theory]
    [InlineData("[{when: supplier.tier == 1, severity: critical}, {when: supplier.tier == 2, severity: warning}]", "")]
    [InlineData("[{when: metrics.otd > 0.6, severity: critical}]", "L006")]
    [InlineData("[{when: supplier.tier == 1, severity: high}]", "L006")]
    [InlineData("[{when: supplier.tier == 1, severity: high}, {when: metrics.otd < 0.2, severity: critical}]", "")]
    [InlineData("[{when: supplier.tier <= 2, severity: critical}, {when: supplier.tier == 1, severity: warning}]", "L006")]
    [InlineData("[{when: metrics.otd < 0.7, severity: critical}, {when: supplier.tier == 1, severity: warning}]", "L006")]
    public void Lint_SeverityWhen_MustChangeSomething(string cases, string code) => Assert.Equal(code, Codes($"    when: metrics.otd < 0.5\n    severity_when: {cases}\n"));

    [Theory]
    [InlineData("92", "L012", "did you mean 0.92?")]
    [InlineData("1.0", "", "")]
    [InlineData("0.9, overrides: [{when: supplier.tier == 1, value: 96.0}]", "L012", "did you mean 0.96?")]
    public void Lint_LimitOutsideItsMetricsRange_IsAnErrorAtItsValue(string value, string code, string words)
    {
        Diagnostic[] found = Lint(Pack("    when: metrics.otd < limit.a\n    points: 100\n", $"limits:\n  a: {{default: {(value == "92" ? "92.0" : value)}}}\n"), Scoring);
        Assert.Equal(code, string.Join(' ', found.Select(d => d.Code)));
        Assert.All(found, d => Assert.Equal((DiagnosticSeverity.Error, 4), (d.Severity, d.Position.Line)));
        Assert.All(found, d => Assert.Contains(words, d.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[{when: supplier.tier <= 2, value: 0.5}, {when: supplier.tier == 1, value: 0.4}]", "L009")]
    [InlineData("[{when: supplier.tier == 1, value: 0.5}, {when: supplier.tier <= 2, value: 0.4}]", "")]
    [InlineData("[{when: supplier.single_source || !supplier.single_source, value: 0.5}, {when: supplier.country == 'DE', value: 0.4}]", "L009")]
    [InlineData("[{when: supplier.single_source || !supplier.single_source, value: 0.5, expires: 2027-01-01}, {when: supplier.country == 'DE', value: 0.4}]", "")]
    public void Lint_Override_IsReachedOrNot(string overrides, string code) =>
        Assert.Equal(code, string.Join(' ', Lint(Pack("    when: metrics.otd < limit.a\n    points: 100\n", $"limits: {{a: {{default: 0.9, overrides: {overrides}}}}}\n"), Scoring).Select(d => d.Code)));

    [Fact]
    public void Lint_NamesThatNothingUses_AreNamed()
    {
        Diagnostic[] found = Lint(Pack("    when: metrics.otd < 0.5\n    points: 100\n", "lists: {spare: [a]}\nvars: {idle: supplier.tier == 1, used: supplier.tier == 2, by: vars.used}\n"), Scoring);
        Assert.Equal(["L010 nothing uses var 'by'; take it out", "L010 nothing uses var 'idle'; take it out", "L011 nothing uses list 'spare'; take it out"], found.Select(d => $"{d.Code} {d.Message}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("categories: {operational: {weight: 1}, financial: {weight: 0.5}}", "L020")]
    [InlineData("categories: {operational: {weight: 1}, financial: {weight: 0}}", "")]
    [InlineData("categories: {operational: {weight: 1, cap: 40}}", "L024")]
    [InlineData("categories: {operational: {weight: 1, cap: 20}}", "")]
    [InlineData("categories: {operational: {weight: 1}}\nbands: {edges: [{low: 0}, {guarded: 40}]}", "L023")]
    [InlineData("categories: {operational: {weight: 1}}\nbands: {edges: [{low: 0}, {guarded: 30}]}", "")]
    [InlineData("categories: {operational: {weight: 1}}\nbands: {edges: [{low: 0}, {guarded: 10}, {high: 31}]}", "L023")]
    public void Lint_Scoring_FitsTheRules(string scoring, string code) =>
        Assert.Equal(code, string.Join(' ', Lint(Pack("    when: metrics.otd < 0.5\n    points: 30\n", ""), $"schema: scoring/1\n{(scoring.Contains("bands", StringComparison.Ordinal) ? "" : "bands: {edges: [{low: 0}, {guarded: 10}]}\n")}{scoring}\n").Select(d => d.Code)));

    [Fact]
    public void Lint_WeightsThatLeaveNothing_SayForWhom()
    {
        string pack = Pack("    when: metrics.otd < 0.5\n    points: 100\n", "") + "  - {id: A-2, title: T, category: financial, severity: high, message: m, when: metrics.leverage > 5.0, points: 100}\n";
        Diagnostic found = Assert.Single(Lint(pack, "schema: scoring/1\ncategories: {operational: {weight: 0.5}, financial: {weight: 0.5}}\nweights_when: [{when: supplier.tier == 1, weights: {operational: 1}}]\n"));
        Assert.Equal(("L022", "the weights named add up to 1 and leave nothing for financial"), (found.Code, found.Message));
    }

    [Fact]
    public void Lint_FloorBelowTheFirstEdge_MovesNobody() =>
        Assert.Equal("L025", string.Join(' ', Lint(Pack("    when: metrics.otd < 0.5\n    points: 100\n    floor: 20\n", ""), Scoring).Select(d => d.Code)));

    /// <summary>Codes for a rule with 100 points in a pack whose names are all used.</summary>
    private static string Codes(string rule)
    {
        string pack = Pack(rule + "    points: 100\n", Names)
            + "  - {id: A-2, title: T, category: operational, severity: high, message: m, when: \"metrics.otd < limit.otd_min && limit.fine > 0.0 && vars.critical && supplier.category in lists.it && !(supplier.country in lists.bad)\"}\n";
        Diagnostic[] found = Lint(pack, Scoring);
        Assert.All(found, d => Assert.NotNull(d.SourceLine));
        return string.Join(' ', found.Select(d => d.Code));
    }

    private static string Pack(string rule, string names) => $"schema: rules/1\npack: p\n{names}rules:\n  - id: A-1\n    title: T\n    category: operational\n    severity: high\n    message: m\n{rule}";

    private static Diagnostic[] Lint(params string[] texts)
    {
        var diagnostics = new DiagnosticBag();
        List<Document> files = [.. texts.Select((text, i) => YamlReader.Read(text, $"f{i}.yaml", diagnostics))];
        RuleSet? rules = RuleSetLoader.Load(files, StandardCatalog.Create(), diagnostics);
        Assert.True(rules is not null, string.Join('\n', diagnostics.Sorted()));
        var found = new DiagnosticBag();
        RuleSetLinter.Lint(files, rules, found);
        return [.. found.Sorted()];
    }
}
