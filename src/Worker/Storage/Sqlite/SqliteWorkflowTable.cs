using System.Text.Json;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteWorkflowTable(SqliteStatements sql, SqliteLedger ledger) : IWorkflowTable
{
    public async Task<AlertWorkflow?> FindAsync(string episodeId, CancellationToken cancellationToken) =>
        (await FindManyAsync([episodeId], cancellationToken)).GetValueOrDefault(episodeId);

    public async Task<IReadOnlyDictionary<string, AlertWorkflow>> FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert_workflow WHERE episode IN (SELECT value FROM json_each(@episodes))", new { episodes = SqliteStatements.Array(episodes) }, cancellationToken))
        .Select(Read).ToDictionary(w => w.EpisodeId, StringComparer.Ordinal);

    public async Task RecordAsync(AlertAct act, AlertWorkflow after, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync(
            """
            INSERT INTO alert_workflow (episode, snoozed_until, content) VALUES (@EpisodeId, @until, @content)
            ON CONFLICT (episode) DO UPDATE SET snoozed_until = excluded.snoozed_until, content = excluded.content
            """,
            new { after.EpisodeId, until = StoredInstant.Of(after.Snoozed?.Until), content = JsonSerializer.SerializeToUtf8Bytes(after, StoreJson.Default.AlertWorkflow) }, cancellationToken);
        await sql.ExecuteAsync(
            "INSERT INTO alert_act (episode, at, content) VALUES (@EpisodeId, @at, @content)",
            new { act.EpisodeId, at = StoredInstant.Of(act.At), content = JsonSerializer.SerializeToUtf8Bytes(act, StoreJson.Default.AlertAct) }, cancellationToken);
        await ledger.AppendAsync(
            [("act", act.EpisodeId, CanonicalJson.Object(("act", act.Kind), ("by", act.By), ("via", act.Via), ("note", act.Note)))], act.At, cancellationToken);
    }

    public async Task<IReadOnlyList<AlertAct>> ActsAsync(string episodeId, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>("SELECT content FROM alert_act WHERE episode = @episodeId ORDER BY sequence", new { episodeId }, cancellationToken))
        .ConvertAll(content => JsonSerializer.Deserialize(content, StoreJson.Default.AlertAct)!);

    public async Task<IReadOnlyList<AlertWorkflow>> SnoozesOverAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert_workflow WHERE snoozed_until <= @at ORDER BY snoozed_until, episode", new { at = StoredInstant.Of(at) }, cancellationToken)).ConvertAll(Read);

    private static AlertWorkflow Read(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.AlertWorkflow)!;
}
