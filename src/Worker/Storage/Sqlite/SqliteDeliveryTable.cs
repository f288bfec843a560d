using System.Collections.Immutable;
using System.Text.Json;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteDeliveryTable(SqliteStatements sql, SqliteLedger ledger) : IDeliveryTable
{
    private const string Columns =
        """
        id AS Id, notification AS NotificationId, group_key AS GroupKey, receiver AS Receiver, channel AS Channel, channel_index AS ChannelIndex, recipient AS Recipient, subject AS Subject,
        created_at AS CreatedAt, state AS State, attempts AS Attempts, next_attempt_at AS NextAttemptAt, ended_at AS EndedAt, last_error AS LastError, proof AS Proof, episodes AS Episodes
        """;

    public async Task<IReadOnlyList<string>> EnqueueAsync(IReadOnlyCollection<Delivery> deliveries, CancellationToken cancellationToken)
    {
        var created = new List<Delivery>(deliveries.Count);
        using (SqliteBatch insert = sql.Prepare(
            """
            INSERT INTO delivery (id, notification, group_key, receiver, channel, channel_index, recipient, subject, created_at, state, attempts, next_attempt_at, ended_at, last_error, proof,
              episodes, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING
            """, 17))
        {
            foreach (Delivery d in deliveries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int inserted = insert.Run(
                    d.Id, d.NotificationId, d.GroupKey, d.Receiver, d.Channel, d.ChannelIndex, d.Recipient, d.Subject, StoredInstant.Of(d.CreatedAt), d.State.ToString(), d.Attempts,
                    StoredInstant.Of(d.NextAttemptAt), StoredInstant.Of(d.EndedAt), d.LastError, d.Proof, JsonSerializer.Serialize(d.Episodes, StoreJson.Default.ImmutableArrayString), d.Body);
                if (inserted == 1) created.Add(d);
            }
        }

        foreach (var group in created.GroupBy(d => d.CreatedAt))
            await ledger.AppendAsync([.. group.Select(d => ("delivery", d.Id, LedgerFacts(d)))], group.Key, cancellationToken);
        return created.ConvertAll(d => d.Id);
    }

    public async Task<Delivery?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await sql.FirstAsync<Row>($"SELECT {Columns}, body AS Body FROM delivery WHERE id = @id", new { id }, cancellationToken))?.ToDelivery();

    public async Task<IReadOnlyList<Delivery>> ListAsync(DeliveryState? state, int newest, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<Row>(
            $"SELECT {Columns} FROM delivery {(state is null ? "" : "WHERE state = @state ")}ORDER BY created_at DESC, id LIMIT @newest",
            new { state = state?.ToString(), newest }, cancellationToken)).ConvertAll(row => row.ToDelivery());

    public async Task UpdateAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        string? before = await sql.FirstAsync<string>("SELECT state FROM delivery WHERE id = @Id", new { delivery.Id }, cancellationToken);
        if (before is null) throw new StoreException($"the delivery '{delivery.Id}' is not in the store and cannot be updated; enqueue it first");
        await sql.ExecuteAsync(
            """
            UPDATE delivery SET state = @state, attempts = @Attempts, next_attempt_at = @nextAttempt, ended_at = @ended, last_error = @LastError, proof = @Proof WHERE id = @Id
            """,
            new
            {
                delivery.Id, state = delivery.State.ToString(), delivery.Attempts, nextAttempt = StoredInstant.Of(delivery.NextAttemptAt), ended = StoredInstant.Of(delivery.EndedAt),
                delivery.LastError, delivery.Proof,
            }, cancellationToken);
        if (before == delivery.State.ToString()) return;
        DateTimeOffset at = delivery.EndedAt ?? delivery.NextAttemptAt ?? delivery.CreatedAt;
        await ledger.AppendAsync([("delivery", delivery.Id, LedgerFacts(delivery))], at, cancellationToken);
    }

    public async Task<IReadOnlyList<Delivery>> WaitingBeforeAsync(Delivery delivery, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<Row>(
            $"""
            SELECT {Columns} FROM delivery
            WHERE state = 'Pending' AND group_key = @GroupKey AND recipient = @Recipient AND created_at < @created AND receiver = @Receiver AND channel = @Channel AND channel_index = @ChannelIndex
            ORDER BY created_at, id
            """,
            new { delivery.GroupKey, delivery.Recipient, created = StoredInstant.Of(delivery.CreatedAt), delivery.Receiver, delivery.Channel, delivery.ChannelIndex }, cancellationToken))
        .ConvertAll(row => row.ToDelivery());

    public Task AddAttemptAsync(AttemptRecord attempt, CancellationToken cancellationToken) => sql.ExecuteAsync(
        "INSERT INTO delivery_attempt (delivery, number, at, outcome, detail) VALUES (@Delivery, @Number, @at, @Outcome, @Detail)",
        new { attempt.Delivery, attempt.Number, at = StoredInstant.Of(attempt.At), attempt.Outcome, attempt.Detail }, cancellationToken);

    public async Task<IReadOnlyList<AttemptRecord>> AttemptsAsync(string delivery, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<AttemptRow>(
            "SELECT number AS Number, at AS At, outcome AS Outcome, detail AS Detail FROM delivery_attempt WHERE delivery = @delivery ORDER BY number", new { delivery }, cancellationToken))
        .ConvertAll(row => new AttemptRecord(delivery, row.Number, StoredInstant.At(row.At), row.Outcome, row.Detail));

    public async Task<IReadOnlyList<string>> IdsAsync(string beginning, int most, CancellationToken cancellationToken) => await sql.QueryAsync<string>(
        "SELECT id FROM delivery WHERE substr(id, 1, length(@beginning)) = @beginning ORDER BY id LIMIT @most", new { beginning = beginning.ToLowerInvariant(), most }, cancellationToken);

    public async Task<IReadOnlyDictionary<DeliveryState, int>> CountsAsync(CancellationToken cancellationToken)
    {
        List<CountRow> rows = await sql.QueryAsync<CountRow>("SELECT state AS State, count(*) AS Count FROM delivery GROUP BY state", null, cancellationToken);
        Dictionary<DeliveryState, int> counts = Enum.GetValues<DeliveryState>().ToDictionary(state => state, _ => 0);
        foreach (CountRow row in rows) counts[Enum.Parse<DeliveryState>(row.State)] = row.Count;
        return counts;
    }

    /// <summary>Webhook addresses may hold a token, and proofs whatever a receiver answered: of both the ledger keeps the hash.</summary>
    private static string LedgerFacts(Delivery d) => CanonicalJson.Object(
        ("state", d.State.ToString()), ("notification", d.NotificationId), ("receiver", d.Receiver), ("channel", d.Channel), ("attempts", d.Attempts),
        ("recipientSha256", LedgerChain.HashOf(d.Recipient)), ("proofSha256", LedgerChain.HashOf(d.Proof)),
        ("bodySha256", d.State == DeliveryState.Pending && d.Body.Length > 0 ? LedgerChain.HashOf(d.Body) : null));

    private sealed class CountRow
    {
        public string State { get; set; } = "";

        public int Count { get; set; }
    }

    private sealed class AttemptRow
    {
        public int Number { get; set; }

        public long At { get; set; }

        public string Outcome { get; set; } = "";

        public string Detail { get; set; } = "";
    }

    private sealed class Row
    {
        public string Id { get; set; } = "";

        public string NotificationId { get; set; } = "";

        public string GroupKey { get; set; } = "";

        public string Receiver { get; set; } = "";

        public string Channel { get; set; } = "";

        public int ChannelIndex { get; set; }

        public string Recipient { get; set; } = "";

        public string Subject { get; set; } = "";

        public long CreatedAt { get; set; }

        public string State { get; set; } = "";

        public int Attempts { get; set; }

        public long? NextAttemptAt { get; set; }

        public long? EndedAt { get; set; }

        public string LastError { get; set; } = "";

        public string Proof { get; set; } = "";

        public string Episodes { get; set; } = "";

        public byte[] Body { get; set; } = [];

        public Delivery ToDelivery() => new(
            Id, NotificationId, GroupKey, Receiver, Channel, ChannelIndex, Recipient, Subject, Body, StoredInstant.At(CreatedAt), Enum.Parse<DeliveryState>(State), Attempts,
            StoredInstant.At(NextAttemptAt), StoredInstant.At(EndedAt), LastError, Proof, JsonSerializer.Deserialize(Episodes, StoreJson.Default.ImmutableArrayString));
    }
}
