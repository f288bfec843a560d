using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Alerts;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteAlertTable(SqliteStatements sql, SqliteLedger ledger) : IAlertTable
{
    public async Task SaveAsync(IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (transitions.Count == 0) return;
        var entries = new List<(string Kind, string Subject, string Content)>(transitions.Count);
        using (SqliteBatch save = sql.Prepare(
            """
            INSERT INTO alert (episode, starts_at, resolved_at, content) VALUES ($1, $2, $3, $4)
            ON CONFLICT (episode) DO UPDATE SET starts_at = excluded.starts_at, resolved_at = excluded.resolved_at, content = excluded.content
            """, 4))
        using (SqliteBatch append = sql.Prepare("INSERT INTO alert_transition (episode, at, kind, content) VALUES ($1, $2, $3, $4)", 4))
        {
            foreach ((AlertTransitionKind kind, Alert alert) in transitions)
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] content = JsonSerializer.SerializeToUtf8Bytes(alert, StoreJson.Default.Alert);
                save.Run(alert.EpisodeId, StoredInstant.Of(alert.StartsAt), StoredInstant.Of(alert.ResolvedAt), content);
                append.Run(alert.EpisodeId, StoredInstant.Of(at), kind.ToString(), content);
                entries.Add(("alert", alert.EpisodeId, CanonicalJson.Object(
                    ("transition", kind.ToString()), ("supplier", alert.Supplier?.Value), ("rule", alert.Rule), ("key", alert.Key), ("severity", alert.Severity.ToString()),
                    ("revision", alert.Revision), ("resolvedAt", alert.ResolvedAt), ("contentSha256", LedgerChain.HashOf(content)))));
            }
        }

        await ledger.AppendAsync(entries, at, cancellationToken);
    }

    public async Task<Alert?> FindAsync(string episodeId, CancellationToken cancellationToken) =>
        await sql.FirstAsync<byte[]>("SELECT content FROM alert WHERE episode = @episodeId", new { episodeId }, cancellationToken) is { } content ? ReadAlert(content) : null;

    public async Task<IReadOnlyList<Alert>> FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert WHERE episode IN (SELECT value FROM json_each(@episodes)) ORDER BY episode", new { episodes = SqliteStatements.Array(episodes) }, cancellationToken)).ConvertAll(ReadAlert);

    public async Task<IReadOnlyList<Alert>> StartingWithAsync(string episodePrefix, int limit, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert WHERE episode >= @episodePrefix AND substr(episode, 1, length(@episodePrefix)) = @episodePrefix ORDER BY episode LIMIT @limit",
            new { episodePrefix, limit }, cancellationToken)).ConvertAll(ReadAlert);

    public async Task<IReadOnlyList<(DateTimeOffset At, AlertTransition Transition)>> TransitionsAsync(string episodeId, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<(long At, string Kind, byte[] Content)>(
            "SELECT at, kind, content FROM alert_transition WHERE episode = @episodeId ORDER BY rowid", new { episodeId }, cancellationToken))
        .ConvertAll(row => (StoredInstant.At(row.At), new AlertTransition(Enum.Parse<AlertTransitionKind>(row.Kind), ReadAlert(row.Content))));

    public async Task<Alert?> FindFiringAsync(string rule, string key, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            """
            SELECT content FROM alert
            WHERE resolved_at IS NULL AND json_extract(CAST(content AS TEXT), '$.Rule') = @rule AND json_extract(CAST(content AS TEXT), '$.Key') = @key
            ORDER BY starts_at, episode
            """, new { rule, key }, cancellationToken)).ConvertAll(ReadAlert).Find(alert => alert.Supplier is null);

    public async Task<IReadOnlyList<Alert>> ListAsync(bool resolved, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            $"SELECT content FROM alert {(resolved ? "" : "WHERE resolved_at IS NULL ")}ORDER BY starts_at DESC, episode", null, cancellationToken)).ConvertAll(ReadAlert);

    public async Task<int> CountSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<int>("SELECT count(*) FROM alert WHERE starts_at >= @since", new { since = StoredInstant.Of(since) }, cancellationToken))[0];

    public async Task<IReadOnlyList<Alert>> OfGroupAsync(string groupKey, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT a.content FROM alert_group_member m JOIN alert a ON a.episode = m.episode WHERE m.group_key = @groupKey ORDER BY a.starts_at, a.episode",
            new { groupKey }, cancellationToken)).ConvertAll(ReadAlert);

    public async Task SaveGroupAsync(AlertGroupState group, IReadOnlyCollection<string> memberEpisodes, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync(
            """
            INSERT INTO alert_group (group_key, next_flush_at, content) VALUES (@GroupKey, @NextFlushAt, @content)
            ON CONFLICT (group_key) DO UPDATE SET next_flush_at = excluded.next_flush_at, content = excluded.content
            """,
            new { group.GroupKey, NextFlushAt = StoredInstant.Of(group.NextFlushAt), content = JsonSerializer.SerializeToUtf8Bytes(group, StoreJson.Default.AlertGroupState) }, cancellationToken);
        await sql.ExecuteAsync(
            "INSERT OR IGNORE INTO alert_group_member (group_key, episode) SELECT @GroupKey, value FROM json_each(@members)",
            new { group.GroupKey, members = SqliteStatements.Array(memberEpisodes) }, cancellationToken);
    }

    public async Task<IReadOnlyList<Alert>> FiringAsync(string after, int limit, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert WHERE resolved_at IS NULL AND episode > @after ORDER BY episode LIMIT @limit", new { after, limit }, cancellationToken)).ConvertAll(ReadAlert);

    public async Task<HashSet<(string GroupKey, string Episode)>> MembersAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            "SELECT group_key, episode FROM alert_group_member WHERE episode IN (SELECT value FROM json_each(@episodes))", ("@episodes", SqliteStatements.Array(episodes)));
        var members = new HashSet<(string, string)>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) members.Add((reader.GetString(0), reader.GetString(1)));
        return members;
    }

    public async Task<AlertGroupState?> FindGroupAsync(string groupKey, CancellationToken cancellationToken) =>
        await sql.FirstAsync<byte[]>("SELECT content FROM alert_group WHERE group_key = @groupKey", new { groupKey }, cancellationToken) is { } content ? ReadGroup(content) : null;

    public async Task<IReadOnlyList<AlertGroupState>> DueGroupsAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<byte[]>(
            "SELECT content FROM alert_group WHERE next_flush_at <= @at ORDER BY next_flush_at, group_key", new { at = StoredInstant.Of(at) }, cancellationToken)).ConvertAll(ReadGroup);

    public async Task ReleaseMembersAsync(string groupKey, IReadOnlyCollection<string> episodes, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync(
            """
            DELETE FROM alert_group_member WHERE group_key = @groupKey AND episode IN (SELECT value FROM json_each(@episodes))
              AND EXISTS (SELECT 1 FROM alert a WHERE a.episode = alert_group_member.episode AND a.resolved_at IS NOT NULL)
            """, new { groupKey, episodes = SqliteStatements.Array(episodes) }, cancellationToken);
        await sql.ExecuteAsync(
            "DELETE FROM alert_group WHERE group_key = @groupKey AND NOT EXISTS (SELECT 1 FROM alert_group_member m WHERE m.group_key = alert_group.group_key)",
            new { groupKey }, cancellationToken);
    }

    private static Alert ReadAlert(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.Alert)!;

    private static AlertGroupState ReadGroup(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.AlertGroupState)!;
}
