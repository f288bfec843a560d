using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

internal sealed class SqliteSourceTable(SqliteStatements sql, SqliteLedger ledger) : ISourceTable
{
    private const string StateColumns =
        """
        source AS Source, last_attempt_at AS LastAttemptAt, last_success_at AS LastSuccessAt, last_failure AS LastFailure, last_failure_kind AS LastFailureKind,
        failures AS Failures, next_due_at AS NextDueAt, checkpoint AS Checkpoint
        """;

    private const string SnapshotColumns =
        """
        source AS Source, part AS Part, url AS Url, sha256 AS Sha256, file AS File, bytes AS Bytes, row_count AS RowCount, published_at AS PublishedAt, fetched_at AS FetchedAt,
        etag AS ETag, last_modified AS LastModified
        """;

    public async Task<SourceState?> FindAsync(SourceId source, CancellationToken cancellationToken) =>
        (await sql.FirstAsync<StateRow>($"SELECT {StateColumns} FROM source_state WHERE source = @source", new { source = source.Value }, cancellationToken))?.ToState();

    public async Task<IReadOnlyList<SourceState>> ListAsync(CancellationToken cancellationToken) =>
        (await sql.QueryAsync<StateRow>($"SELECT {StateColumns} FROM source_state ORDER BY source", null, cancellationToken)).ConvertAll(row => row.ToState());

    public Task SaveAsync(SourceState state, CancellationToken cancellationToken) => sql.ExecuteAsync(
        // The checkpoint of a row that is there stays: it moves with the data only, and the caller's copy may be older.
        """
        INSERT INTO source_state (source, last_attempt_at, last_success_at, last_failure, last_failure_kind, failures, next_due_at, checkpoint)
        VALUES (@Source, @LastAttemptAt, @LastSuccessAt, @LastFailure, @LastFailureKind, @Failures, @NextDueAt, @Checkpoint)
        ON CONFLICT (source) DO UPDATE SET last_attempt_at = excluded.last_attempt_at, last_success_at = excluded.last_success_at, last_failure = excluded.last_failure,
          last_failure_kind = excluded.last_failure_kind, failures = excluded.failures, next_due_at = excluded.next_due_at
        """,
        new
        {
            Source = state.Source.Value, LastAttemptAt = StoredInstant.Of(state.LastAttemptAt), LastSuccessAt = StoredInstant.Of(state.LastSuccessAt), state.LastFailure,
            LastFailureKind = state.LastFailureKind?.ToString(), state.Failures, NextDueAt = StoredInstant.Of(state.NextDueAt), state.Checkpoint,
        }, cancellationToken);

    public Task AddRunAsync(SourceRun run, CancellationToken cancellationToken) => sql.ExecuteAsync(
        """
        INSERT INTO source_run (source, started_at, ended_at, succeeded, failure, records_read, records_rejected, signals_added, signals_revised, signals_withdrawn, suppliers_checked,
          suppliers_failed, rejected_reasons_json, drift_json)
        VALUES (@Source, @StartedAt, @EndedAt, @Succeeded, @Failure, @Read, @Rejected, @Added, @Revised, @Withdrawn, @SuppliersChecked, @SuppliersFailed, @RejectedReasonsJson, @DriftJson)
        """,
        new
        {
            Source = run.Source.Value, StartedAt = StoredInstant.Of(run.StartedAt), EndedAt = StoredInstant.Of(run.EndedAt), run.Succeeded, run.Failure, run.Read, run.Rejected, run.Added,
            run.Revised, run.Withdrawn, run.SuppliersChecked, run.SuppliersFailed, run.RejectedReasonsJson, run.DriftJson,
        }, cancellationToken);

