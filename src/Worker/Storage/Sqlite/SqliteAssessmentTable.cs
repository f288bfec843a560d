using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Evaluation;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteAssessmentTable(SqliteStatements sql, SqliteLedger ledger) : IAssessmentTable
{
    public async Task<IReadOnlyList<SupplierId>> DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<string>(
            """
            SELECT supplier FROM (
              SELECT supplier FROM (SELECT supplier FROM evaluation WHERE touched = 1 ORDER BY supplier LIMIT @limit)
              UNION
              SELECT supplier FROM (SELECT supplier FROM evaluation WHERE next_due_at <= @at ORDER BY next_due_at LIMIT @limit))
            ORDER BY supplier LIMIT @limit
            """, new { at = StoredInstant.Of(at), limit }, cancellationToken)).ConvertAll(id => new SupplierId(id));

    public Task<string?> RuleSetInForceAsync(CancellationToken cancellationToken) =>
        sql.FirstAsync<string>("SELECT identity FROM rule_set ORDER BY id DESC LIMIT 1", null, cancellationToken);

    public async Task AdoptRuleSetAsync(string identity, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync("INSERT INTO rule_set (adopted_at, identity) VALUES (@at, @identity)", new { at = StoredInstant.Of(at), identity }, cancellationToken);
        await sql.ExecuteAsync("UPDATE evaluation SET touched = 1 WHERE supplier IN (SELECT supplier FROM supplier_version WHERE valid_to IS NULL)", null, cancellationToken);
        await ledger.AppendAsync([("rules", identity, CanonicalJson.Object(("change", "adopted")))], at, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<SupplierId, SupplierState>> StatesAsync(IReadOnlyCollection<SupplierId> suppliers, CancellationToken cancellationToken)
    {
        var states = new Dictionary<SupplierId, SupplierState>(suppliers.Count);
        foreach (SupplierId supplier in suppliers) states[supplier] = SupplierState.Initial;
        using SqliteCommand command = sql.Command(
            "SELECT supplier, state FROM evaluation WHERE supplier IN (SELECT value FROM json_each(@ids)) AND state IS NOT NULL", ("@ids", SqliteStatements.Array(suppliers)));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            states[new SupplierId(reader.GetString(0))] = JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(1), StoreJson.Default.SupplierState)!;

        // They are kept beside the state: people change them between two evaluations.
        foreach (byte[] content in await sql.QueryAsync<byte[]>(
            "SELECT content FROM acceptance WHERE ended_at IS NULL AND supplier IN (SELECT value FROM json_each(@ids)) ORDER BY id", new { ids = SqliteStatements.Array(suppliers) }, cancellationToken))
        {
            Acceptance acceptance = SqliteWorkflowTable.ReadAcceptance(content);
            SupplierId supplier = acceptance.Alert.Supplier!.Value;
            states[supplier] = states[supplier] with { Acceptances = states[supplier].Acceptances.Add(acceptance) };
        }

        return states;
    }

    public Task TouchAsync(SupplierId supplier, CancellationToken cancellationToken) =>
        sql.ExecuteAsync("UPDATE evaluation SET touched = 1 WHERE supplier = @supplier", new { supplier = supplier.Value }, cancellationToken);

    public async Task ForgetPointsAsync(SupplierId supplier, string key, CancellationToken cancellationToken)
    {
        SupplierState state = (await StatesAsync([supplier], cancellationToken))[supplier];
        if (!state.Rules.Any(r => r.Key == key)) return;
        SupplierState after = state with { Acceptances = [], Rules = [.. state.Rules.Select(r => r.Key == key ? r with { LastPoints = 0 } : r)] };
        await sql.ExecuteAsync(
            "UPDATE evaluation SET touched = 1, state = @content WHERE supplier = @supplier",
            new { supplier = supplier.Value, content = JsonSerializer.SerializeToUtf8Bytes(after, StoreJson.Default.SupplierState) }, cancellationToken);
    }

    public async Task<int> SaveAsync(IReadOnlyCollection<EvaluationResult> results, CancellationToken cancellationToken)
    {
        Dictionary<SupplierId, Latest> latest = await LatestAsync(results, cancellationToken);
        // The ledger's instant is the evaluation's own; results of one call usually share it.
        var entries = new List<(DateTimeOffset At, (string Kind, string Subject, string Content) Entry)>();
        using (SqliteBatch insert = sql.Prepare(
            """
            INSERT INTO assessment (supplier, as_of, next_due_at, score, band, content_hash, content) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (supplier, as_of) DO UPDATE SET next_due_at = excluded.next_due_at, score = excluded.score, band = excluded.band,
              content_hash = excluded.content_hash, content = excluded.content
            """, 7))
        using (SqliteBatch remember = sql.Prepare(
            """
            INSERT INTO evaluation (supplier, touched, next_due_at, state, latest_as_of, latest_hash) VALUES ($1, 0, $2, $3, $4, $5)
            ON CONFLICT (supplier) DO UPDATE SET touched = 0, next_due_at = excluded.next_due_at, state = excluded.state,
              latest_as_of = excluded.latest_as_of, latest_hash = excluded.latest_hash
            """, 5))
        {
            foreach (EvaluationResult result in results)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Assessment assessment = result.Assessment;
                Assessment said = assessment with { AsOf = default, NextDueAt = null };
                // Other rules that say the same are no news either: an edited rule would store every supplier anew.
                var made = new Latest(StoredInstant.Of(assessment.AsOf), SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(said with { RuleSetHash = "" }, StoreJson.Default.Assessment)));
                Latest? before = latest.GetValueOrDefault(assessment.Supplier);
                long? nextDue = StoredInstant.Of(assessment.NextDueAt);
                if (before is null || !before.Hash.AsSpan().SequenceEqual(made.Hash))
                {
                    byte[] content = JsonSerializer.SerializeToUtf8Bytes(said, StoreJson.Default.Assessment);
                    insert.Run(
                        assessment.Supplier.Value, made.AsOf, nextDue, assessment.Score.ToString(CultureInfo.InvariantCulture), assessment.Band.ToString(), made.Hash, content);
                    entries.Add((assessment.AsOf, ("assessment", assessment.Supplier.Value, CanonicalJson.Object(
                        ("asOf", assessment.AsOf), ("band", assessment.Band.ToString()), ("score", assessment.Score), ("ruleSet", assessment.RuleSetHash),
                        ("contentSha256", LedgerChain.HashOf(content))))));
                    // A replay of an older instant adds to history, and leaves the latest one the latest.
                    if (before is null || made.AsOf >= before.AsOf) latest[assessment.Supplier] = before = made;
                }

                remember.Run(
                    assessment.Supplier.Value, nextDue, JsonSerializer.SerializeToUtf8Bytes(result.State with { Acceptances = [] }, StoreJson.Default.SupplierState), before.AsOf, before.Hash);
            }
        }

        foreach (var group in entries.GroupBy(e => e.At)) await ledger.AppendAsync([.. group.Select(e => e.Entry)], group.Key, cancellationToken);
        return entries.Count;
    }

    public async Task<Assessment?> FindAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        (await ReadAsync(
            sql.Command(
                "SELECT as_of, next_due_at, content FROM assessment WHERE supplier = @supplier AND as_of <= @at ORDER BY as_of DESC LIMIT 1",
                ("@supplier", supplier.Value), ("@at", asOf is { } at ? StoredInstant.Of(at) : long.MaxValue)),
            cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<Assessment>> LatestAsync(CancellationToken cancellationToken) => await ReadAsync(
        sql.Command(
            """
            SELECT a.as_of, a.next_due_at, a.content FROM supplier_version v
              JOIN evaluation e ON e.supplier = v.supplier JOIN assessment a ON a.supplier = e.supplier AND a.as_of = e.latest_as_of
            WHERE v.valid_to IS NULL ORDER BY v.supplier
            """), cancellationToken);

    public async Task<IReadOnlyList<Standing>> StandingsAsync(CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            """
            SELECT a.supplier, a.as_of, a.score, a.band, CAST(json_extract(CAST(a.content AS TEXT), '$.Coverage') AS TEXT) FROM supplier_version v
              JOIN evaluation e ON e.supplier = v.supplier JOIN assessment a ON a.supplier = e.supplier AND a.as_of = e.latest_as_of
            WHERE v.valid_to IS NULL ORDER BY v.supplier
            """);
        var found = new List<Standing>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new Standing(
                new SupplierId(reader.GetString(0)), StoredInstant.At(reader.GetInt64(1)), decimal.Parse(reader.GetString(2), CultureInfo.InvariantCulture),
                Enum.Parse<Band>(reader.GetString(3)), decimal.Parse(reader.GetString(4), CultureInfo.InvariantCulture)));
        }

        return found;
    }

    public async Task<IReadOnlyList<(DateTimeOffset At, decimal Score, Band Band)>> HistoryAsync(SupplierId supplier, DateTimeOffset since, CancellationToken cancellationToken)
    {
        using SqliteCommand command = sql.Command(
            "SELECT as_of, score, band FROM assessment WHERE supplier = @supplier AND as_of >= @since ORDER BY as_of", ("@supplier", supplier.Value), ("@since", StoredInstant.Of(since)));
        var history = new List<(DateTimeOffset At, decimal Score, Band Band)>();
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            history.Add((StoredInstant.At(reader.GetInt64(0)), decimal.Parse(reader.GetString(1), CultureInfo.InvariantCulture), Enum.Parse<Band>(reader.GetString(2))));
        return history;
    }

    private static async Task<List<Assessment>> ReadAsync(SqliteCommand command, CancellationToken cancellationToken)
    {
        var found = new List<Assessment>();
        using (command)
        {
            await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                Assessment content = JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(2), StoreJson.Default.Assessment)!;
                found.Add(content with { AsOf = StoredInstant.At(reader.GetInt64(0)), NextDueAt = reader.IsDBNull(1) ? null : StoredInstant.At(reader.GetInt64(1)) });
            }
        }

        return found;
    }

    private async Task<Dictionary<SupplierId, Latest>> LatestAsync(IReadOnlyCollection<EvaluationResult> results, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<SupplierId, Latest>(results.Count);
        using SqliteCommand command = sql.Command(
            "SELECT supplier, latest_as_of, latest_hash FROM evaluation WHERE supplier IN (SELECT value FROM json_each(@ids)) AND latest_hash IS NOT NULL",
            ("@ids", SqliteStatements.Array(results.Select(r => r.Assessment.Supplier))));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) latest[new SupplierId(reader.GetString(0))] = new Latest(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
        return latest;
    }

    private sealed record Latest(long AsOf, byte[] Hash);
}
