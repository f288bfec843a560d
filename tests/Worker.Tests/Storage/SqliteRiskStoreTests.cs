using Dapper;
using Microsoft.Data.Sqlite;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Storage;

public sealed class SqliteRiskStoreTests : RiskStoreCompliance
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-store-");

    private string FilePath => Path.Combine(folder.FullName, "risk.db");

    [Fact]
    public async Task InitializeAsync_FileIsNoDatabase_SaysSo()
    {
        string path = Path.Combine(folder.FullName, "notes.txt");
        await File.WriteAllTextAsync(path, new string('x', 8192));
        await using var store = new SqliteRiskStore(path);

        StoreException failure = await Assert.ThrowsAsync<StoreException>(() => store.InitializeAsync(None));

        Assert.Contains("is not a SQLite database", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Risk__Store", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing/risk.db", "its folder does not exist")]
    [InlineData(".", "is a folder")]
    public async Task InitializeAsync_PathCannotBeOpened_SaysWhyAndHowToMend(string path, string reason)
    {
        await using var store = new SqliteRiskStore(Path.Combine(folder.FullName, path));

        StoreException failure = await Assert.ThrowsAsync<StoreException>(() => store.InitializeAsync(None));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_SchemaIsNewer_RefusesAndLeavesItAlone()
    {
        await TamperAsync("INSERT INTO schema_version (version) VALUES (9999)");

        StoreException failure = await Assert.ThrowsAsync<StoreException>(() => Store.InitializeAsync(None));

        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_DiskFillsUpInTheMiddle_SaysSoAndKeepsNothing()
    {
        await using (IStoreSession session = await Store.WriteAsync(None))
        {
            var own = (SqliteConnection)session.Transaction.Connection!;
            long pages = await own.ExecuteScalarAsync<long>("PRAGMA page_count", transaction: session.Transaction);
            // SQLite reports a file at its limit as it reports a full disk.
            await own.ExecuteAsync($"PRAGMA max_page_count = {pages + 2}", transaction: session.Transaction);
            SupplierChanges many = StoreSamples.Added([.. Enumerable.Range(0, 500).Select(i => StoreSamples.Supplier(new($"S{i}")))]);

            StoreException failure = await Assert.ThrowsAsync<StoreException>(() => session.Suppliers.ApplyAsync(many, StoreSamples.T0, None));

            Assert.Contains("is full; free some space", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await ReadAsync(s => s.Suppliers.ListAsync(null, None)));
    }

    [Fact]
    public async Task WriteAsync_AnotherConnectionOfTheFile_SurvivesInWriteAheadLog()
    {
        using var connection = new SqliteConnection($"Data Source={FilePath}");
        Assert.Equal("wal", await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"));
        await using IStoreSession session = await Store.WriteAsync(None);
        var own = (SqliteConnection)session.Transaction.Connection!;
        // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
        Assert.Equal(2, await own.ExecuteScalarAsync<long>("PRAGMA synchronous", transaction: session.Transaction));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    protected override IRiskStore Open() => new SqliteRiskStore(FilePath);

    protected override async Task TamperAsync(string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        await connection.ExecuteAsync(statement);
    }
}
