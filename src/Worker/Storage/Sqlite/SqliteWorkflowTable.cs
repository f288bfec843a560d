using System.Text.Json;
using Risk.Rules.Alerts;

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

    public Task AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken) => sql.ExecuteAsync(
        """
        INSERT INTO acceptance (id, supplier, until, content) VALUES (@Id, @supplier, @until, @content)
        ON CONFLICT (id) DO UPDATE SET until = excluded.until, content = excluded.content
        """,
        new
        {
            acceptance.Id, supplier = acceptance.Alert.Supplier?.Value ?? "", until = StoredInstant.Of(acceptance.Until),
            content = JsonSerializer.SerializeToUtf8Bytes(acceptance, StoreJson.Default.Acceptance),
        }, cancellationToken);

    public Task EndAsync(string id, DateTimeOffset at, string why, CancellationToken cancellationToken) => sql.ExecuteAsync(
        "UPDATE acceptance SET ended_at = @at, why = @why WHERE id = @id AND ended_at IS NULL", new { id, at = StoredInstant.Of(at), why }, cancellationToken);

    public Task<IReadOnlyList<StoredAcceptance>> AcceptancesAsync(bool ended, CancellationToken cancellationToken) =>
        AcceptancesAsync(ended ? "" : "WHERE ended_at IS NULL", null, cancellationToken);

    public async Task<IReadOnlyList<Acceptance>> EndingAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        [.. (await AcceptancesAsync("WHERE ended_at IS NULL AND until <= @at", new { at = StoredInstant.Of(at) }, cancellationToken)).Select(s => s.Acceptance)];

    public async Task<StoredAcceptance?> FindAcceptanceAsync(string id, CancellationToken cancellationToken) =>
        await AcceptancesAsync("WHERE id = @id", new { id }, cancellationToken) is [var found, ..] ? found : null;

    public async Task<(DateTimeOffset At, string Done)?> UsedLinkAsync(string id, CancellationToken cancellationToken) =>
        await sql.QueryAsync<(long At, string Done)>("SELECT used_at, done FROM used_link WHERE id = @id", new { id }, cancellationToken) is [var used, ..]
            ? (StoredInstant.At(used.At), used.Done) : null;

    public async Task UseLinkAsync(string id, DateTimeOffset at, DateTimeOffset expiresAt, string done, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync("DELETE FROM used_link WHERE expires_at < @at", new { at = StoredInstant.Of(at) }, cancellationToken);
        await sql.ExecuteAsync(
            "INSERT INTO used_link (id, used_at, expires_at, done) VALUES (@id, @at, @expiresAt, @done)",
            new { id, at = StoredInstant.Of(at), expiresAt = StoredInstant.Of(expiresAt), done }, cancellationToken);
    }

    private async Task<IReadOnlyList<StoredAcceptance>> AcceptancesAsync(string where, object? parameters, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<(byte[] Content, long? EndedAt, string Why)>(
            $"SELECT content, ended_at, why FROM acceptance {where} ORDER BY until IS NULL, until, id", parameters, cancellationToken))
        .ConvertAll(row => new StoredAcceptance(ReadAcceptance(row.Content), StoredInstant.At(row.EndedAt), row.Why));

    internal static Acceptance ReadAcceptance(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.Acceptance)!;

    private static AlertWorkflow Read(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.AlertWorkflow)!;
}
