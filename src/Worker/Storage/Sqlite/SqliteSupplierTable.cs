using System.Buffers;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteSupplierTable(SqliteStatements sql, SqliteLedger ledger) : ISupplierTable
{
    private const string Columns = "content, valid_from, valid_to, identity_since";

    /// <summary>Ledger entries appended together: a first import has one for each supplier.</summary>
    private const int EntriesPerAppend = 1_000;

    public async Task<IReadOnlyList<StoredSupplier>> ListAsync(DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        using SqliteCommand command = asOf is { } at
            ? sql.Command($"SELECT {Columns} FROM supplier_version WHERE valid_from <= @at AND (valid_to IS NULL OR valid_to > @at) ORDER BY supplier", ("@at", StoredInstant.Of(at)))
            : sql.Command($"SELECT {Columns} FROM supplier_version WHERE valid_to IS NULL ORDER BY supplier");
        // The end of a version that was in force at the instant lies after it: at that instant the supplier was not retired.
        return await ReadAsync(command, new SupplierReader().Read, static _ => null, cancellationToken);
    }

    public async Task<StoredSupplier?> FindAsync(SupplierId id, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            $"SELECT {Columns} FROM supplier_version WHERE supplier = @id AND valid_from <= @at ORDER BY valid_from DESC LIMIT 1",
            ("@id", id.Value), ("@at", asOf is { } at ? StoredInstant.Of(at) : long.MaxValue));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Stored(reader, Read(reader.GetFieldValue<byte[]>(0)), retired => retired > asOf ? null : retired) : null;
    }

    public async Task<IReadOnlyList<StoredSupplier>> FindManyAsync(IReadOnlyCollection<SupplierId> ids, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            $"""
            SELECT {Columns} FROM supplier_version AS version
            WHERE supplier IN (SELECT value FROM json_each(@ids))
              AND valid_from = (SELECT max(valid_from) FROM supplier_version WHERE supplier = version.supplier)
            ORDER BY supplier
            """, ("@ids", SqliteStatements.Array(ids)));
        return await ReadAsync(command, Read, static retired => retired, cancellationToken);
    }

    public async Task<SupplierComparison> CompareAsync(IReadOnlyCollection<Supplier> portfolio, CancellationToken cancellationToken)
    {
        var rest = new Dictionary<string, Supplier>(portfolio.Count, StringComparer.Ordinal);
        foreach (Supplier supplier in portfolio) rest.Add(supplier.Id.Value, supplier);
        var changed = new List<(Supplier Before, Supplier After)>();
        var retired = new List<SupplierId>();
        int inForce = 0;
        var text = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(text);
        using SqliteCommand command = sql.Command("SELECT supplier, content FROM supplier_version WHERE valid_to IS NULL");
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            inForce++;
            string id = reader.GetString(0);
            if (!rest.Remove(id, out Supplier? supplier))
            {
                retired.Add(new SupplierId(id));
                continue;
            }

            byte[] content = reader.GetFieldValue<byte[]>(1);
            if (Written(supplier).SequenceEqual(content)) continue;
            // What an older version of this program wrote may differ in form only.
            Supplier before = Read(content);
            if (!Written(before).SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(supplier, StoreJson.Default.Supplier))) changed.Add((before, supplier));
        }

        return new SupplierComparison([.. rest.Values.OrderBy(s => s.Id)], [.. changed.OrderBy(c => c.After.Id)], [.. retired.Order()], inForce);

        ReadOnlySpan<byte> Written(Supplier supplier)
        {
            text.ResetWrittenCount();
            writer.Reset();
            JsonSerializer.Serialize(writer, supplier, StoreJson.Default.Supplier);
            return text.WrittenSpan;
        }
    }

    public async Task<PortfolioStamp> StampAsync(CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            "SELECT count(*), coalesce(max(rowid), 0) FROM supplier_version WHERE valid_to IS NULL");
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        // What is added or changed is a row with a new, higher number; what is retired is one row less.
        return new PortfolioStamp(reader.GetInt32(0), reader.GetInt64(1));
    }

    public async Task<IReadOnlyList<SupplierId>> ChangedSinceAsync(long version, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<string>("SELECT supplier FROM supplier_version WHERE rowid > @version AND valid_to IS NULL ORDER BY supplier", new { version }, cancellationToken)).ConvertAll(id => new SupplierId(id));

    public async Task ApplyAsync(SupplierChanges changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (changes.IsEmpty) return;
        long now = StoredInstant.Of(at);
        var entries = new List<(string Kind, string Subject, string Content)>();
        using (SqliteBatch close = sql.Prepare("UPDATE supplier_version SET valid_to = max($2, valid_from) WHERE supplier = $1 AND valid_to IS NULL", 2))
        using (SqliteBatch insert = sql.Prepare(
            // Should the clock have gone back, the new version begins with the one it replaces: history never overlaps.
            """
            INSERT OR REPLACE INTO supplier_version (supplier, valid_from, content, identity_since)
            SELECT $1, at, $3, coalesce($4, at) FROM (SELECT max($2, coalesce((SELECT max(valid_from) FROM supplier_version WHERE supplier = $1), $2)) AS at)
            """, 4))
        using (SqliteBatch touch = sql.Prepare("INSERT INTO evaluation (supplier, touched) VALUES ($1, 1) ON CONFLICT (supplier) DO UPDATE SET touched = 1", 1))
        using (SqliteBatch rest = sql.Prepare("UPDATE evaluation SET next_due_at = NULL WHERE supplier = $1", 1))
        using (SqliteCommand inForce = sql.Command("SELECT content, identity_since FROM supplier_version WHERE supplier = @id AND valid_to IS NULL", ("@id", "")))
        {
            foreach ((Supplier supplier, string change) in changes.Added.Select(s => (s, "added")).Concat(changes.Changed.Select(s => (s, "changed"))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] content = JsonSerializer.SerializeToUtf8Bytes(supplier, StoreJson.Default.Supplier);
                long? since = IdentitySince(inForce, supplier);
                close.Run(supplier.Id.Value, now);
                insert.Run(supplier.Id.Value, now, content, since);
                touch.Run(supplier.Id.Value);
                await AddAsync(supplier.Id, CanonicalJson.Object(("change", change), ("contentSha256", LedgerChain.HashOf(content))));
            }

            foreach (SupplierId id in changes.Retired)
            {
                close.Run(id.Value, now);
                touch.Run(id.Value);
                rest.Run(id.Value);
                await AddAsync(id, CanonicalJson.Object(("change", "retired")));
            }
        }

        await ledger.AppendAsync(entries, at, cancellationToken);

        async ValueTask AddAsync(SupplierId id, string content)
        {
            entries.Add(("portfolio", id.Value, content));
            if (entries.Count < EntriesPerAppend) return;
            await ledger.AppendAsync(entries, at, cancellationToken);
            entries.Clear();
        }
    }

    public async Task<IReadOnlyList<string>> AttributeNamesAsync(CancellationToken cancellationToken) =>
        await sql.QueryAsync<string>(
            """
            SELECT DISTINCT attribute.key FROM supplier_version, json_each(CAST(content AS TEXT), '$.Attributes') AS attribute
            WHERE valid_to IS NULL ORDER BY attribute.key
            """, null, cancellationToken);

    private static async Task<List<StoredSupplier>> ReadAsync(
        SqliteCommand command, Func<byte[], Supplier> read, Func<DateTimeOffset?, DateTimeOffset?> retirement, CancellationToken cancellationToken)
    {
        var found = new List<StoredSupplier>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add(Stored(reader, read(reader.GetFieldValue<byte[]>(0)), retirement));
        return found;
    }

    private static StoredSupplier Stored(SqliteDataReader row, Supplier supplier, Func<DateTimeOffset?, DateTimeOffset?> retirement) =>
        new(supplier, StoredInstant.At(row.GetInt64(1)), retirement(row.IsDBNull(2) ? null : StoredInstant.At(row.GetInt64(2))), StoredInstant.At(row.GetInt64(3)));

    private static Supplier Read(byte[] content) => JsonSerializer.Deserialize(content, StoreJson.Default.Supplier)!;

    /// <summary>The instant from which the version in force has what lists are matched on, if the new one has the same; else null.</summary>
    private static long? IdentitySince(SqliteCommand inForce, Supplier next)
    {
        inForce.Parameters[0].Value = next.Id.Value;
        using SqliteDataReader reader = inForce.ExecuteReader();
        if (!reader.Read()) return null;
        Supplier before = Read(reader.GetFieldValue<byte[]>(0));
        bool isSame = before.Name == next.Name && before.Country == next.Country && before.Aliases.SequenceEqual(next.Aliases) && before.Products.SequenceEqual(next.Products)
            && before.Identifiers.SequenceEqual(next.Identifiers);
        return isSame ? reader.GetInt64(1) : null;
    }
}
