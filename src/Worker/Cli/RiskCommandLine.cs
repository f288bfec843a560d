using System.CommandLine;
using Risk.Worker.Cli.Commands;

namespace Risk.Worker.Cli;

/// <summary>The command line of <c>risk</c>.</summary>
internal static class RiskCommandLine
{
    public static Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("Supplier risk monitor: collects signals about suppliers, scores their risk by rules, and alerts.");
        var host = new CommandHost(root);
        root.Subcommands.Add(InitCommand.Create(host));
        root.Subcommands.Add(RunCommand.Create(host));
        root.Subcommands.Add(DemoCommand.Create(host));
        root.Subcommands.Add(CheckCommand.Create(host));
        root.Subcommands.Add(TestCommand.Create(host));
        root.Subcommands.Add(RulesCommand.Create(host));
        root.Subcommands.Add(ExplainCommand.Create(host));
        root.Subcommands.Add(EvalCommand.Create(host));
        root.Subcommands.Add(ReplayCommand.Create(host));
        root.Subcommands.Add(BenchCommand.Create(host));
        root.Subcommands.Add(ScreenCommand.Create(host));
        root.Subcommands.Add(ScreeningsCommand.Create(host));
        root.Subcommands.Add(DecisionsCommand.Create(host));
        root.Subcommands.Add(SuppliersCommand.Create(host));
        root.Subcommands.Add(SourcesCommand.Create(host));
        root.Subcommands.Add(CatalogCommand.Create(host));
        root.Subcommands.Add(AlertsCommand.Create(host));
        root.Subcommands.Add(SilencesCommand.Create(host));
        root.Subcommands.Add(WaiversCommand.Create(host));
        root.Subcommands.Add(DeliveriesCommand.Create(host));
        root.Subcommands.Add(RouteCommand.Create(host));
        root.Subcommands.Add(LedgerCommand.Create(host));
        ParseResult parsed = root.Parse(arguments);
        return parsed.Errors.Count > 0 ? Task.FromResult(CommandHost.Refuse(parsed)) : parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
