using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteLedger(SqliteStatements sql) : ILedger
{
    private const string Columns = "sequence, at, kind, subject, content, previous_hash, hash";

    public async Task AppendAsync(IReadOnlyCollection<(string Kind, string Subject, string Content)> entries, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (entries.Count == 0) return;
        // Read each time: the session holds the write lock, and another command of its transaction may have appended.
        (long sequence, string previous) = await HeadAsync(cancellationToken);
        using (SqliteBatch insert = sql.Prepare($"INSERT INTO ledger ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)", 7))
        {
            foreach ((string kind, string subject, string content) in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sequence++;
                string hash = LedgerChain.Hash(previous, sequence, at, kind, subject, content);
                insert.Run(sequence, StoredInstant.Of(at), kind, subject, content, previous, hash);
                previous = hash;
            }
        }

        await sql.ExecuteAsync(
            "INSERT INTO ledger_head (id, entries, hash) VALUES (1, @sequence, @previous) ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, hash = excluded.hash",
            new { sequence, previous }, cancellationToken);
    }

    public async Task<LedgerVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        (long entries, string hash) = await HeadAsync(cancellationToken);
        return await LedgerChain.VerifyAsync(StreamAsync(0, -1, cancellationToken), entries, hash, cancellationToken);
    }

    public async Task<IReadOnlyList<LedgerEntry>> ReadAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        await foreach (LedgerEntry entry in StreamAsync(afterSequence, limit, cancellationToken)) entries.Add(entry);
        return entries;
    }

    private async Task<(long Entries, string Hash)> HeadAsync(CancellationToken cancellationToken)
    {
        Head? head = await sql.FirstAsync<Head>("SELECT entries AS Entries, hash AS Hash FROM ledger_head", null, cancellationToken);
        return head is null ? (0, LedgerChain.Root) : (head.Entries, head.Hash);
    }

    private async IAsyncEnumerable<LedgerEntry> StreamAsync(long after, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command($"SELECT {Columns} FROM ledger WHERE sequence > @after ORDER BY sequence LIMIT @limit", ("@after", after), ("@limit", limit));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new LedgerEntry(
                reader.GetInt64(0), StoredInstant.At(reader.GetInt64(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6));
        }
    }

    private sealed class Head
    {
        public long Entries { get; set; }

        public string Hash { get; set; } = "";
    }
}
