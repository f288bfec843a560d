using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteIdentityTable(SqliteStatements sql, SqliteLedger ledger) : IIdentityTable
{
    public async Task<IReadOnlyList<RegisterAnswer>> AnswersAsync(SourceId source, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command("SELECT supplier, question, asked_at, entities FROM register_answer WHERE source = @source ORDER BY supplier", ("@source", source.Value));
        var found = new List<RegisterAnswer>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new RegisterAnswer(
                source, new SupplierId(reader.GetString(0)), reader.GetString(1), StoredInstant.At(reader.GetInt64(2)),
                JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(3), StoreJson.Default.ImmutableArrayRegisteredEntity)));
        }

        return found;
    }

    public Task SaveAnswerAsync(RegisterAnswer answer, CancellationToken cancellationToken) => sql.ExecuteAsync(
        """
        INSERT INTO register_answer (source, supplier, question, asked_at, entities) VALUES (@source, @supplier, @question, @askedAt, @entities)
        ON CONFLICT (source, supplier) DO UPDATE SET question = excluded.question, asked_at = excluded.asked_at, entities = excluded.entities
        """,
        new
        {
            source = answer.Source.Value, supplier = answer.Supplier.Value, question = answer.Question, askedAt = StoredInstant.Of(answer.AskedAt),
            entities = JsonSerializer.SerializeToUtf8Bytes(answer.Entities, StoreJson.Default.ImmutableArrayRegisteredEntity),
        },
        cancellationToken);

    public async Task<IReadOnlyList<IdentityDecision>> DecisionsAsync(CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command("SELECT supplier, scheme, value, accepted, decided_by, note, source, name, decided_at FROM identity_decision ORDER BY supplier, scheme, value");
        var found = new List<IdentityDecision>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new IdentityDecision(
                new SupplierId(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4), reader.GetString(5), new SourceId(reader.GetString(6)), reader.GetString(7),
                StoredInstant.At(reader.GetInt64(8))));
        }

        return found;
    }

    public async Task DecideAsync(IReadOnlyCollection<IdentityDecision> decisions, CancellationToken cancellationToken)
    {
        var known = (await DecisionsAsync(cancellationToken)).ToDictionary(Key);
        using SqliteBatch yield = sql.Prepare("DELETE FROM identity_decision WHERE supplier = $1 AND scheme = $2 AND value <> $3 AND accepted = 1", 3);
        using SqliteBatch save = sql.Prepare(
            "INSERT OR REPLACE INTO identity_decision (supplier, scheme, value, accepted, decided_by, note, source, name, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9);
        foreach (IdentityDecision decision in decisions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (known.TryGetValue(Key(decision), out IdentityDecision? before) && before with { At = decision.At } == decision) continue;
            if (decision.Accepted) yield.Run(decision.Supplier.Value, decision.Scheme, decision.Value);
            save.Run(
                decision.Supplier.Value, decision.Scheme, decision.Value, decision.Accepted, decision.By, decision.Note, decision.Source.Value, decision.Name, StoredInstant.Of(decision.At));
            string content = CanonicalJson.Object(
                ("decision", decision.Accepted ? "accept" : "reject"), ("scheme", decision.Scheme), ("value", decision.Value), ("by", decision.By), ("note", decision.Note),
                ("source", decision.Source.Value), ("name", decision.Name));
            await ledger.AppendAsync([("identity", decision.Supplier.Value, content)], decision.At, cancellationToken);
        }
    }

    private static (SupplierId, string, string) Key(IdentityDecision decision) => (decision.Supplier, decision.Scheme, decision.Value);
}
