using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RulePacks;
using Risk.Rules.RuleTesting;
using Risk.Worker.Cli;
using Risk.Worker.RuleFiles;
using Risk.Worker.Tests.RuleFiles;

namespace Risk.Worker.Tests.Cli;

/// <summary>What risk test tells: where, what differs, how the rule came to it, and what no test shows.</summary>
public sealed class RuleTestOutputTests
{
    private const string Pack = """
        schema: rules/1
        pack: p
        limits: {otd_min: {default: 0.9}}
        rules:
          - id: A-1
            title: T
            category: operational
            severity: warning
            severity_when: [{when: metrics.otd < 0.5, severity: high}]
            when: metrics.otd < limit.otd_min
            clear: metrics.otd >= limit.otd_min + 0.02
            message: "{supplier.name}: {percent(metrics.otd, 0)} of deliveries came on time"
          - {id: A-2, title: T, category: operational, severity: high, when: supplier.tier == 1, message: m}
        """ + "\n";

    private const string Header = "schema: tests/1\nnow: 2026-01-15T06:00:00Z\ntests:\n";

    [Fact]
    public void WriteText_FailedTest_ShowsPlaceDifferenceAndDerivation()
    {
        RuleTestReport report = Run("  - name: late\n    given: {supplier: {name: Nord, tier: 2}, metrics: {otd: 0.8}}\n    expect: {firing: {A-1: {message: \"Nord: 85 % of deliveries came on time\"}}}\n");
        string[] lines = Text(report, withCoverage: false).Split('\n');
        Assert.Equal("FAILED late", lines[0]);
        Assert.Equal("  t.yaml:6:38: A-1", lines[1]);
        Assert.StartsWith("      expected  \"Nord: 85 % of", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("      got       \"Nord: 80 % of", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("…", lines[3], StringComparison.Ordinal);
        Assert.Contains("        when: metrics.otd < limit.otd_min = true", lines);
        Assert.Contains("          metrics.otd = 0.8", lines);
        Assert.Contains("        limit.otd_min = 0.9 (default)", lines);
        Assert.Equal("0 passed, 1 failed", lines[^2]);
    }

    [Theory]
    [InlineData("", "A-1", "firing, not firing, unknown, severity warning, severity high, clear")]
    [InlineData("  - {name: a, given: {metrics: {otd: 0.8}}}\n", "A-1", "not firing, unknown, severity high, clear")]
    [InlineData("  - {name: a, given: {metrics: {otd: 0.4}}}\n  - {name: b}\n", "A-1", "not firing, severity warning, clear")]
    [InlineData("  - name: a\n    steps: [{at: 0d, metrics: {otd: 0.8}}, {at: 1d, metrics: {otd: 0.4}}, {at: 2d, metrics: {otd: 0.95}}]\n  - name: b\n", "A-1", "")]
    [InlineData("  - {name: a, given: {supplier: {tier: 1}}}\n  - {name: b, given: {supplier: {tier: 2}}}\n", "A-2", "")]
    public void Coverage_OfTests_NamesWhatNoneShows(string tests, string rule, string lacks) =>
        Assert.Equal(lacks, string.Join(", ", Run(tests).Coverage.Single(c => c.Rule == rule).Lacks));

    [Fact]
    public void WriteJUnit_FailedAndPassedTests_AreCases()
    {
        RuleTestReport report = Run("  - {name: \"a <b> & \\u0001\", given: {metrics: {otd: 0.8}}, expect: {not_firing: [A-1]}}\n  - {name: fine, given: {metrics: {otd: 0.99}}, expect: {not_firing: [A-1]}}\n");
        using var bytes = new MemoryStream();
        RuleTestOutput.WriteJUnit(bytes, report);
        XElement suite = XDocument.Parse(Encoding.UTF8.GetString(bytes.ToArray())).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Equal(["a <b> & ?", "fine"], suite.Elements("testcase").Select(c => c.Attribute("name")!.Value));
        Assert.Contains("metrics.otd = 0.8", suite.Element("testcase")!.Element("failure")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteJson_WithCoverage_HasEveryRule()
    {
        var text = new StringWriter();
        new CommandOutput(text, TextWriter.Null, isTerminal: false, json: true).WriteJson(json => RuleTestOutput.WriteJson(json, Run("  - {name: a, expect: {firing: [A-1]}}\n"), withCoverage: true));
        JsonElement root = JsonDocument.Parse(text.ToString()).RootElement;
        Assert.Equal(1, root.GetProperty("failed").GetInt32());
        Assert.Equal("A-1", root.GetProperty("results")[0].GetProperty("failures")[0].GetProperty("rule").GetString());
        Assert.Equal(["A-1", "A-2"], root.GetProperty("coverage").EnumerateArray().Select(c => c.GetProperty("rule").GetString()!));
    }

    [Theory]
    [InlineData("expect: {firing: [A-3]}", "no rule 'A-3'; did you mean 'A-1'?")]
    [InlineData("expect: {alerts: [{rule: A-3}]}", "no rule 'A-3'; did you mean 'A-1'?")]
    [InlineData("given: {metrics: {otdd: 1.0}}", "did you mean 'otd'?")]
    [InlineData("given: {age: {metrics.otdd: 1d}}", "did you mean 'metrics.otd'?")]
    [InlineData("given: {use: steel}", "no fixture 'steel'")]
    [InlineData("expect: {score: {operatinal: 1}}", "did you mean 'operational'?")]
    public void Run_UnknownName_IsAnErrorWithASuggestion(string test, string words)
    {
        var diagnostics = new DiagnosticBag();
        Run($"  - {{name: a, {test}}}\n", diagnostics);
        Assert.Contains(diagnostics.Sorted(), d => d.Severity == DiagnosticSeverity.Error && d.Message.Contains(words, StringComparison.Ordinal));
    }

    private static RuleTestReport Run(string tests, DiagnosticBag? diagnostics = null)
    {
        var found = new DiagnosticBag();
        RuleSet rules = RuleSetLoader.Load([YamlReader.Read(Pack, "p.yaml", found), YamlReader.Read(RuleSetLoaderTests.Scoring, "s.yaml", found)], StandardCatalog.Create(), found)!;
        RuleTestReport report = RuleTestRunner.Run(rules, [YamlReader.Read(Header + (tests.Length == 0 ? "  []\n" : tests), "t.yaml", found)], diagnostics ?? found);
        Assert.DoesNotContain(found.Sorted(), d => d.Severity == DiagnosticSeverity.Error);
        return report;
    }

    private static string Text(RuleTestReport report, bool withCoverage)
    {
        var text = new StringWriter { NewLine = "\n" };
        RuleTestOutput.WriteText(new CommandOutput(text, TextWriter.Null, isTerminal: false, json: false), report, withCoverage);
        return text.ToString();
    }
}
