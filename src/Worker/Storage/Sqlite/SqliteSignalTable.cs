using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteSignalTable(SqliteStatements sql, SqliteLedger ledger) : ISignalTable
{
    /// <summary>Whose signals are compared together: a list of half a million is not held twice.</summary>
    private const int SuppliersAtOnce = 1_000;

    /// <summary>The columns of a signal's content, in the order in which <see cref="SignalRow"/> reads them.</summary>
    public const string Content =
        "occurred_at, content_hash, number, whole, text, type, stage, story, due_at, url, excerpt, document, fetched_at, snapshot";

    public async Task<SignalChanges> RecordAsync(
        SourceId source, IReadOnlyList<Signal> signals, IReadOnlyCollection<SupplierId>? completeFor, DateTimeOffset observedAt, CancellationToken cancellationToken)
    {
        if (signals.FirstOrDefault(s => s.Source != source) is { } stranger) throw new ArgumentException($"A signal of source '{stranger.Source}' was recorded as one of '{source}'.", nameof(signals));
        ILookup<string, Signal> bySupplier = signals.ToLookup(s => s.Supplier.Value);
        HashSet<string>? complete = completeFor is null or { Count: 0 } ? null : [.. completeFor.Select(id => id.Value)];
        bool everyone = completeFor is { Count: 0 };
        HashSet<string> concerned = [.. bySupplier.Select(g => g.Key), .. complete ?? [], .. everyone ? await WithSignalsAsync(source, cancellationToken) : []];
        long now = StoredInstant.Of(observedAt);
        int added = 0, revised = 0, withdrawn = 0;
        var touched = new HashSet<SupplierId>();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (SqliteBatch supersede = Supersede())
        using (SqliteBatch insert = sql.Prepare(
            $"INSERT OR REPLACE INTO signal (supplier, source, kind, name, key, observed_at, withdrawn, {Content}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)", 21))
        {
            foreach (string[] some in concerned.Order(StringComparer.Ordinal).Chunk(SuppliersAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Dictionary<NaturalKey, Signal> latest = LatestOf(some.SelectMany(supplier => bySupplier[supplier]));
                Dictionary<NaturalKey, Revision> inForce = await InForceAsync(source, some, everyone ? null : complete ?? [], cancellationToken);
                foreach ((NaturalKey key, Signal signal) in latest)
                {
                    byte[] hash = SignalContent.Hash(signal);
                    bool known = inForce.TryGetValue(key, out Revision current);
                    if (known ? current.Hash.AsSpan().SequenceEqual(hash) && current.Withdrawn == signal.Withdrawn : signal.Withdrawn) continue;
                    // Never known before what it replaces, even if the clock went back.
                    long at = known ? Math.Max(now, current.ObservedAt) : now;
                    if (known) supersede.Run(key.Supplier, source.Value, key.Kind, key.Name, key.Key, at);
                    SignalRow.Insert(insert, key, source, signal, at, hash);
                    if (signal.Withdrawn) withdrawn++;
                    else if (!known || current.Withdrawn) added++;
                    else revised++;
                    touched.Add(signal.Supplier);
                    digest.AppendData(hash);
                }

                if (completeFor is not null) withdrawn += Withdraw(source, latest, inForce, now, touched, digest);
            }
        }

        ImmutableArray<SupplierId> suppliers = [.. touched.Order()];
        if (suppliers.IsEmpty) return new SignalChanges(0, 0, 0, []);
        await sql.ExecuteAsync(
            """
            UPDATE evaluation SET touched = 1 WHERE supplier IN (SELECT value FROM json_each(@ids))
              AND EXISTS (SELECT 1 FROM supplier_version v WHERE v.supplier = evaluation.supplier AND v.valid_to IS NULL)
            """, new { ids = SqliteStatements.Array(suppliers) }, cancellationToken);
        await ledger.AppendAsync(
            [("signals", source.Value, CanonicalJson.Object(
                ("added", added), ("revised", revised), ("withdrawn", withdrawn), ("suppliers", suppliers.Length), ("contentSha256", Convert.ToHexStringLower(digest.GetHashAndReset()))))],
            observedAt, cancellationToken);
        return new SignalChanges(added, revised, withdrawn, suppliers);
    }

    public async Task<ILookup<SupplierId, Signal>> LoadAsync(IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        string when = asOf is null ? "superseded_at IS NULL" : "observed_at <= @at AND (superseded_at IS NULL OR superseded_at > @at)";
        using SqliteCommand command = sql.Command(
            $"SELECT supplier, source, kind, name, key, observed_at, {Content} FROM signal WHERE supplier IN (SELECT value FROM json_each(@ids)) AND withdrawn = 0 AND {when} ORDER BY supplier, source, kind, name, key",
            ("@ids", SqliteStatements.Array(suppliers)), ("@at", StoredInstant.Of(asOf)));
        var rows = new SignalRow();
        var found = new List<Signal>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add(rows.Read(reader));
        return found.ToLookup(s => s.Supplier);
    }

    public async Task<IReadOnlyList<EventSignal>> EventsAsync(string feed, IReadOnlyCollection<SourceId> sources, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        string when = asOf is null ? "superseded_at IS NULL" : "observed_at <= @at AND (superseded_at IS NULL OR superseded_at > @at)";
        using SqliteCommand command = sql.Command(
            $"""
            SELECT supplier, source, kind, name, key, observed_at, {Content} FROM signal
            WHERE source IN (SELECT value FROM json_each(@sources)) AND kind = @kind AND name = @feed AND withdrawn = 0 AND {when}
              AND EXISTS (SELECT 1 FROM supplier_version v WHERE v.supplier = signal.supplier AND v.valid_to IS NULL) ORDER BY supplier, source, key
            """,
            ("@sources", SqliteStatements.Array(sources.Select(s => s.Value))), ("@kind", (int)SignalKind.Event), ("@feed", feed), ("@at", StoredInstant.Of(asOf)));
        var rows = new SignalRow();
        var found = new List<EventSignal>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add((EventSignal)rows.Read(reader));
        return found;
    }

    private SqliteBatch Supersede() => sql.Prepare(
        "UPDATE signal SET superseded_at = $6 WHERE supplier = $1 AND source = $2 AND kind = $3 AND name = $4 AND key = $5 AND superseded_at IS NULL AND observed_at < $6", 6);

    /// <summary>One signal for each natural key: the last one said wins.</summary>
    private static Dictionary<NaturalKey, Signal> LatestOf(IEnumerable<Signal> signals)
    {
        var latest = new Dictionary<NaturalKey, Signal>();
        foreach (Signal signal in signals) latest[new NaturalKey(signal.Supplier.Value, (int)SignalContent.KindOf(signal), signal.Name, signal.Key)] = signal;
        return latest;
    }

    /// <summary>Suppliers of whom the source says something now.</summary>
    private Task<List<string>> WithSignalsAsync(SourceId source, CancellationToken cancellationToken) => sql.QueryAsync<string>(
        "SELECT DISTINCT supplier FROM signal WHERE source = @source AND superseded_at IS NULL AND withdrawn = 0", new { source = source.Value }, cancellationToken);

    /// <summary>The source's latest revisions of some suppliers.</summary>
    /// <param name="complete">Suppliers of whom all was said; null: all of them.</param>
    private async Task<Dictionary<NaturalKey, Revision>> InForceAsync(SourceId source, string[] suppliers, HashSet<string>? complete, CancellationToken cancellationToken)
    {
        var found = new Dictionary<NaturalKey, Revision>();
        using SqliteCommand command = sql.Command(
            """
            SELECT supplier, kind, name, key, observed_at, withdrawn, content_hash FROM signal
            WHERE supplier IN (SELECT value FROM json_each(@ids)) AND source = @source AND superseded_at IS NULL
            """, ("@ids", SqliteStatements.Array(suppliers)), ("@source", source.Value));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string supplier = reader.GetString(0);
            found[new NaturalKey(supplier, reader.GetInt32(1), reader.GetString(2), reader.GetString(3))] =
                new Revision(reader.GetInt64(4), reader.GetBoolean(5), reader.GetFieldValue<byte[]>(6), complete?.Contains(supplier) ?? true);
        }

        return found;
    }

    /// <summary>Takes back what the complete answer no longer says: a copy of the last revision, marked withdrawn.</summary>
    private int Withdraw(
        SourceId source, Dictionary<NaturalKey, Signal> latest, Dictionary<NaturalKey, Revision> inForce, long now, HashSet<SupplierId> touched,
        IncrementalHash digest)
    {
        int withdrawn = 0;
        using SqliteBatch supersede = Supersede();
        using SqliteBatch insert = sql.Prepare(
            $"""
            INSERT OR REPLACE INTO signal (supplier, source, kind, name, key, observed_at, withdrawn, {Content})
            SELECT supplier, source, kind, name, key, $6, 1, {Content} FROM signal
            WHERE supplier = $1 AND source = $2 AND kind = $3 AND name = $4 AND key = $5 AND observed_at = $7
            """, 7);
        foreach ((NaturalKey key, Revision current) in inForce)
        {
            if (!current.IsComplete || current.Withdrawn || latest.ContainsKey(key)) continue;
            long at = Math.Max(now, current.ObservedAt);
            supersede.Run(key.Supplier, source.Value, key.Kind, key.Name, key.Key, at);
            insert.Run(key.Supplier, source.Value, key.Kind, key.Name, key.Key, at, current.ObservedAt);
            touched.Add(new SupplierId(key.Supplier));
            digest.AppendData(current.Hash);
            withdrawn++;
        }

        return withdrawn;
    }

    internal readonly record struct NaturalKey(string Supplier, int Kind, string Name, string Key);

    private readonly record struct Revision(long ObservedAt, bool Withdrawn, byte[] Hash, bool IsComplete);
}
