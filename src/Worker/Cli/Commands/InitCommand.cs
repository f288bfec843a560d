using System.CommandLine;
using Risk.Rules.Diagnostics;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;

namespace Risk.Worker.Cli.Commands;

internal static class InitCommand
{
    public static Command Create(CommandHost host)
    {
        var command = new Command("init", "Makes a workspace: a sample portfolio, the default rule pack, scoring and routing. Never overwrites a file.");
        host.Handle(command, InitAsync);
        return command;
    }

    private static async Task<int> InitAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(context.Configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        var written = new List<string>();
        var kept = new List<string>();
        try
        {
            foreach (BundledFile file in Bundle.Workspace)
            {
                string path = Path.Combine(options.Workspace, file.Path);
                if (File.Exists(path))
                {
                    kept.Add(file.Path);
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using Stream content = file.Open();
                await using var target = new FileStream(path, FileMode.CreateNew);
                await content.CopyToAsync(target, cancellationToken);
                written.Add(file.Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Outside, $"{options.Workspace} cannot be written: {e.Message}");
        }

        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("workspace", options.Workspace);
                json.WriteStartArray("written");
                foreach (string path in written) json.WriteStringValue(path);
                json.WriteEndArray();
                json.WriteStartArray("kept");
                foreach (string path in kept) json.WriteStringValue(path);
                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        }

        foreach (string path in written) context.Output.Line($"wrote {path}");
        foreach (string path in kept) context.Output.Line($"kept  {path}");
        context.Output.Line();
        context.Output.Line($"Workspace: {options.Workspace}");
        context.Output.Line("Next: put your suppliers into suppliers.csv and your mail host into routing.yaml, then 'risk check', then 'risk run --once'.");
        return ExitCode.Done;
    }
}
