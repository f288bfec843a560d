using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli.Commands;

/// <summary><c>risk sources show</c>: all that is known of one source.</summary>
internal static class SourceDetails
{
    private const int NewestRuns = 10;

    public static async Task<int> ShowAsync(CommandContext context, string id, CancellationToken cancellationToken)
    {
        await using RiskApplication application = await context.OpenAsync(cancellationToken);
        SourceStatus status = SourcesCommand.Known(application, id);
        SourceId source = status.Id;
        await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
        var facts = new Facts(
            status,
            application.Sources.Find(source),
            await session.Sources.FindAsync(source, cancellationToken),
            await session.Sources.SnapshotsAsync(source, cancellationToken),
            await session.Sources.QuarantinedAsync(source, cancellationToken),
            await session.Sources.RunsAsync(source, NewestRuns, cancellationToken),
            await CoverageAsync(application, session, status, cancellationToken));
        if (context.Output.Json) context.Output.WriteJson(json => Write(json, facts));
        else Write(context.Output, facts);
        return ExitCode.Done;
    }

    /// <summary>How many suppliers it can say anything of, and how many it has been asked for.</summary>
    private static async Task<(int All, int Covered, int Fresh)> CoverageAsync(RiskApplication application, IStoreSession session, SourceStatus status, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredSupplier> suppliers = await session.Suppliers.ListAsync(null, cancellationToken);
        var checks = await session.Sources.LastChecksAsync(suppliers, null, cancellationToken);
        DateTimeOffset at = Configuration.Instants.Now(application.Clock);
        SupplierCoverage[] coverage = [.. suppliers.Select(s => SupplierCoverage.Of(status, s.Supplier, checks[s.Supplier.Id], at))];
        return (coverage.Length, coverage.Count(c => c.IsCovered), coverage.Count(c => c.IsFresh));
    }

    private static void Write(CommandOutput output, Facts facts)
    {
        SourceManifest manifest = facts.Status.Module.Manifest;
        output.Line($"{manifest.Id}: {manifest.Title} ({manifest.Publisher})");
        output.Line($"  terms      {manifest.Terms}");
        output.Line($"  homepage   {manifest.Homepage}");
        if (manifest.Sunset is { } sunset) output.Line($"  ends       {sunset.UtcDateTime:yyyy-MM-dd}, as the publisher announced");
        output.Line($"  covers     {(manifest.NeedsIdentifier is { } scheme ? $"suppliers with '{scheme}'" : "every supplier")}: {facts.Coverage.Covered:N0} of {facts.Coverage.All:N0}, {facts.Coverage.Fresh:N0} of them checked recently");
        output.Line(facts.Enabled is null ? $"  off        {facts.Status.Reason}" : $"  schedule   {facts.Enabled.Cron} ({facts.Enabled.TimeZone.Id}), due again {manifest.Cadence:c} after a success");
        if (manifest.Limit is { } limit) output.Line(FormattableString.Invariant($"  limit      {limit.Permits} requests in {limit.Window.TotalSeconds:0} s over {(limit.Hosts.IsEmpty ? "each host of its own list" : string.Join(", ", limit.Hosts))} (group {limit.Group})"));
        output.Line($"  last good  {CommandOutput.Instant(facts.State?.LastSuccessAt)}");
        if (facts.State is { LastFailure: { Length: > 0 } failure } state) output.Line($"  failing    {state.LastFailureKind} {CommandOutput.Count(state.Failures, "time")} in a row: {failure}");
        foreach (Snapshot snapshot in facts.Snapshots)
        {
            output.Line(FormattableString.Invariant($"  snapshot   {snapshot.Part}: {snapshot.Rows:N0} rows, {snapshot.Bytes:N0} bytes, published {CommandOutput.Instant(snapshot.PublishedAt)}, sha256 {snapshot.Sha256[..12]}"));
        }

        foreach (QuarantinedFile refused in facts.Quarantined)
        {
            string release = refused.ReleasedBy is { } by ? $"; released by {by} on {CommandOutput.Instant(refused.ReleasedAt)}: {refused.Reason}" : "";
            output.Line($"  refused    {CommandOutput.Instant(refused.LastAt)} {refused.File.Part} {refused.File.Sha256[..12]} {refused.Kind}: {refused.Problem}{release}");
        }

        foreach (SourceRun run in facts.Runs)
        {
            output.Line(FormattableString.Invariant($"  run        {CommandOutput.Instant(run.StartedAt)} {(run.Succeeded ? "ok" : "FAILED: " + run.Failure)}: read {run.Read:N0}, rejected {run.Rejected:N0}, new {run.Added:N0}, changed {run.Revised:N0}, withdrawn {run.Withdrawn:N0}"));
        }

        if (facts.Runs is not [var newest, ..]) return;
        foreach (JsonProperty reason in Members(newest.RejectedReasonsJson)) output.Line(FormattableString.Invariant($"  rejected   {reason.Value.GetProperty("Count").GetInt32():N0} in the last run: {reason.Name} (first: {reason.Value.GetProperty("Example").GetString()})"));
        foreach (var drift in Members(newest.DriftJson).GroupBy(d => Enum.Parse<FieldDrift>(d.Name.Split(' ')[0])))
            output.Line($"  format     {RunReport.DriftOf(drift.Key)} in the last run: {string.Join(", ", drift.Select(d => FormattableString.Invariant($"{d.Name[(drift.Key.ToString().Length + 1)..]} ({d.Value.GetInt32():N0})")))}");
    }

