using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Linting;
using Risk.Rules.RuleTesting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Hosting;

/// <summary>Runs the tests that stand beside the rule packs.</summary>
/// <param name="everySource">Tests bring their own data: every source counts as there, so that no rule sleeps for want of a key.</param>
internal sealed class PackTests(RiskOptions options, SourceRegistry everySource, ReceiverChannels channels)
{
    /// <summary>Code of a test that does not hold.</summary>
    public const string FailedTest = "R040";

    /// <summary>Runs every test file against the packs as they are, without the overlay, which is a workspace's own and changes what the packs' tests say.</summary>
    /// <returns>The report, with the number of test files; null when files are wrong, which <paramref name="diagnostics"/> then tells.</returns>
    public (RuleTestReport Report, int Files)? Run(IReadOnlyCollection<string> supplierAttributes, DiagnosticBag diagnostics)
    {
        var loader = new RuleBookLoader(options, everySource, channels);
        if (loader.Load(supplierAttributes, diagnostics, withOverlay: false) is not { } book) return null;
        Document[] files = [.. loader.TestFiles().Select(path => YamlReader.ReadFile(path, RuleBookLoader.Display(path), diagnostics))];
        RuleTestReport report = RuleTestRunner.Run(book.Rules, files, diagnostics, alert => [.. book.Routing.Routes.Match(alert.Labels).Select(r => r.Receiver)]);
        return diagnostics.HasErrors ? null : (report, files.Length);
    }

    /// <summary>Each expectation that does not hold, as an error at its place.</summary>
    public static IEnumerable<Diagnostic> Failures(RuleTestReport report) =>
        from result in report.Results
        from failure in result.Failures
        select new Diagnostic(
            DiagnosticSeverity.Error, FailedTest, $"test '{result.Name}' fails: {(failure.Rule.Length == 0 ? "" : failure.Rule + ": ")}expected {failure.Expected}, got {failure.Actual}", failure.Position);

    /// <summary>Rules that no test sees firing, not firing and unknown, each at its place.</summary>
    public IEnumerable<Diagnostic> Untested(RuleTestReport report)
    {
        // Read once more for the places; whatever is wrong with the files has been said.
        var silent = new DiagnosticBag();
        IReadOnlyDictionary<string, (Document File, ScalarNode Id)> places = RuleSetLinter.Places(
            WorkspaceFiles.Rules(options.RulesFolder).Select(path => YamlReader.ReadFile(path, RuleBookLoader.Display(path), silent)));
        foreach (RuleTestCoverage rule in report.Coverage.Where(c => !c.IsComplete))
        {
            if (places.TryGetValue(rule.Rule, out var place))
                yield return place.File.Warning(RuleSetLinter.UntestedRule, $"rule {rule.Rule} has no test for {string.Join(", ", rule.Needs)}; add one to a *.tests.yaml beside it", place.Id, rule.Rule.Length);
        }
    }
}
