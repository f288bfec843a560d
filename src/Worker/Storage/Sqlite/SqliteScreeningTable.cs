using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteScreeningTable(SqliteStatements sql) : IScreeningTable
{
    private const string ListColumns = "source, at, published_at, sha256, matcher, portfolio, entries";

    private const string PassColumns = "source, at, files, published_at, matcher, portfolio, suppliers, entries, hits, possible, cleared, failure";

    private const string MatchColumns = "id, supplier, source, entry, since, until, ended, result, decision, content";

    private const string DecisionColumns = "id, supplier, source, entry, verdict, decided_by, reason, decided_at, until, compared, ended_at, ended";

    public async Task<ScreenedList?> ListAsync(SourceId source, CancellationToken cancellationToken) =>
        (await ReadAsync(sql.Command($"SELECT {ListColumns} FROM screening_list WHERE source = @source", ("@source", source.Value)), List, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<ScreenedList>> ListsAsync(CancellationToken cancellationToken) =>
        await ReadAsync(sql.Command($"SELECT {ListColumns} FROM screening_list ORDER BY source"), List, cancellationToken);

    public Task SaveListAsync(ScreenedList list, CancellationToken cancellationToken) => sql.ExecuteAsync(
        $"INSERT OR REPLACE INTO screening_list ({ListColumns}) VALUES (@source, @at, @published, @Sha256, @Matcher, @Portfolio, @Entries)",
        new { source = list.Source.Value, at = StoredInstant.Of(list.At), published = StoredInstant.Of(list.PublishedAt), list.Sha256, list.Matcher, list.Portfolio, list.Entries }, cancellationToken);

    public Task AddPassAsync(ScreeningPass pass, CancellationToken cancellationToken) => sql.ExecuteAsync(
        $"""
        INSERT INTO screening_pass ({PassColumns})
        VALUES (@source, @at, @files, @published, @Matcher, @Portfolio, @Suppliers, @Entries, @Hits, @Possible, @Cleared, @Failure);
        WITH day (last) AS (SELECT max(at) FROM screening_pass WHERE source = @source AND at < @at / @day * @day),
        pass AS (
          SELECT id, at, (SELECT last FROM day) AS last,
            files IS lag(files) OVER again AND matcher IS lag(matcher) OVER again AND portfolio IS lag(portfolio) OVER again AND failure IS lag(failure) OVER again
              AND hits IS lag(hits) OVER again AND possible IS lag(possible) OVER again AND cleared IS lag(cleared) OVER again AS is_same
          FROM screening_pass WHERE source = @source AND at <= (SELECT last FROM day) AND at >= (SELECT last FROM day) / @day * @day
          WINDOW again AS (ORDER BY at, id))
        DELETE FROM screening_pass WHERE id IN (SELECT id FROM pass WHERE is_same AND at < last);
        """,
        new
        {
            source = pass.Source.Value, at = StoredInstant.Of(pass.At), files = JsonSerializer.Serialize(pass.Files, StoreJson.Default.ImmutableArrayScreenedFile), published = StoredInstant.Of(pass.PublishedAt),
            pass.Matcher, pass.Portfolio, pass.Suppliers, pass.Entries, pass.Hits, pass.Possible, pass.Cleared, pass.Failure, day = TimeSpan.TicksPerDay,
        }, cancellationToken);

    public async Task<IReadOnlyList<SupplierScreening>> OfSupplierAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        long at = asOf is { } instant ? StoredInstant.Of(instant) : long.MaxValue;
        // The first row of the version in force that has the same in what lists are matched on: a pass that saw it saw the supplier as it was.
        long seen = await sql.FirstAsync<long?>(
            """
            SELECT min(same.rowid) FROM supplier_version AS now JOIN supplier_version AS same ON same.supplier = now.supplier AND same.identity_since = now.identity_since
            WHERE now.supplier = @supplier AND now.valid_from = (SELECT max(valid_from) FROM supplier_version WHERE supplier = @supplier AND valid_from <= @at)
            """, new { supplier = supplier.Value, at }, cancellationToken) ?? long.MaxValue;
        var found = new List<SupplierScreening>();
        foreach (string source in await sql.QueryAsync<string>("SELECT DISTINCT source FROM screening_pass WHERE at <= @at ORDER BY source", new { at }, cancellationToken))
        {
            ScreeningPass? screened = await PassAsync(
                "source = @source AND at <= @at AND failure = '' AND portfolio >= @seen ORDER BY at DESC, id DESC", ("@source", source), ("@at", at), ("@seen", seen));
            ScreeningPass? last = await PassAsync("source = @source AND at <= @at ORDER BY at DESC, id DESC", ("@source", source), ("@at", at));
            ScreeningPass? failedSince = last is { Failure: "" } ? null : await PassAsync(
                "source = @source AND at <= @at AND failure <> '' AND at > coalesce((SELECT max(at) FROM screening_pass WHERE source = @source AND at <= @at AND failure = ''), -1) ORDER BY at, id",
                ("@source", source), ("@at", at));
            found.Add(new SupplierScreening(new SourceId(source), screened, failedSince, failedSince is null ? null : last));
        }

        return found;

        async Task<ScreeningPass?> PassAsync(string where, params (string, object?)[] parameters) =>
            (await ReadAsync(sql.Command($"SELECT {PassColumns} FROM screening_pass WHERE {where} LIMIT 1", parameters), Pass, cancellationToken)).FirstOrDefault();
    }

    public async Task<ScreeningPass?> LastPassAsync(SourceId source, CancellationToken cancellationToken) =>
        (await ReadAsync(sql.Command($"SELECT {PassColumns} FROM screening_pass WHERE source = @source ORDER BY at DESC, id DESC LIMIT 1", ("@source", source.Value)), Pass, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<StoredMatch>> StandingAsync(SourceId source, CancellationToken cancellationToken) =>
        await ReadAsync(sql.Command($"SELECT {MatchColumns} FROM screening_match WHERE source = @source AND until IS NULL ORDER BY supplier, entry", ("@source", source.Value)), Match, cancellationToken);

    public async Task<IReadOnlyList<StoredMatch>> MatchesAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        string when = asOf is null ? "until IS NULL" : "since <= @at AND (until IS NULL OR until > @at)";
        return await ReadAsync(
            sql.Command($"SELECT {MatchColumns} FROM screening_match WHERE supplier = @supplier AND {when} ORDER BY source, entry, id", ("@supplier", supplier.Value), ("@at", StoredInstant.Of(asOf))), Match, cancellationToken);
    }

    public async Task<StoredMatch?> FindStandingAsync(SupplierId supplier, SourceId source, string entry, CancellationToken cancellationToken) =>
        (await ReadAsync(
            sql.Command($"SELECT {MatchColumns} FROM screening_match WHERE supplier = @supplier AND source = @source AND entry = @entry AND until IS NULL", ("@supplier", supplier.Value), ("@source", source.Value), ("@entry", entry)),
            Match, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<long>> BeginAsync(IReadOnlyCollection<StoredMatch> matches, CancellationToken cancellationToken)
    {
        var ids = new List<long>(matches.Count);
        foreach (StoredMatch match in matches)
        {
            ids.Add(await sql.FirstAsync<long>(
                "INSERT INTO screening_match (supplier, source, entry, since, ended, result, decision, content) VALUES (@supplier, @source, @Entry, @since, '', @result, @Decision, @content) RETURNING id",
                new
                {
                    supplier = match.Supplier.Value, source = match.Source.Value, match.Entry, since = StoredInstant.Of(match.Since), result = (int)match.Result, match.Decision,
                    content = JsonSerializer.SerializeToUtf8Bytes(match.Content, StoreJson.Default.MatchContent),
                }, cancellationToken));
        }

        return ids;
    }

    public Task EndAsync(IReadOnlyCollection<long> matches, string why, DateTimeOffset at, CancellationToken cancellationToken) => sql.ExecuteAsync(
        // Should the clock have gone back, it was so for no time at all.
        "UPDATE screening_match SET until = max(@at, since), ended = @why WHERE id IN (SELECT value FROM json_each(@ids)) AND until IS NULL",
        new { at = StoredInstant.Of(at), why, ids = "[" + string.Join(',', matches) + "]" }, cancellationToken);

    public Task AddDecisionAsync(MatchDecision decision, CancellationToken cancellationToken) => sql.ExecuteAsync(
        $"INSERT INTO match_decision ({DecisionColumns}) VALUES (@Id, @supplier, @source, @Entry, @verdict, @By, @Reason, @at, @until, @compared, NULL, '')",
        new
        {
            decision.Id, supplier = decision.Supplier.Value, source = decision.Source.Value, decision.Entry, verdict = (int)decision.Verdict, decision.By, decision.Reason, at = StoredInstant.Of(decision.At),
            until = StoredInstant.Of(decision.Until), compared = JsonSerializer.SerializeToUtf8Bytes(decision.Compared, StoreJson.Default.ComparedFields),
        }, cancellationToken);

    public Task EndDecisionAsync(string id, string why, DateTimeOffset at, CancellationToken cancellationToken) => sql.ExecuteAsync(
        "UPDATE match_decision SET ended_at = max(@at, decided_at), ended = @why WHERE id = @id AND ended_at IS NULL", new { id, why, at = StoredInstant.Of(at) }, cancellationToken);

    public async Task<IReadOnlyList<MatchDecision>> DecisionsAsync(bool ended, CancellationToken cancellationToken) =>
        await ReadAsync(sql.Command($"SELECT {DecisionColumns} FROM match_decision {(ended ? "" : "WHERE ended_at IS NULL ")}ORDER BY decided_at DESC, id"), Decision, cancellationToken);

    public async Task<MatchDecision?> FindDecisionAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(sql.Command($"SELECT {DecisionColumns} FROM match_decision WHERE id = @id", ("@id", id)), Decision, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<MatchDecision>> ExpiredAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        await ReadAsync(
            sql.Command($"SELECT {DecisionColumns} FROM match_decision WHERE ended_at IS NULL AND until IS NOT NULL AND until <= @at ORDER BY until, id", ("@at", StoredInstant.Of(at))), Decision, cancellationToken);

    public async Task<RemovedScreenings> RemoveBeforeAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var before = new { at = StoredInstant.Of(at) };
        int passes = await sql.ExecuteAsync(
            "DELETE FROM screening_pass WHERE at < @at AND id NOT IN (SELECT max(id) FROM screening_pass GROUP BY source, failure = '')", before, cancellationToken);
        int matches = await sql.ExecuteAsync("DELETE FROM screening_match WHERE until < @at", before, cancellationToken);
        int decisions = await sql.ExecuteAsync("DELETE FROM match_decision WHERE ended_at < @at", before, cancellationToken);
        return new RemovedScreenings(passes, matches, decisions);
    }

    private static async Task<List<T>> ReadAsync<T>(SqliteCommand command, Func<SqliteDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        using (command)
        {
            await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        }

        return rows;
    }

    private static DateTimeOffset? Instant(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : StoredInstant.At(row.GetInt64(column));

    private static ScreenedList List(SqliteDataReader row) => new(
        new SourceId(row.GetString(0)), StoredInstant.At(row.GetInt64(1)), Instant(row, 2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetFieldValue<byte[]>(6));

    private static ScreeningPass Pass(SqliteDataReader row) => new(
        new SourceId(row.GetString(0)), StoredInstant.At(row.GetInt64(1)), JsonSerializer.Deserialize(row.GetString(2), StoreJson.Default.ImmutableArrayScreenedFile), Instant(row, 3), row.GetString(4), row.GetInt64(5),
        row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetString(11));

    private static StoredMatch Match(SqliteDataReader row) => new(
        row.GetInt64(0), new SupplierId(row.GetString(1)), new SourceId(row.GetString(2)), row.GetString(3), StoredInstant.At(row.GetInt64(4)), Instant(row, 5), row.GetString(6), (StoredMatchResult)row.GetInt32(7),
        row.IsDBNull(8) ? null : row.GetString(8), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(9), StoreJson.Default.MatchContent)!);

    private static MatchDecision Decision(SqliteDataReader row) => new(
        row.GetString(0), new SupplierId(row.GetString(1)), new SourceId(row.GetString(2)), row.GetString(3), (MatchVerdict)row.GetInt32(4), row.GetString(5), row.GetString(6), StoredInstant.At(row.GetInt64(7)),
        Instant(row, 8), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(9), StoreJson.Default.ComparedFields)!, Instant(row, 10), row.GetString(11));
}
