using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>Statements within one transaction.</summary>
internal sealed class SqliteStatements(SqliteConnection connection, SqliteTransaction transaction)
{
    public Task<List<T>> QueryAsync<T>(string text, object? parameters, CancellationToken cancellationToken) =>
        ExplainedAsync(async () => (await connection.QueryAsync<T>(Definition(text, parameters, cancellationToken))).AsList());

    public Task<T?> FirstAsync<T>(string text, object? parameters, CancellationToken cancellationToken) =>
        ExplainedAsync(() => connection.QueryFirstOrDefaultAsync<T>(Definition(text, parameters, cancellationToken)));

    public Task<int> ExecuteAsync(string text, object? parameters, CancellationToken cancellationToken) =>
        ExplainedAsync(() => connection.ExecuteAsync(Definition(text, parameters, cancellationToken)));

    /// <summary>A statement that is compiled once and run for many rows. Parameters are named <c>$1, $2 ...</c>.</summary>
    public SqliteBatch Prepare(string text, int parameters) => new(connection, transaction, text, parameters);

    /// <summary>A reader for results too many or too wide to be mapped by name.</summary>
    public SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        foreach ((string name, object? value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>Ids as one JSON array, for <c>IN (SELECT value FROM json_each(@ids))</c>: one statement, whatever their number.</summary>
    public static string Array(IEnumerable<SupplierId> ids) => Array(ids.Select(static id => id.Value));

    public static string Array(IEnumerable<string> values) => JsonSerializer.Serialize(values, StoreJson.Default.IEnumerableString);

    /// <summary>A disk that fills up does so in the middle of a transaction.</summary>
    private async Task<T> ExplainedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Explain(failure, connection.DataSource);
        }
    }

    private CommandDefinition Definition(string text, object? parameters, CancellationToken cancellationToken) =>
        new(text, parameters, transaction, cancellationToken: cancellationToken);
}

/// <summary>One compiled statement, run row by row.</summary>
internal sealed class SqliteBatch : IDisposable
{
    private readonly SqliteCommand command;

    public SqliteBatch(SqliteConnection connection, SqliteTransaction transaction, string text, int parameters)
    {
        command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        for (int i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        command.Prepare();
    }

    /// <returns>How many rows it changed.</returns>
    public int Run(params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Explain(failure, command.Connection!.DataSource);
        }
    }

    public void Dispose() => command.Dispose();
}
