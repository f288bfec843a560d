using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Rules.Diagnostics;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>A source's test out of what its upstream really answered.</summary>
internal static class SourceTestCommands
{
    /// <summary>Suppliers in a recording when none are named.</summary>
    private const int UsualSuppliers = 3;

    public static Command Record(CommandHost host)
    {
        var id = new Argument<string>("ID") { Description = "Source id." };
        var suppliers = new Option<string[]>("--supplier") { Description = $"For whom; may be repeated. Default: the first {UsualSuppliers} of whom something comes in.", HelpName = "ID" };
        var command = new Command("record", "Asks the source once and keeps its answers and the signals they give, as a test in sources/ID.recording.json. Stores nothing else.") { id, suppliers };
        host.Handle(command, (context, token) => RecordAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(suppliers) ?? [], token));
        return command;
    }

    public static Command Test(CommandHost host)
    {
        var id = new Argument<string?>("ID") { Description = "Source id; without it, all that have a recording.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("test", "Compares what the recordings give now with what they gave. Calls nobody.") { id };
        host.Handle(command, (context, token) => TestAsync(context, context.Configuration, context.Parsed.GetValue(id), token));
        return command;
    }

    /// <summary>Plays every recording of the workspace, or one source's; exit code Found when one gives other signals.</summary>
    public static async Task<int> TestAsync(CommandContext context, IConfiguration configuration, string? id, CancellationToken cancellationToken)
    {
        var diagnostics = new DiagnosticBag();
        RiskOptions options = RiskOptions.Read(configuration, diagnostics) ?? throw new CommandFailure(diagnostics.Sorted());
        SourceRegistry sources = SourceRegistry.Create(options, configuration, diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        string[] recordings = Directory.Exists(options.SourcesFolder) ? [.. Directory.EnumerateFiles(options.SourcesFolder, "*" + SourceRecording.Ending).Order(StringComparer.Ordinal)] : [];
        if (id is not null) recordings = [.. recordings.Where(r => NameOf(r) == id)];
        if (id is not null && recordings.Length == 0) throw new CommandFailure(ExitCode.Usage, $"there is no {id}{SourceRecording.Ending} in {DisplayPath.Of(options.SourcesFolder)}; make one with 'risk sources record {id}'");
        int failed = 0;
        foreach (string recording in recordings)
        {
            string[] differences = await DifferencesAsync(sources, recording, cancellationToken);
            if (differences.Length > 0) failed++;
            foreach (string difference in differences) context.Output.Error($"{DisplayPath.Of(recording)}: {difference}");
        }

        if (recordings.Length > 0 && !context.Output.Json) context.Output.Line($"{CommandOutput.Count(recordings.Length, "recording")} of sources, {failed} failed");
        return failed > 0 ? ExitCode.Found : ExitCode.Done;
    }

    private static async Task<string[]> DifferencesAsync(SourceRegistry sources, string path, CancellationToken cancellationToken)
    {
        string name = NameOf(path);
        if (sources.Statuses.FirstOrDefault(s => s.Id.Value == name) is not { } status) return [$"there is no source '{name}'{Suggestion.For(name, sources.Statuses.Select(s => s.Id.Value))}"];
        string folder = Directory.CreateTempSubdirectory("risk-recording-").FullName;
        try
        {
            SourceRecording recording = SourceRecording.Read(path);
            ImmutableArray<string> now = await recording.PlayAsync(status.Module, folder, cancellationToken);
            return [.. recording.Signals.Except(now).Select(s => "no longer: " + s), .. now.Except(recording.Signals).Select(s => "new: " + s)];
        }
        catch (Exception e) when (e is SourceFailureException or JsonException)
        {
            return [e.Message];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RecordAsync(CommandContext context, string id, string[] named, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = SourcesCommand.Known(application, id);
        SourceManifest manifest = status.Module.Manifest;
        Supplier[] suppliers;
        await using (IStoreSession session = await application.Store.ReadAsync(cancellationToken)) suppliers = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier)];
        if (named.FirstOrDefault(n => suppliers.All(s => s.Id.Value != n)) is { } unknown) throw new CommandFailure(ExitCode.Usage, $"there is no supplier '{unknown}'{Suggestion.For(unknown, suppliers.Select(s => s.Id.Value))}");
        Supplier[] asked = [.. suppliers.Where(s => (named.Length == 0 || named.Contains(s.Id.Value)) && (manifest.NeedsIdentifier is not { } scheme || s.Identifiers.ContainsKey(scheme)))];

        // Each of them costs requests where each is asked for; a list is one answer for all.
        if (named.Length == 0 && manifest.NeedsIdentifier is not null) asked = [.. asked.Take(UsualSuppliers)];
        if (asked.Length == 0) throw new CommandFailure(ExitCode.Usage, $"no supplier of the portfolio is covered by {id}: it needs '{manifest.NeedsIdentifier}'");
        using var recorder = new AnswerRecorder(application.Options.Upstreams.Mirror, manifest.SecretParameter);
        DateTimeOffset at = Instants.Now(application.Clock);
        string folder = Directory.CreateTempSubdirectory("risk-recording-").FullName;
        try
        {
            IConnector connector = status.Module.Create(context.Configuration.GetSection($"Risk:Sources:{id}"));
            ImmutableArray<string> signals = await SourceRecording.RunAsync(connector, manifest, asked, at, application.RecordedHttp(manifest, recorder), folder, cancellationToken);
            if (recorder.IsCut) throw new CommandFailure(ExitCode.Found, $"{id} answers with more than a recording holds; name fewer suppliers with --supplier");
            Supplier[] told = [.. asked.Where(s => named.Length > 0 || signals.Any(line => line.StartsWith(s.Id.Value + " ", StringComparison.Ordinal))).Take(named.Length > 0 ? asked.Length : UsualSuppliers)];
            var recording = new SourceRecording(at, [.. told.Length > 0 ? told : asked.Take(UsualSuppliers)], [.. recorder.Answers], []);
            recording = recording with { Signals = await recording.PlayAsync(status.Module, folder, cancellationToken) };
            Directory.CreateDirectory(application.Options.SourcesFolder);
            string path = Path.Combine(application.Options.SourcesFolder, id + SourceRecording.Ending);
            recording.Write(path);
            context.Output.Line($"{DisplayPath.Of(path)}: {CommandOutput.Count(recording.Answers.Length, "answer")}, {CommandOutput.Count(recording.Suppliers.Length, "supplier")}, {CommandOutput.Count(recording.Signals.Length, "signal")}");
            foreach (string line in recording.Signals.Take(10)) context.Output.Line("  " + line);
            return ExitCode.Done;
        }
        catch (SourceFailureException failure)
        {
            throw new CommandFailure(ExitCode.Outside, $"{id}: {failure.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NameOf(string path) => Path.GetFileName(path)[..^SourceRecording.Ending.Length];
}