    public async Task<IReadOnlyList<SourceRun>> RunsAsync(SourceId source, int newest, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<RunRow>(
            """
            SELECT source AS Source, started_at AS StartedAt, ended_at AS EndedAt, succeeded AS Succeeded, failure AS Failure, records_read AS Read, records_rejected AS Rejected,
              signals_added AS Added, signals_revised AS Revised, signals_withdrawn AS Withdrawn, suppliers_checked AS SuppliersChecked, suppliers_failed AS SuppliersFailed,
              rejected_reasons_json AS RejectedReasonsJson, drift_json AS DriftJson
            FROM source_run WHERE source = @source ORDER BY started_at DESC, id DESC LIMIT @newest
            """, new { source = source.Value, newest }, cancellationToken)).ConvertAll(row => row.ToRun());

    public Task SetCheckpointAsync(SourceId source, string checkpoint, CancellationToken cancellationToken) => sql.ExecuteAsync(
        "INSERT INTO source_state (source, checkpoint) VALUES (@source, @checkpoint) ON CONFLICT (source) DO UPDATE SET checkpoint = excluded.checkpoint",
        new { source = source.Value, checkpoint }, cancellationToken);

    public Task RecordCheckAsync(SourceId source, SupplierId? supplier, DateTimeOffset at, CancellationToken cancellationToken) => sql.ExecuteAsync(
        """
        INSERT OR IGNORE INTO source_state (source) VALUES (@source);
        INSERT OR IGNORE INTO source_check (supplier, source, at) VALUES (@supplier, @source, @at);
        WITH last (at) AS (SELECT max(at) FROM source_check WHERE supplier = @supplier AND source = @source AND at < @at / @day * @day)
        DELETE FROM source_check WHERE supplier = @supplier AND source = @source
          AND at < (SELECT at FROM last) AND at >= (SELECT at FROM last) / @day * @day;
        """, new { source = source.Value, supplier = supplier?.Value ?? "", at = StoredInstant.Of(at), day = TimeSpan.TicksPerDay }, cancellationToken);

    public async Task<IReadOnlyDictionary<SupplierId, IReadOnlyDictionary<SourceId, DateTimeOffset>>> LastChecksAsync(
        IReadOnlyCollection<StoredSupplier> suppliers, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        var whole = new Dictionary<SourceId, DateTimeOffset>();
        var own = new Dictionary<SupplierId, Dictionary<SourceId, DateTimeOffset>>(suppliers.Count);
        foreach (StoredSupplier supplier in suppliers) own[supplier.Supplier.Id] = [];
        // One index seek for each supplier and source; grouping would read every check there ever was.
        using SqliteCommand command = sql.Command(
            """
            SELECT subject, source, at FROM (
              SELECT ids.value AS subject, s.source AS source,
                (SELECT max(c.at) FROM source_check c WHERE c.supplier = ids.value AND c.source = s.source AND c.at <= @at) AS at
              FROM json_each(@ids) AS ids CROSS JOIN source_state s)
            WHERE at IS NOT NULL
            """,
            ("@ids", SqliteStatements.Array(suppliers.Select(s => s.Supplier.Id.Value).Prepend(""))), ("@at", asOf is { } instant ? StoredInstant.Of(instant) : long.MaxValue));
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string subject = reader.GetString(0);
            var source = new SourceId(reader.GetString(1));
            DateTimeOffset at = StoredInstant.At(reader.GetInt64(2));
            if (subject.Length == 0) whole[source] = at;
            else own[new SupplierId(subject)][source] = at;
        }

        var checks = new Dictionary<SupplierId, IReadOnlyDictionary<SourceId, DateTimeOffset>>(own.Count);
        foreach (StoredSupplier supplier in suppliers)
        {
            Dictionary<SourceId, DateTimeOffset> last = own[supplier.Supplier.Id];
            foreach ((SourceId source, DateTimeOffset at) in whole)
            {
                if (at >= supplier.IdentitySince && (!last.TryGetValue(source, out DateTimeOffset known) || known < at)) last[source] = at;
            }

            checks[supplier.Supplier.Id] = last;
        }

