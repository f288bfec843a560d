using System.CommandLine;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.RuleTesting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.RuleFiles;

namespace Risk.Worker.Cli.Commands;

internal static class TestCommand
{
    public static Command Create(CommandHost host)
    {
        var coverage = new Option<bool>("--coverage") { Description = "Name rules that no test makes fire, stay silent, or be unknown." };
        var command = new Command("test", "Runs the rule tests (*.tests.yaml beside the rules).") { coverage };
        host.Handle(command, (context, _) => Task.FromResult(Test(context, context.Parsed.GetValue(coverage))));
        return command;
    }

    private static int Test(CommandContext context, bool coverage)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(context.Configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());

        // Tests bring their own data: every source counts as there, so that no rule sleeps for want of a key.
        SourceRegistry sources = SourceRegistry.Everything(options, context.Configuration, diagnostics);
        var loader = new RuleBookLoader(options, sources, ReceiverChannels.Discover());
        RuleBook book = loader.Load(Portfolio.PortfolioFile.ReadWorkspace(options.Workspace).OwnColumns, diagnostics)
            ?? throw new CommandFailure(diagnostics.Sorted());
        Document[] tests = [.. loader.TestFiles().Select(path => YamlReader.ReadFile(path, RuleBookLoader.Display(path), diagnostics))];
        if (tests.Length == 0) throw new CommandFailure(ExitCode.Usage, $"no *.tests.yaml under {RuleBookLoader.Display(options.RulesFolder)}");
        RuleTestReport report = RuleTestRunner.Run(book.Rules, tests, diagnostics, alert => [.. book.Routing.Routes.Match(alert.Labels).Select(r => r.Receiver)]);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        CommandOutput output = context.Output;
        int failed = report.Results.Count(r => !r.Passed);
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("passed", report.Results.Length - failed);
                json.WriteNumber("failed", failed);
                json.WriteStartArray("results");
                foreach (RuleTestResult result in report.Results)
                {
                    json.WriteStartObject();
                    json.WriteString("name", result.Name);
                    json.WriteString("file", result.Position.File);
                    json.WriteNumber("line", result.Position.Line);
                    json.WriteBoolean("passed", result.Passed);
                    json.WriteStartArray("failures");
                    foreach (RuleTestFailure failure in result.Failures) json.WriteStringValue(failure.ToString());
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return failed == 0 ? ExitCode.Done : ExitCode.Found;
        }

        foreach (RuleTestResult result in report.Results.Where(r => !r.Passed))
        {
            output.Line($"FAILED {result.Name}");
            foreach (RuleTestFailure failure in result.Failures) output.Line($"  {failure}");
        }

        foreach (RuleTestCoverage rule in coverage ? report.Coverage.Where(c => !c.IsComplete) : [])
        {
            string[] lacks = [.. new[] { rule.Fired ? "" : "firing", rule.StayedSilent ? "" : "not firing", rule.WasUnknown ? "" : "unknown" }.Where(t => t.Length > 0)];
            output.Line($"{rule.Rule}: no test for {string.Join(", ", lacks)}");
        }

        output.Line($"{report.Results.Length - failed} passed, {failed} failed");
        return failed == 0 ? ExitCode.Done : ExitCode.Found;
    }
}
