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
        var show = new Command("show", "One source: terms, limits, snapshots, last runs.") { id };
        host.Handle(show, (context, token) => ShowAsync(context, context.Parsed.GetValue(id)!, token));
        var shorter = new Option<bool>("--accept-shorter") { Description = "Take a list although it is shorter than the last good one allows. Look at what is missing first." };
        var pull = new Command("pull", "Pulls one source now and says what came in; nothing is assessed or sent.") { id, shorter };
        host.Handle(pull, (context, token) => PullAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(shorter), token));
        return new Command("sources", "Where signals come from.") { list, show, pull };
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
                    json.WriteString("cadence", status.Module.Manifest.Cadence.ToString("c", CultureInfo.InvariantCulture));
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
                    return (IReadOnlyList<string>)[status.Id.Value, condition, CommandOutput.Instant(state?.LastSuccessAt), (state?.Failures ?? 0).ToString(CultureInfo.InvariantCulture), what];
                }),
            ]);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, string id, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = Known(application, id);
        SourceManifest manifest = status.Module.Manifest;
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        SourceState? state = await session.Sources.FindAsync(manifest.Id, cancellationToken);
        IReadOnlyList<Snapshot> snapshots = await session.Sources.SnapshotsAsync(manifest.Id, cancellationToken);
        IReadOnlyList<SourceRun> runs = await session.Sources.RunsAsync(manifest.Id, 10, cancellationToken);
        CommandOutput output = context.Output;
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("title", manifest.Title);
                json.WriteString("publisher", manifest.Publisher);
                json.WriteString("terms", manifest.Terms);
                json.WriteString("homepage", manifest.Homepage);
                json.WriteBoolean("enabled", status.IsEnabled);
                json.WriteString("reason", status.Reason);
                JsonParts.Instant(json, "lastSuccessAt", state?.LastSuccessAt);
                json.WriteString("lastFailure", state?.LastFailure ?? "");
                json.WriteStartArray("snapshots");
                foreach (Snapshot snapshot in snapshots)
                {
                    json.WriteStartObject();
                    json.WriteString("part", snapshot.Part);
                    json.WriteString("sha256", snapshot.Sha256);
                    json.WriteNumber("rows", snapshot.Rows);
                    json.WriteNumber("bytes", snapshot.Bytes);
                    JsonParts.Instant(json, "publishedAt", snapshot.PublishedAt);
                    json.WriteString("fetchedAt", snapshot.FetchedAt);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteStartArray("runs");
                foreach (SourceRun run in runs)
                {
                    json.WriteStartObject();
                    json.WriteString("startedAt", run.StartedAt);
                    json.WriteString("endedAt", run.EndedAt);
                    json.WriteBoolean("succeeded", run.Succeeded);
                    json.WriteString("failure", run.Failure);
                    json.WriteNumber("read", run.Read);
                    json.WriteNumber("rejected", run.Rejected);
                    json.WriteNumber("added", run.Added);
                    json.WriteNumber("revised", run.Revised);
                    json.WriteNumber("withdrawn", run.Withdrawn);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        }

        output.Line($"{manifest.Id}: {manifest.Title} ({manifest.Publisher})");
        output.Line($"  terms      {manifest.Terms}");
        output.Line($"  homepage   {manifest.Homepage}");
        output.Line($"  covers     {(manifest.NeedsIdentifier is { } scheme ? $"suppliers with '{scheme}'" : "every supplier")}");
        EnabledSource? enabled = application.Sources.Find(manifest.Id);
        output.Line(enabled is null ? $"  off        {status.Reason}" : $"  schedule   {enabled.Cron} ({enabled.TimeZone.Id}), due again {manifest.Cadence:c} after a success");
        if (manifest.Limit is { } limit) output.Line(FormattableString.Invariant($"  limit      {limit.Permits} requests in {limit.Window.TotalSeconds:0} s over {(limit.Hosts.IsEmpty ? "each host of its own list" : string.Join(", ", limit.Hosts))}"));
        output.Line($"  last good  {CommandOutput.Instant(state?.LastSuccessAt)}");
        if (state?.LastFailure is { Length: > 0 } failure) output.Line($"  failing    {state.LastFailureKind} {CommandOutput.Count(state.Failures, "time")} in a row: {failure}");
        foreach (Snapshot snapshot in snapshots)
        {
            output.Line(FormattableString.Invariant($"  snapshot   {snapshot.Part}: {snapshot.Rows:N0} rows, {snapshot.Bytes:N0} bytes, published {CommandOutput.Instant(snapshot.PublishedAt)}, sha256 {snapshot.Sha256[..12]}"));
        }

        foreach (SourceRun run in runs)
        {
            output.Line(FormattableString.Invariant($"  run        {CommandOutput.Instant(run.StartedAt)} {(run.Succeeded ? "ok" : "FAILED: " + run.Failure)}: read {run.Read:N0}, rejected {run.Rejected:N0}, new {run.Added:N0}, changed {run.Revised:N0}, withdrawn {run.Withdrawn:N0}"));
        }

        return ExitCode.Done;
    }

    private static async Task<int> PullAsync(CommandContext context, string id, bool acceptShorter, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = Known(application, id);
        if (!status.IsEnabled) throw new CommandFailure(ExitCode.Usage, $"source {id} is off: {status.Reason}");
        using WorkerLock taken = WorkerLock.Take(application.Options);
        using SourceRunner runner = application.Runner(NullLoggerFactory.Instance);
        context.Output.Progress(0, 0, $"pulling {status.Id}");
        var diagnostics = new DiagnosticBag();
        Catalog catalog = application.Loader.ReadCatalog([], diagnostics);
        if (diagnostics.HasErrors) throw new CommandFailure(diagnostics.Sorted());
        SourceRunResult result = await runner.RunAsync(status.Id, catalog, context.Output.Progress, cancellationToken, acceptShorter);
        context.Output.ClearProgress();
        RunReport.Sources(context.Output, [result]);
        return result.Succeeded ? ExitCode.Done : ExitCode.Outside;
    }

    private static SourceStatus Known(RiskApplication application, string id) =>
        application.Sources.Statuses.FirstOrDefault(s => s.Id.Value == id)
        ?? throw new CommandFailure(ExitCode.Usage, $"there is no source '{id}'{Suggestion.For(id, application.Sources.Statuses.Select(s => s.Id.Value))}");
}
