using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>The embedded store: one SQLite file, shared with Quartz's own tables.</summary>
/// <remarks>
/// Write-ahead log with full synchronisation: what was committed survives kill -9 and a power cut. Within the process one writer at a time queues here; other
/// processes (and Quartz's own connections) queue at the file's write lock, which is taken when a write session begins.
/// </remarks>
public sealed class SqliteRiskStore : IRiskStore
{
    /// <summary>How long a write waits for another process's write.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(60);

    /// <summary>Page caches in KB.</summary>
    private const int ReaderCache = 4_000, WriterCache = 24_000;

    private readonly SemaphoreSlim writers = new(1, 1);

    /// <param name="path">The database file; its folder must exist, the file need not.</param>
    public SqliteRiskStore(string path)
    {
        File = Path.GetFullPath(path);
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = File,
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = (int)LockPatience.TotalSeconds,
        }.ToString();
    }

    /// <summary>Absolute path of the database file.</summary>
    public string File { get; }

    /// <summary>For others who keep tables in the same file (Quartz).</summary>
    public string ConnectionString { get; }

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await using SqliteConnection connection = await OpenAsync(readOnly: false, cancellationToken);
        try
        {
            await SqliteMigrations.ApplyAsync(connection, File, cancellationToken);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Explain(failure, File);
        }
    }

    public async Task<IStoreSession> ReadAsync(CancellationToken cancellationToken)
    {
        SqliteConnection connection = await OpenAsync(readOnly: true, cancellationToken);
        return await BeginAsync(connection, deferred: true, static () => { });
    }

    public async Task<IStoreSession> WriteAsync(CancellationToken cancellationToken)
    {
        await writers.WaitAsync(cancellationToken);
        SqliteConnection? connection = null;
        try
        {
            connection = await OpenAsync(readOnly: false, cancellationToken);
            return await BeginAsync(connection, deferred: false, () => writers.Release());
        }
        catch
        {
            writers.Release();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        writers.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SqliteConnection> OpenAsync(bool readOnly, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            using SqliteCommand command = connection.CreateCommand();
            // Connections come from a pool and keep their cache there, so each setting is said each time, and readers, of which there may be many, get a small one. journal_mode is a property of the file and costs nothing once it is set.
            command.CommandText =
                $"PRAGMA busy_timeout = {(int)LockPatience.TotalMilliseconds}; PRAGMA query_only = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                + $"PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{(readOnly ? ReaderCache : WriterCache)}; PRAGMA query_only = {(readOnly ? "ON" : "OFF")};";
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch (SqliteException failure)
        {
            await connection.DisposeAsync();
            throw SqliteFailure.Explain(failure, File);
        }
    }

    private async Task<IStoreSession> BeginAsync(SqliteConnection connection, bool deferred, Action release)
    {
        try
        {
            SqliteTransaction transaction = connection.BeginTransaction(deferred);
            if (deferred)
            {
                // A deferred transaction takes its snapshot at the first read; take it now.
                using SqliteCommand command = connection.CreateCommand();
                command.CommandText = "SELECT count(*) FROM sqlite_schema";
                command.Transaction = transaction;
                command.ExecuteScalar();
            }

            return new SqliteSession(connection, transaction, File, release);
        }
        catch (SqliteException failure)
        {
            await connection.DisposeAsync();
            throw SqliteFailure.Explain(failure, File);
        }
    }
}
