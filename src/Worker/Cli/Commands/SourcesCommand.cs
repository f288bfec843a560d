using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

internal static class SourcesCommand
{
    public static Command Create(CommandHost host)
    {
        var list = new Command("list", "Every source: whether it runs, when it last succeeded, what it gives.");
        host.Handle(list, ListAsync);
        var id = new Argument<string>("ID") { Description = "Source id, for example cisa-kev." };
        var show = new Command("show", "One source: terms, limits, snapshots, refused files, coverage, last runs.") { id };
        host.Handle(show, (context, token) => SourceDetails.ShowAsync(context, context.Parsed.GetValue(id)!, token));
        var shorter = new Option<bool>("--accept-shorter") { Description = "Take a list although it is shorter than the last good one allows. Look at what is missing first." };
        var pull = new Command("pull", "Pulls one source now and says what came in; nothing is assessed or sent.") { id, shorter };
        host.Handle(pull, (context, token) => PullAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(shorter), token));
        var folder = new Option<string?>("--out") { Description = "Folder for the pages; made when it is not there. Default: docs/sources.", HelpName = "DIR" };
        var docs = new Command("docs", "The manual of the sources, in Markdown: a page for each, an index, and all that rules may name. Needs no workspace.") { folder };
        host.Handle(docs, (context, token) => DocsAsync(context, context.Parsed.GetValue(folder) ?? Path.Combine("docs", "sources"), token));
        return new Command("sources", "Where signals come from.") { list, show, pull, SourceQuarantineCommands.Create(host), SourceTestCommands.Record(host), SourceTestCommands.Test(host), docs };
    }

    private static async Task<int> DocsAsync(CommandContext context, string folder, CancellationToken cancellationToken)
    {
        var pages = SourceMarkdown.Pages(SourceCatalog.Discover().Modules);
        Directory.CreateDirectory(folder);
        foreach ((string file, string text) in pages) await File.WriteAllTextAsync(Path.Combine(folder, file), text, cancellationToken);
        context.Output.Line($"{CommandOutput.Count(pages.Count, "page")} in {folder}");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        Dictionary<SourceId, SourceState> states = (await session.Sources.ListAsync(cancellationToken)).ToDictionary(s => s.Source);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (SourceStatus status in application.Sources.Statuses)
                {
                    SourceState? state = states.GetValueOrDefault(status.Id);
                    json.WriteStartObject();
                    json.WriteString("id", status.Id.Value);
                    json.WriteString("title", status.Module.Manifest.Title);
                    json.WriteBoolean("enabled", status.IsEnabled);
                    json.WriteString("reason", status.Reason);
                    JsonParts.Instant(json, "sunset", status.Module.Manifest.Sunset);
                    json.WriteString("cadence", status.Module.Manifest.Cadence.ToString("c", CultureInfo.InvariantCulture));
                    if (status.Module.Manifest.Limit is { } limit)
                    {
                        json.WriteStartObject("limit");
                        json.WriteNumber("requests", limit.Permits);
                        json.WriteNumber("seconds", limit.Window.TotalSeconds);
                        json.WriteString("group", limit.Group);
                        json.WriteStartArray("hosts");
                        foreach (string host in limit.Hosts) json.WriteStringValue(host);
                        json.WriteEndArray();
                        json.WriteEndObject();
                    }

                    JsonParts.Instant(json, "lastSuccessAt", state?.LastSuccessAt);
                    JsonParts.Instant(json, "lastAttemptAt", state?.LastAttemptAt);
                    json.WriteNumber("failures", state?.Failures ?? 0);
                    json.WriteString("lastFailure", state?.LastFailure ?? "");
                    json.WriteString("lastFailureKind", state?.LastFailureKind?.ToString() ?? "");
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["source", "state", "last success", ">failures", "what"],
            [
                .. application.Sources.Statuses.Select(status =>
                {
                    SourceState? state = states.GetValueOrDefault(status.Id);
                    string condition = !status.IsEnabled ? "off" : state is null ? "new" : state.Failures > 0 ? "failing" : "ok";
                    string what = !status.IsEnabled ? status.Reason : state?.LastFailure ?? status.Module.Manifest.Title;
                    if (status is { IsEnabled: true, Module.Manifest.Sunset: { } sunset }) what = $"ends {sunset.UtcDateTime:yyyy-MM-dd}; {what}";
                    return (IReadOnlyList<string>)[status.Id.Value, condition, CommandOutput.Instant(state?.LastSuccessAt), (state?.Failures ?? 0).ToString(CultureInfo.InvariantCulture), what];
                }),
            ]);
        return ExitCode.Done;
    }

    private static async Task<int> PullAsync(CommandContext context, string id, bool acceptShorter, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = Known(application, id);
        return await RunAsync(context, application, status, new PullPermission(acceptShorter, null), cancellationToken);
    }

    /// <summary>Pulls the source and prints what came in.</summary>
    internal static async Task<int> RunAsync(CommandContext context, RiskApplication application, SourceStatus status, PullPermission permission, CancellationToken cancellationToken)
    {
        if (!status.IsEnabled) throw new CommandFailure(ExitCode.Usage, $"source {status.Id} is off: {status.Reason}");
        using WorkerLock taken = WorkerLock.Take(application.Options);
        using SourceRunner runner = application.Runner(NullLoggerFactory.Instance);
        context.Output.Progress(0, 0, $"pulling {status.Id}");
        var diagnostics = new DiagnosticBag();
        Catalog catalog = application.Loader.ReadCatalog([], diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        SourceRunResult result = await runner.RunAsync(status.Id, catalog, context.Output.Progress, cancellationToken, permission);
        context.Output.ClearProgress();
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        if ((await session.Suppliers.StampAsync(cancellationToken)).InForce == 0) context.Output.Error("risk: warning: no supplier is imported yet, so there was nobody to look for; run 'risk suppliers import', or 'risk run --once'");
        RunReport.Sources(context.Output, [result]);
        return result.Succeeded ? ExitCode.Done : ExitCode.Outside;
    }

    /// <summary>The source of the id; the command ends when there is none.</summary>
    internal static SourceStatus Known(RiskApplication application, string id) =>
        application.Sources.Statuses.FirstOrDefault(s => s.Id.Value == id)
        ?? throw new CommandFailure(ExitCode.Usage, $"there is no source '{id}'{Suggestion.For(id, application.Sources.Statuses.Select(s => s.Id.Value))}");
}
