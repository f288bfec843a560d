using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteHistoryTable(SqliteStatements sql) : IHistoryTable
{
    /// <summary>The subject of a check that was for every supplier.</summary>
    private const string Everyone = "";

    public async Task<DateTimeOffset?> StartAsync(CancellationToken cancellationToken) =>
        StoredInstant.At(await sql.FirstAsync<long?>("SELECT min(valid_from) FROM supplier_version", null, cancellationToken));

    public async Task<IReadOnlyList<SupplierId>> SuppliersAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<string>(
            "SELECT DISTINCT supplier FROM supplier_version WHERE valid_from <= @to AND (valid_to IS NULL OR valid_to > @from) ORDER BY supplier",
            new { from = StoredInstant.Of(from), to = StoredInstant.Of(to) }, cancellationToken)).ConvertAll(id => new SupplierId(id));

    public async Task<IReadOnlyList<SupplierHistory>> LoadAsync(IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Dictionary<SupplierId, List<SupplierVersion>> versions = await VersionsAsync(suppliers, from, to, cancellationToken);
        ILookup<SupplierId, Signal> signals = await SignalsAsync(suppliers, from, to, cancellationToken);
        Dictionary<string, List<SourceCheck>> checks = await ChecksAsync(suppliers.Select(id => id.Value), from, to, cancellationToken);
        return
        [
            .. versions.OrderBy(v => v.Key).Select(v => new SupplierHistory(
                v.Key, [.. v.Value], [.. signals[v.Key]], checks.TryGetValue(v.Key.Value, out List<SourceCheck>? own) ? [.. own] : [])),
        ];
    }

    public async Task<ImmutableArray<SourceCheck>> WholeChecksAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        (await ChecksAsync([Everyone], from, to, cancellationToken)).TryGetValue(Everyone, out List<SourceCheck>? checks) ? [.. checks] : [];

    private async Task<Dictionary<SupplierId, List<SupplierVersion>>> VersionsAsync(
        IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            """
            SELECT content, valid_from, valid_to, identity_since FROM supplier_version
            WHERE supplier IN (SELECT value FROM json_each(@ids)) AND valid_from <= @to AND (valid_to IS NULL OR valid_to > @from) ORDER BY supplier, valid_from
            """, ("@ids", SqliteStatements.Array(suppliers)), ("@from", StoredInstant.Of(from)), ("@to", StoredInstant.Of(to)));
        var found = new Dictionary<SupplierId, List<SupplierVersion>>(suppliers.Count);
        var contents = new SupplierReader();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Supplier supplier = contents.Read(reader.GetFieldValue<byte[]>(0));
            if (!found.TryGetValue(supplier.Id, out List<SupplierVersion>? known)) found.Add(supplier.Id, known = []);
            known.Add(new SupplierVersion(
                supplier, StoredInstant.At(reader.GetInt64(1)), reader.IsDBNull(2) ? null : StoredInstant.At(reader.GetInt64(2)), StoredInstant.At(reader.GetInt64(3))));
        }

        return found;
    }

    private async Task<ILookup<SupplierId, Signal>> SignalsAsync(IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // A withdrawal matters from the instant on at which it became known; one from before the span says nothing any more.
        using SqliteCommand command = sql.Command(
            $"""
            SELECT supplier, source, kind, name, key, observed_at, {SqliteSignalTable.Content}, withdrawn FROM signal
            WHERE supplier IN (SELECT value FROM json_each(@ids)) AND observed_at <= @to AND (superseded_at IS NULL OR superseded_at > @from) AND (withdrawn = 0 OR observed_at > @from)
            ORDER BY supplier, observed_at, source, kind, name, key
            """, ("@ids", SqliteStatements.Array(suppliers)), ("@from", StoredInstant.Of(from)), ("@to", StoredInstant.Of(to)));
        var rows = new SignalRow();
        var found = new List<Signal>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        int withdrawn = reader.GetOrdinal("withdrawn");
        while (await reader.ReadAsync(cancellationToken))
        {
            Signal signal = rows.Read(reader);
            found.Add(reader.GetBoolean(withdrawn) ? signal with { Withdrawn = true } : signal);
        }

        return found.ToLookup(s => s.Supplier);
    }

    private async Task<Dictionary<string, List<SourceCheck>>> ChecksAsync(IEnumerable<string> subjects, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            """
            SELECT subject, source, at FROM (
              SELECT ids.value AS subject, s.source AS source,
                (SELECT max(c.at) FROM source_check c WHERE c.supplier = ids.value AND c.source = s.source AND c.at <= @from) AS at
              FROM json_each(@ids) AS ids CROSS JOIN source_state s
              UNION ALL
              SELECT supplier, source, at FROM source_check WHERE supplier IN (SELECT value FROM json_each(@ids)) AND at > @from AND at <= @to)
            WHERE at IS NOT NULL ORDER BY subject, at, source
            """, ("@ids", SqliteStatements.Array(subjects)), ("@from", StoredInstant.Of(from)), ("@to", StoredInstant.Of(to)));
        var found = new Dictionary<string, List<SourceCheck>>(StringComparer.Ordinal);
        var names = new Dictionary<string, SourceId>(StringComparer.Ordinal);
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string subject = reader.GetString(0), name = reader.GetString(1);
            if (!found.TryGetValue(subject, out List<SourceCheck>? known)) found.Add(subject, known = []);
            if (!names.TryGetValue(name, out SourceId source)) names.Add(name, source = new SourceId(name));
            known.Add(new SourceCheck(source, StoredInstant.At(reader.GetInt64(2))));
        }

        return found;
    }
}
