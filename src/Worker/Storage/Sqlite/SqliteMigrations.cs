using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>Numbered scripts, each applied once, in its own transaction.</summary>
internal static class SqliteMigrations
{
    private const string Prefix = "Sqlite/";

    /// <summary>Applies what is missing. The version is read under the write lock, so of two processes that start at once one waits and then finds nothing to do.</summary>
    public static async Task ApplyAsync(SqliteConnection connection, string file, CancellationToken cancellationToken)
    {
        IReadOnlyList<(int Version, string Resource)> scripts = Scripts();
        foreach ((int version, string resource) in scripts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY)", transaction: transaction);
            int present = await connection.ExecuteScalarAsync<int?>("SELECT max(version) FROM schema_version", transaction: transaction) ?? 0;
            if (present > scripts[^1].Version)
            {
                throw new StoreException(
                    $"the store '{file}' was written by a newer version of this program (schema {present}; this one knows {scripts[^1].Version}); "
                    + "start the newer version, or restore the backup made before the update");
            }

            if (present >= version) continue;
            await connection.ExecuteAsync(await ReadAsync(resource, cancellationToken), transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO schema_version (version) VALUES (@version)", new { version }, transaction);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static List<(int Version, string Resource)> Scripts() =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), name))
            .Order(),
    ];

    private static async Task<string> ReadAsync(string resource, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
