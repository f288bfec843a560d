using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteSupplierTable(SqliteStatements sql, SqliteLedger ledger) : ISupplierTable
{
    public async Task<IReadOnlyList<StoredSupplier>> ListAsync(DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        using SqliteCommand command = asOf is { } at
            ? sql.Command(
                "SELECT content, valid_from FROM supplier_version WHERE valid_from <= @at AND (valid_to IS NULL OR valid_to > @at) ORDER BY supplier", ("@at", StoredInstant.Of(at)))
            : sql.Command("SELECT content, valid_from FROM supplier_version WHERE valid_to IS NULL ORDER BY supplier");
        var found = new List<StoredSupplier>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // The end of a version that was in force at the instant lies after it: at that instant the supplier was not retired.
            found.Add(new StoredSupplier(Read(reader.GetFieldValue<byte[]>(0)), StoredInstant.At(reader.GetInt64(1)), null));
        }

        return found;
    }

    public async Task<StoredSupplier?> FindAsync(SupplierId id, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        Row? row = await sql.FirstAsync<Row>(
            "SELECT content AS Content, valid_from AS ValidFrom, valid_to AS ValidTo FROM supplier_version WHERE supplier = @id AND valid_from <= @at ORDER BY valid_from DESC LIMIT 1",
            new { id = id.Value, at = asOf is { } at ? StoredInstant.Of(at) : long.MaxValue }, cancellationToken);
        if (row is null) return null;
        DateTimeOffset? retired = StoredInstant.At(row.ValidTo);
        return new StoredSupplier(Read(row.Content), StoredInstant.At(row.ValidFrom), retired > asOf ? null : retired);
    }

    public async Task ApplyAsync(SupplierChanges changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (changes.IsEmpty) return;
        long now = StoredInstant.Of(at);
        var entries = new List<(string Kind, string Subject, string Content)>();
        using (SqliteBatch close = sql.Prepare("UPDATE supplier_version SET valid_to = max($2, valid_from) WHERE supplier = $1 AND valid_to IS NULL", 2))
        using (SqliteBatch insert = sql.Prepare(
            // Should the clock have gone back, the new version begins with the one it replaces: history never overlaps.
            """
            INSERT INTO supplier_version (supplier, valid_from, content)
            VALUES ($1, max($2, coalesce((SELECT max(valid_from) FROM supplier_version WHERE supplier = $1), $2)), $3)
            ON CONFLICT (supplier, valid_from) DO UPDATE SET content = excluded.content, valid_to = NULL
            """, 3))
        using (SqliteBatch touch = sql.Prepare("INSERT INTO evaluation (supplier, touched) VALUES ($1, 1) ON CONFLICT (supplier) DO UPDATE SET touched = 1", 1))
        using (SqliteBatch rest = sql.Prepare("UPDATE evaluation SET next_due_at = NULL WHERE supplier = $1", 1))
        {
            foreach ((Supplier supplier, string change) in changes.Added.Select(s => (s, "added")).Concat(changes.Changed.Select(s => (s, "changed"))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] content = JsonSerializer.SerializeToUtf8Bytes(supplier, StoreJson.Default.Supplier);
                close.Run(supplier.Id.Value, now);
                insert.Run(supplier.Id.Value, now, content);
                touch.Run(supplier.Id.Value);
                entries.Add(("portfolio", supplier.Id.Value, CanonicalJson.Object(("change", change), ("contentSha256", LedgerChain.HashOf(content)))));
            }

            foreach (SupplierId id in changes.Retired)
            {
                close.Run(id.Value, now);
                touch.Run(id.Value);
                rest.Run(id.Value);
                entries.Add(("portfolio", id.Value, CanonicalJson.Object(("change", "retired"))));
            }
        }

        await ledger.AppendAsync(entries, at, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> AttributeNamesAsync(CancellationToken cancellationToken) =>
        await sql.QueryAsync<string>(
            """
            SELECT DISTINCT attribute.key FROM supplier_version, json_each(CAST(content AS TEXT), '$.Attributes') AS attribute
            WHERE valid_to IS NULL ORDER BY attribute.key
            """, null, cancellationToken);

    private static Supplier Read(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.Supplier)!;

    private sealed class Row
    {
        public byte[] Content { get; set; } = [];

        public long ValidFrom { get; set; }

        public long? ValidTo { get; set; }
    }
}
