using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteDigestTable(SqliteStatements sql) : IDigestTable
{
    private const string Columns =
        "i.channel AS Channel, i.recipient AS Recipient, i.episode AS Episode, i.receiver AS Receiver, i.channel_index AS ChannelIndex, i.cause AS Cause, i.why AS Why, i.fresh AS Fresh, i.held_at AS HeldAt, i.due_at AS DueAt, i.delivery AS Delivery";

    private const string Due = "FROM digest_item i LEFT JOIN delivery d ON d.id = i.delivery WHERE i.due_at <= @at AND (i.delivery IS NULL OR d.state = 'Dead')";

    public Task HoldAsync(IReadOnlyCollection<DigestItem> items, CancellationToken cancellationToken)
    {
        using SqliteBatch save = sql.Prepare(
            """
            INSERT INTO digest_item (channel, recipient, episode, receiver, channel_index, cause, why, fresh, held_at, due_at, delivery) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (channel, recipient, episode) DO UPDATE SET receiver = excluded.receiver, channel_index = excluded.channel_index, cause = excluded.cause, why = excluded.why,
              fresh = CASE WHEN delivery IS NULL THEN max(fresh, excluded.fresh) ELSE excluded.fresh END, held_at = excluded.held_at,
              due_at = CASE WHEN delivery IS NULL THEN min(due_at, excluded.due_at) ELSE excluded.due_at END, delivery = excluded.delivery
            """, 11);
        foreach (DigestItem i in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            save.Run(i.Channel, i.Recipient, i.Episode, i.Receiver, i.ChannelIndex, i.Cause.ToString(), i.Why, i.IsFresh ? 1 : 0, StoredInstant.Of(i.HeldAt), StoredInstant.Of(i.DueAt), i.Delivery);
        }

        return Task.CompletedTask;
    }

    public async Task<bool> IsAnyDueAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        await sql.FirstAsync<int>($"SELECT EXISTS (SELECT 1 {Due})", new { at = StoredInstant.Of(at) }, cancellationToken) == 1;

    public async Task<IReadOnlyList<DigestItem>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync("DELETE FROM digest_item WHERE delivery IN (SELECT id FROM delivery WHERE state = 'Delivered')", null, cancellationToken);
        return (await sql.QueryAsync<Row>($"SELECT {Columns} {Due} ORDER BY i.channel, i.recipient, i.episode", new { at = StoredInstant.Of(at) }, cancellationToken)).ConvertAll(row => row.ToItem());
    }

    public Task TakeAsync(IReadOnlyCollection<DigestItem> items, string? delivery, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        using SqliteBatch take = sql.Prepare("UPDATE digest_item SET delivery = $1, due_at = $2, cause = $3 WHERE channel = $4 AND recipient = $5 AND episode = $6", 6);
        foreach (DigestItem i in items) take.Run(delivery, StoredInstant.Of(dueAt), i.Cause.ToString(), i.Channel, i.Recipient, i.Episode);
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string channel, IReadOnlyCollection<(string Recipient, string Episode)> told, CancellationToken cancellationToken)
    {
        using SqliteBatch forget = sql.Prepare("DELETE FROM digest_item WHERE channel = $1 AND recipient = $2 AND episode = $3", 3);
        foreach ((string recipient, string episode) in told) forget.Run(channel, recipient, episode);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyDictionary<string, WaitingItems>> WaitingAsync(string channel, IReadOnlyCollection<string> recipients, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<WaitingRow>(
            """
            SELECT lower(recipient) AS Recipient, count(*) AS Count, min(due_at) AS DueAt FROM digest_item
            WHERE channel = @channel AND delivery IS NULL AND cause <> 'Muted' AND recipient IN (SELECT value FROM json_each(@recipients)) GROUP BY lower(recipient)
            """,
            new { channel, recipients = SqliteStatements.Array(recipients) }, cancellationToken)).ToDictionary(r => r.Recipient, r => new WaitingItems((int)r.Count, StoredInstant.At(r.DueAt)), StringComparer.Ordinal);

    public async Task<ILookup<string, DateTimeOffset>> SentAsync(string channel, IReadOnlyCollection<string> recipients, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<SentRow>(
            """
            SELECT lower(d.recipient) AS Recipient, d.created_at AS CreatedAt FROM json_each(@recipients) r JOIN delivery d
            ON d.channel = @channel AND d.recipient = r.value COLLATE NOCASE AND d.created_at >= @since WHERE d.group_key <> 'digest' ORDER BY d.created_at
            """,
            new { channel, recipients = SqliteStatements.Array(recipients), since = StoredInstant.Of(since) }, cancellationToken))
        .ToLookup(r => r.Recipient, r => StoredInstant.At(r.CreatedAt), StringComparer.Ordinal);

    private sealed class WaitingRow
    {
        public string Recipient { get; set; } = "";

        public long Count { get; set; }

        public long DueAt { get; set; }
    }

    private sealed class SentRow
    {
        public string Recipient { get; set; } = "";

        public long CreatedAt { get; set; }
    }

    private sealed class Row
    {
        public string Channel { get; set; } = "";

        public string Recipient { get; set; } = "";

        public string Episode { get; set; } = "";

        public string Receiver { get; set; } = "";

        public int ChannelIndex { get; set; }

        public string Cause { get; set; } = "";

        public string Why { get; set; } = "";

        public int Fresh { get; set; }

        public long HeldAt { get; set; }

        public long DueAt { get; set; }

        public string? Delivery { get; set; }

        public DigestItem ToItem() => new(
            Channel, Recipient, Episode, Receiver, ChannelIndex, Enum.Parse<HoldCause>(Cause), Why, Fresh == 1, StoredInstant.At(HeldAt), StoredInstant.At(DueAt), Delivery);
    }
}
