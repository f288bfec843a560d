using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Tests.RuleFiles;

public sealed class RuleSetLoaderTests
{
    internal const string Scoring = "schema: scoring/1\ncategories: {financial: {weight: 0.5}, operational: {weight: 0.5, cap: 80}}\n";

    internal static RuleSet? Load(DiagnosticBag diagnostics, params string[] texts)
    {
        List<Document> files = [.. texts.Select((text, i) => YamlReader.Read(text, $"f{i}.yaml", diagnostics))];
        return RuleSetLoader.Load(files, StandardCatalog.Create("spend"), diagnostics, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private static string Pack(string rule, string more = "") => $"schema: rules/1\npack: p\n{more}rules:\n  - id: A-1\n    title: T\n    category: operational\n    severity: high\n    message: m\n{rule}";

    [Theory]
    [InlineData("    wen: true\n    when: metrics.otd < 0.9\n", "R001", 9, "did you mean 'when'?")]
    [InlineData("", "R002", 4, "'when' is missing")]
    [InlineData("    when: metrics.otd < 0.9\n    for: 3 days\n", "R003", 10, "a duration such as 90d")]
    [InlineData("    when: metrics.otd < 0.9\n    scope: {group_by: supplier.country}\n", "R022", 9, "'metrics.otd' belongs to one supplier")]
    [InlineData("    when: group.count > 3\n    scope: {group_by: supplier.tier}\n", "C011", 10, "must be string, not int")]
    [InlineData("    when: group.count > 3\n    scope: {groupby: supplier.country}\n", "R001", 10, "did you mean 'group_by'?")]
    [InlineData("    when: group.count > 3\n    scope: {group_by: supplier.country}\n    points: 5\n", "R021", 11, "points belong to a supplier's score")]
    [InlineData("    when: group.count > 3\n    scope: {group_by: supplier.country}\n    readings: 2\n", "R021", 11, "so use 'for'")]
    [InlineData("    when: group.tier1_shares > 0.3\n    scope: {group_by: supplier.country}\n", "C013", 9, "did you mean 'tier1_share'?")]
    [InlineData("    when: group.share > 30.0\n    scope: {group_by: supplier.country}\n", "C031", 9, "[0, 1]")]
    [InlineData("    when: metrics.otd < 0.9\n    each: {in: supplier.tier, as: t, key: t}\n", "R017", 10, "must be a list")]
    [InlineData("    when: metrics.otd < 0.9\n    exceptions: [{id: E, reason: r, approved_by: a, expires: 2026-02-30}]\n", "R003", 10, "must be a date")]
    [InlineData("    when: metrics.otd < 0.9\n    exceptions: [{id: E, reason: r, approved_by: a, expires: 2028-01-01}]\n", "R018", 10, "a year")]
    public void Load_WrongRule_SaysWhatAndWhere(string rule, string code, int line, string words)
    {
        var diagnostics = new DiagnosticBag();
        Assert.Null(Load(diagnostics, Pack(rule), Scoring));
        Assert.Contains(diagnostics.Sorted(), d => d.Code == code && d.Position.Line == line && d.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_UnknownMetric_PointsIntoTheFoldedValue()
    {
        var diagnostics = new DiagnosticBag();
        Assert.Null(Load(diagnostics, Pack("    when: >-\n      supplier.tier == 1 &&\n      metrics.otdd < 0.9\n"), Scoring));
        Diagnostic diagnostic = Assert.Single(diagnostics.Sorted());
        Assert.Contains("did you mean 'otd'?", diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal(11, diagnostic.Position.Line);
        Assert.StartsWith("f0.yaml:11:", diagnostic.Format(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralProblems_ReportsAllSorted()
    {
        var diagnostics = new DiagnosticBag();
        Load(diagnostics, Pack("    when: metrics.otd <\n    points: many\n", "limits: {unused: {default: 1, range: [2, 3]}}\n"), "schema: scoring/1\ncategories: {finance: {weight: 1}}\n");
        Assert.True(diagnostics.Sorted().Length >= 3, string.Join("\n", diagnostics.Sorted()));
        Assert.Contains(diagnostics.Sorted(), d => d.Code == "R013");
    }

    [Fact]
    public void Load_UnusedLimit_IsAWarning()
    {
        var diagnostics = new DiagnosticBag();
        Assert.NotNull(Load(diagnostics, Pack("    when: metrics.otd < 0.9\n", "limits: {unused: {default: 1}}\n"), Scoring));
        Assert.Equal(["R007"], diagnostics.Sorted().Select(d => d.Code));
    }

    [Fact]
    public void Load_Overlay_ChangesNamedValuesAndRejectsUnknownOnes()
    {
        string pack = Pack("    when: metrics.otd < limit.otd_min\n", "limits: {otd_min: {default: 0.9}}\n");
        var diagnostics = new DiagnosticBag();
        RuleSet set = Load(diagnostics, pack, Scoring, "schema: overlay/1\npack: p\nrules: {A-1: {severity: info, reason: r, by: b}}\nlimits: {otd_min: {default: 0.8, reason: r, by: b}}\n")!;
        Assert.Equal(Risk.Rules.Evaluation.Severity.Info, set.Find("A-1")!.Severity);
        Assert.Null(Load(diagnostics, pack, Scoring, "schema: overlay/1\npack: p\nrules: {A-2: {enabled: false}}\n"));
        Assert.Contains(diagnostics.Sorted(), d => d.Code == "R014" && d.Message.Contains("did you mean 'A-1'?", StringComparison.Ordinal));
    }

    [Fact]
    public void Hash_LayoutAndFileOrder_MakeNoDifference_ContentDoes()
    {
        var diagnostics = new DiagnosticBag();
        string pack = Pack("    when: metrics.otd < 0.9\n");
        string hash = Load(diagnostics, pack, Scoring)!.Hash;
        Assert.Equal(hash, Load(diagnostics, Scoring, "# a comment\n" + pack)!.Hash);
        Assert.NotEqual(hash, Load(diagnostics, pack.Replace("0.9", "0.91", StringComparison.Ordinal), Scoring)!.Hash);
    }
}