    private static void Write(Utf8JsonWriter json, Facts facts)
    {
        SourceManifest manifest = facts.Status.Module.Manifest;
        json.WriteStartObject();
        json.WriteString("id", manifest.Id.Value);
        json.WriteString("title", manifest.Title);
        json.WriteString("publisher", manifest.Publisher);
        json.WriteString("terms", manifest.Terms);
        json.WriteString("homepage", manifest.Homepage);
        json.WriteBoolean("enabled", facts.Status.IsEnabled);
        json.WriteString("reason", facts.Status.Reason);
        JsonParts.Instant(json, "sunset", manifest.Sunset);
        json.WriteStartObject("coverage");
        json.WriteNumber("suppliers", facts.Coverage.All);
        json.WriteNumber("covered", facts.Coverage.Covered);
        json.WriteNumber("fresh", facts.Coverage.Fresh);
        json.WriteEndObject();
        JsonParts.Instant(json, "lastSuccessAt", facts.State?.LastSuccessAt);
        json.WriteString("lastFailure", facts.State?.LastFailure ?? "");
        json.WriteStartArray("snapshots");
        foreach (Snapshot snapshot in facts.Snapshots)
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
        json.WriteStartArray("quarantine");
        foreach (QuarantinedFile refused in facts.Quarantined) SourceQuarantineCommands.Write(json, refused);
        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (SourceRun run in facts.Runs)
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
            json.WriteStartObject("rejectedReasons");
            foreach (JsonProperty reason in Members(run.RejectedReasonsJson)) json.WriteNumber(reason.Name, reason.Value.GetProperty("Count").GetInt32());
            json.WriteEndObject();
            json.WriteStartObject("drift");
            foreach (JsonProperty drift in Members(run.DriftJson)) json.WriteNumber(drift.Name, drift.Value.GetInt32());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Of an object that the store wrote.</summary>
    private static JsonProperty[] Members(string stored) => [.. JsonElement.Parse(stored).EnumerateObject()];

    /// <param name="Enabled">Null when it is off.</param>
    private sealed record Facts(
        SourceStatus Status, EnabledSource? Enabled, SourceState? State, IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<QuarantinedFile> Quarantined, IReadOnlyList<SourceRun> Runs,
        (int All, int Covered, int Fresh) Coverage);
}
