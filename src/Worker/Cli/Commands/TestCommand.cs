using System.CommandLine;
using Risk.Rules.Diagnostics;
using Risk.Rules.RuleTesting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Portfolio;

namespace Risk.Worker.Cli.Commands;

internal static class TestCommand
{
    public static Command Create(CommandHost host)
    {
        var path = new Argument<string?>("PATH") { Description = "The workspace (default: as set).", Arity = ArgumentArity.ZeroOrOne };
        var coverage = new Option<bool>("--coverage") { Description = "Tell what no test shows of a rule: firing, not firing, unknown, a severity, its clear." };
        var junit = new Option<string?>("--junit") { Description = "Also write the results as JUnit XML.", HelpName = "FILE" };
        var command = new Command("test", "Runs the rule tests (*.tests.yaml beside the rules; the overlay is left out) and the sources' recordings.") { path, coverage, junit };
        host.Handle(command, async (context, token) =>
        {
            int rules = Test(context, context.Parsed.GetValue(path), context.Parsed.GetValue(coverage), context.Parsed.GetValue(junit));
            return Math.Max(rules, await SourceTestCommands.TestAsync(context, context.For(context.Parsed.GetValue(path)), null, token));
        });
        return command;
    }

    private static int Test(CommandContext context, string? path, bool coverage, string? junit)
    {
        IConfiguration configuration = context.For(path);
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        var tests = new PackTests(options, SourceRegistry.Everything(options, configuration, diagnostics), ReceiverChannels.Discover());
        (RuleTestReport report, int files) = tests.Run(PortfolioFile.ReadWorkspace(options.Workspace).OwnColumns, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        if (files == 0) throw new CommandFailure(ExitCode.Usage, $"no *.tests.yaml under {RuleBookLoader.Display(options.RulesFolder)}");
        if (junit is not null) Save(junit, report);
        if (context.Output.Json) context.Output.WriteJson(json => RuleTestOutput.WriteJson(json, report, coverage));
        else RuleTestOutput.WriteText(context.Output, report, coverage);
        return report.Passed ? ExitCode.Done : ExitCode.Found;
    }

    private static void Save(string file, RuleTestReport report)
    {
        try
        {
            using FileStream target = File.Create(file);
            RuleTestOutput.WriteJUnit(target, report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{file} cannot be written: {e.Message}");
        }
    }
}
