using System.CommandLine;
using System.CommandLine.Parsing;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>Runs commands: settings, output, and one place where failures become exit codes.</summary>
internal sealed class CommandHost
{
    private readonly Option<bool> json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };
    private readonly Option<string?> workspace = new("--workspace") { Description = "The workspace folder (default: Risk__Workspace, else ./workspace).", Recursive = true, HelpName = "DIR" };

    public CommandHost(RootCommand root)
    {
        root.Options.Add(json);
        root.Options.Add(workspace);
    }

    /// <summary>Sets what the command does.</summary>
    public void Handle(Command command, Func<CommandContext, CancellationToken, Task<int>> action) => command.SetAction((parsed, cancellationToken) => RunAsync(parsed, action, cancellationToken));

    /// <summary>The call is wrong: says how and what would be right.</summary>
    public static int Refuse(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"risk: error G020: {error.Message}");
        Console.Error.WriteLine($"'risk {PathOf(parsed.CommandResult)}--help' tells what there is.");
        return ExitCode.Usage;
    }

    private static string PathOf(CommandResult result) => result.Command is RootCommand ? "" : $"{(result.Parent is CommandResult parent ? PathOf(parent) : "")}{result.Command.Name} ";

    private async Task<int> RunAsync(ParseResult parsed, Func<CommandContext, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        var output = new CommandOutput(Console.Out, Console.Error, !Console.IsErrorRedirected && !Console.IsOutputRedirected, parsed.GetValue(json));
        try
        {
            return await action(new CommandContext(parsed, output, Configuration(parsed)), cancellationToken);
        }
        catch (CommandFailure failure)
        {
            if (failure.Diagnostics.Length > 0) output.Diagnostics(failure.Diagnostics);
            else output.Error($"risk: {failure.Message}");
            return failure.ExitCode;
        }
        catch (StoreException failure)
        {
            output.Error($"risk: the store: {failure.Message}");
            return ExitCode.Outside;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Error("risk: stopped; what was committed stays, and the next run goes on from there");
            return ExitCode.Outside;
        }
        finally
        {
            output.ClearProgress();
        }
    }

    private IConfiguration Configuration(ParseResult parsed)
    {
        IConfigurationBuilder builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json"), optional: true)
            .AddEnvironmentVariables();
        if (parsed.GetValue(workspace) is { Length: > 0 } folder) builder.AddInMemoryCollection([KeyValuePair.Create<string, string?>("Risk:Workspace", folder)]);
        return WithHyphens(builder.Build());
    }

    /// <summary>Shells export no names with hyphens, source ids have them: <c>Risk__Sources__ofac_sdn__X</c> stands for <c>ofac-sdn</c> too.</summary>
    private static IConfiguration WithHyphens(IConfigurationRoot configuration)
    {
        const string Sources = "Risk:Sources:";
        KeyValuePair<string, string?>[] spelled =
        [
            .. configuration.AsEnumerable().Where(setting => setting.Value is not null && setting.Key.StartsWith(Sources, StringComparison.OrdinalIgnoreCase))
                .Select(setting => (setting.Key[Sources.Length..].Split(':', 2), setting.Value)).Where(setting => setting.Item1.Length == 2 && setting.Item1[0].Contains('_', StringComparison.Ordinal))
                .Select(setting => KeyValuePair.Create($"{Sources}{setting.Item1[0].Replace('_', '-')}:{setting.Item1[1]}", setting.Value)),
        ];
        return spelled.Length == 0 ? configuration : new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(spelled).Build();
    }
}

/// <summary>What a command gets.</summary>
internal sealed record CommandContext(ParseResult Parsed, CommandOutput Output, IConfiguration Configuration)
{
    /// <summary>The settings, with the workspace that a command was called with, if it was.</summary>
    public IConfiguration For(string? workspace) => workspace is null
        ? Configuration
        : new ConfigurationBuilder().AddConfiguration(Configuration).AddInMemoryCollection([KeyValuePair.Create<string, string?>("Risk:Workspace", workspace)]).Build();

    public Task<RiskApplication> OpenAsync(CancellationToken cancellationToken) => RiskApplication.OpenAsync(Configuration, cancellationToken);
}
