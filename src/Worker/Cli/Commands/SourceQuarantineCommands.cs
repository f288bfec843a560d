using System.CommandLine;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Rules.Diagnostics;
using Risk.Rules.Signals;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary>Files that were refused: which there are, and applying one after all.</summary>
internal static class SourceQuarantineCommands
{
    private const int ShortestPrefix = 4;

    public static Command Create(CommandHost host)
    {
        var source = new Argument<string?>("ID") { Description = "Source id; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Command("list", "Files that were refused, with the reason, newest first.") { source };
        host.Handle(list, (context, token) => ListAsync(context, context.Parsed.GetValue(source), token));
        var id = new Argument<string>("ID") { Description = "Source id." };
        var file = new Argument<string>("SHA256") { Description = "The file, or the beginning of its hash." };
        var by = new Option<string>("--by") { Description = "Who has looked at it: a name or a mail address.", HelpName = "WHO", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why it is right after all.", HelpName = "TEXT", Required = true };
        var release = new Command("release", "Applies one refused file, once: it may be shorter, older or too short, but it must be readable. Who and why go on record.") { id, file, by, reason };
        host.Handle(release, (context, token) => ReleaseAsync(context, context.Parsed.GetValue(id)!, context.Parsed.GetValue(file)!, context.Parsed.GetValue(by)!, context.Parsed.GetValue(reason)!, token));
        return new Command("quarantine", "Files that were refused, and applying one after all.") { list, release };
    }

    public static void Write(Utf8JsonWriter json, QuarantinedFile refused)
    {
        json.WriteStartObject();
        json.WriteString("source", refused.File.Source.Value);
        json.WriteString("part", refused.File.Part);
        json.WriteString("sha256", refused.File.Sha256);
        json.WriteNumber("bytes", refused.File.Bytes);
        json.WriteString("kind", refused.Kind.ToString());
        json.WriteString("problem", refused.Problem);
        json.WriteString("firstAt", refused.FirstAt);
        json.WriteString("lastAt", refused.LastAt);
        json.WriteString("releasedBy", refused.ReleasedBy ?? "");
        json.WriteString("reason", refused.Reason ?? "");
        JsonParts.Instant(json, "releasedAt", refused.ReleasedAt);
        json.WriteEndObject();
    }

    private static async Task<int> ListAsync(CommandContext context, string? id, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceId? source = id is null ? null : SourcesCommand.Known(application, id).Id;
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        IReadOnlyList<QuarantinedFile> files = await session.Sources.QuarantinedAsync(source, cancellationToken);
        if (context.Output.Json)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (QuarantinedFile refused in files) Write(json, refused);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        context.Output.Table(
            ["source", "file", "part", "kind", ">bytes", "refused", "state", "why"],
            [
                .. files.Select(f => (IReadOnlyList<string>)
                [
                    f.File.Source.Value, f.File.Sha256[..12], f.File.Part, f.Kind.ToString(), FormattableString.Invariant($"{f.File.Bytes:N0}"), CommandOutput.Instant(f.LastAt),
                    f.ReleasedBy is { } by ? $"released by {by}" : "refused", f.ReleasedBy is null ? f.Problem : f.Reason ?? "",
                ]),
            ]);
        return ExitCode.Done;
    }

    private static async Task<int> ReleaseAsync(CommandContext context, string id, string hash, string by, string reason, CancellationToken cancellationToken)
    {
        if (by.Trim().Length == 0 || reason.Trim().Length == 0) throw new CommandFailure(ExitCode.Usage, "--by and --reason must not be blank: they go on record");
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = SourcesCommand.Known(application, id);
        QuarantinedFile refused;
        await using (IStoreSession session = await application.Store.ReadAsync(cancellationToken))
        {
            QuarantinedFile[] all = [.. await session.Sources.QuarantinedAsync(status.Id, cancellationToken)];
            QuarantinedFile[] meant = hash.Length < ShortestPrefix ? [] : [.. all.Where(f => f.File.Sha256.StartsWith(hash, StringComparison.OrdinalIgnoreCase))];
            refused = meant switch
            {
                [var one] => one,
                [] => throw new CommandFailure(ExitCode.Usage, $"no refused file of {id} begins with '{hash}'{Suggestion.OrAll(hash, all.Select(f => f.File.Sha256[..12]))}"),
                _ => throw new CommandFailure(ExitCode.Usage, $"'{hash}' begins the hash of {meant.Length} files of {id}; write more of it"),
            };
        }

        if (refused.ReleasedBy is { } earlier) throw new CommandFailure(ExitCode.Found, $"{earlier} released this file on {CommandOutput.Instant(refused.ReleasedAt)}: a release is applied once");
        return await SourcesCommand.RunAsync(context, application, status, new PullPermission(false, new QuarantineRelease(refused.File, by.Trim(), reason.Trim())), cancellationToken);
    }
}
