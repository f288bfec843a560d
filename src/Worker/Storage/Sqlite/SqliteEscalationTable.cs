namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteEscalationTable(SqliteStatements sql) : IEscalationTable
{
    public Task SaveAsync(IReadOnlyCollection<EscalationClock> clocks, CancellationToken cancellationToken)
    {
        using SqliteBatch save = sql.Prepare(
            """
            INSERT INTO escalation (episode, told_at, step, next_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (episode) DO UPDATE SET told_at = excluded.told_at, step = excluded.step, next_at = excluded.next_at
            """, 4);
        foreach (EscalationClock clock in clocks) save.Run(clock.Episode, StoredInstant.Of(clock.ToldAt), clock.Step, StoredInstant.Of(clock.NextAt));
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<EscalationClock>> DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<Row>(
            "SELECT episode AS Episode, told_at AS ToldAt, step AS Step, next_at AS NextAt FROM escalation WHERE next_at <= @at ORDER BY next_at, episode LIMIT @limit",
            new { at = StoredInstant.Of(at), limit }, cancellationToken))
        .ConvertAll(row => new EscalationClock(row.Episode, StoredInstant.At(row.ToldAt), row.Step, StoredInstant.At(row.NextAt)));

    public Task EndAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        sql.ExecuteAsync("DELETE FROM escalation WHERE episode IN (SELECT value FROM json_each(@episodes))", new { episodes = SqliteStatements.Array(episodes) }, cancellationToken);

    private sealed class Row
    {
        public string Episode { get; set; } = "";

        public long ToldAt { get; set; }

        public int Step { get; set; }

        public long NextAt { get; set; }
    }
}