        return checks;
    }

    public async Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken) =>
        (await sql.FirstAsync<SnapshotRow>(
            $"SELECT {SnapshotColumns} FROM snapshot WHERE source = @source AND part = @part ORDER BY id DESC LIMIT 1", new { source = source.Value, part }, cancellationToken))?.ToSnapshot();

    public async Task<IReadOnlyList<Snapshot>> SnapshotsAsync(SourceId source, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<SnapshotRow>($"SELECT {SnapshotColumns} FROM snapshot WHERE source = @source ORDER BY id DESC", new { source = source.Value }, cancellationToken))
        .ConvertAll(row => row.ToSnapshot());

    public async Task AcceptSnapshotAsync(Snapshot snapshot, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var row = new
        {
            Source = snapshot.Source.Value, snapshot.Part, snapshot.Url, snapshot.Sha256, snapshot.File, snapshot.Bytes, snapshot.Rows, PublishedAt = StoredInstant.Of(snapshot.PublishedAt),
            FetchedAt = StoredInstant.Of(snapshot.FetchedAt), snapshot.ETag, snapshot.LastModified, AcceptedAt = StoredInstant.Of(at),
        };
        if (await LastGoodAsync(snapshot.Source, snapshot.Part, cancellationToken) is { } last && last.Sha256 == snapshot.Sha256)
        {
            // The same bytes again: the row learns where and when they were last seen, and nothing new was accepted.
            await sql.ExecuteAsync(
                """
                UPDATE snapshot SET url = @Url, file = @File, fetched_at = @FetchedAt, etag = @ETag, last_modified = @LastModified
                WHERE id = (SELECT max(id) FROM snapshot WHERE source = @Source AND part = @Part)
                """, row, cancellationToken);
            return;
        }

        await sql.ExecuteAsync(
            """
            INSERT INTO snapshot (source, part, url, sha256, file, bytes, row_count, published_at, fetched_at, etag, last_modified, accepted_at)
            VALUES (@Source, @Part, @Url, @Sha256, @File, @Bytes, @Rows, @PublishedAt, @FetchedAt, @ETag, @LastModified, @AcceptedAt)
            """, row, cancellationToken);
        await ledger.AppendAsync(
            [("snapshot", snapshot.Source.Value, CanonicalJson.Object(
                ("part", snapshot.Part), ("sha256", snapshot.Sha256), ("bytes", snapshot.Bytes), ("rows", snapshot.Rows), ("publishedAt", snapshot.PublishedAt), ("fetchedAt", snapshot.FetchedAt)))],
            at, cancellationToken);
    }

    public Task QuarantineAsync(Snapshot file, FailureKind kind, string problem, DateTimeOffset at, CancellationToken cancellationToken) => sql.ExecuteAsync(
        """
        INSERT INTO quarantine (source, part, sha256, url, file, bytes, etag, last_modified, kind, problem, first_at, last_at)
        VALUES (@Source, @Part, @Sha256, @Url, @File, @Bytes, @ETag, @LastModified, @Kind, @problem, @At, @At)
        ON CONFLICT (source, part, sha256) DO UPDATE SET last_at = excluded.last_at, kind = excluded.kind, problem = excluded.problem, file = excluded.file
        """,
        new { Source = file.Source.Value, file.Part, file.Sha256, file.Url, file.File, file.Bytes, file.ETag, file.LastModified, Kind = kind.ToString(), problem, At = StoredInstant.Of(at) }, cancellationToken);

    public async Task<IReadOnlyList<QuarantinedFile>> QuarantinedAsync(SourceId? source, CancellationToken cancellationToken) =>
        (await sql.QueryAsync<QuarantineRow>(
            """
            SELECT source AS Source, part AS Part, sha256 AS Sha256, url AS Url, file AS File, bytes AS Bytes, etag AS ETag, last_modified AS LastModified, kind AS Kind, problem AS Problem,
              first_at AS FirstAt, last_at AS LastAt, released_by AS ReleasedBy, reason AS Reason, released_at AS ReleasedAt
            FROM quarantine WHERE @source IS NULL OR source = @source ORDER BY last_at DESC, source, part, sha256
            """, new { source = source?.Value }, cancellationToken)).ConvertAll(row => row.ToFile());

    public async Task ReleaseAsync(Snapshot file, string by, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await sql.ExecuteAsync(
            "UPDATE quarantine SET released_by = @by, reason = @reason, released_at = @at WHERE source = @source AND part = @Part AND sha256 = @Sha256",
            new { source = file.Source.Value, file.Part, file.Sha256, by, reason, at = StoredInstant.Of(at) }, cancellationToken);
        await ledger.AppendAsync([("quarantine", file.Source.Value, CanonicalJson.Object(("part", file.Part), ("sha256", file.Sha256), ("by", by), ("reason", reason)))], at, cancellationToken);
    }

    private sealed class StateRow
    {
        public string Source { get; set; } = "";

        public long? LastAttemptAt { get; set; }

        public long? LastSuccessAt { get; set; }

        public string? LastFailure { get; set; }

        public string? LastFailureKind { get; set; }

        public int Failures { get; set; }

        public long? NextDueAt { get; set; }

        public string? Checkpoint { get; set; }

        public SourceState ToState() => new(
            new SourceId(Source), StoredInstant.At(LastAttemptAt), StoredInstant.At(LastSuccessAt), LastFailure,
            LastFailureKind is null ? null : Enum.Parse<FailureKind>(LastFailureKind), Failures, StoredInstant.At(NextDueAt), Checkpoint);
    }

    private sealed class RunRow
    {
        public string Source { get; set; } = "";

        public long StartedAt { get; set; }

        public long EndedAt { get; set; }

        public bool Succeeded { get; set; }

        public string Failure { get; set; } = "";

        public int Read { get; set; }

        public int Rejected { get; set; }

        public int Added { get; set; }

        public int Revised { get; set; }

        public int Withdrawn { get; set; }

        public int SuppliersChecked { get; set; }

        public int SuppliersFailed { get; set; }

        public string RejectedReasonsJson { get; set; } = "";

        public string DriftJson { get; set; } = "{}";

        public SourceRun ToRun() => new(
            new SourceId(Source), StoredInstant.At(StartedAt), StoredInstant.At(EndedAt), Succeeded, Failure, Read, Rejected, Added, Revised, Withdrawn, SuppliersChecked, SuppliersFailed,
            RejectedReasonsJson) { DriftJson = DriftJson };
    }

    private sealed class QuarantineRow
    {
        public string Source { get; set; } = "";

        public string Part { get; set; } = "";

        public string Sha256 { get; set; } = "";

        public string Url { get; set; } = "";

        public string File { get; set; } = "";

        public long Bytes { get; set; }

        public string ETag { get; set; } = "";

        public string LastModified { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Problem { get; set; } = "";

        public long FirstAt { get; set; }

        public long LastAt { get; set; }

        public string? ReleasedBy { get; set; }

        public string? Reason { get; set; }

        public long? ReleasedAt { get; set; }

        public QuarantinedFile ToFile() => new(
            new Snapshot(new SourceId(Source), Part, Url, Sha256, File, Bytes, 0, null, StoredInstant.At(FirstAt), ETag, LastModified), Enum.Parse<FailureKind>(Kind), Problem,
            StoredInstant.At(FirstAt), StoredInstant.At(LastAt), ReleasedBy, Reason, StoredInstant.At(ReleasedAt));
    }

    private sealed class SnapshotRow
    {
        public string Source { get; set; } = "";

        public string Part { get; set; } = "";

        public string Url { get; set; } = "";

        public string Sha256 { get; set; } = "";

        public string File { get; set; } = "";

        public long Bytes { get; set; }

        public long RowCount { get; set; }

        public long? PublishedAt { get; set; }

        public long FetchedAt { get; set; }

        public string ETag { get; set; } = "";

        public string LastModified { get; set; } = "";

        public Snapshot ToSnapshot() => new(
            new SourceId(Source), Part, Url, Sha256, File, Bytes, RowCount, StoredInstant.At(PublishedAt), StoredInstant.At(FetchedAt), ETag, LastModified);
    }
}
