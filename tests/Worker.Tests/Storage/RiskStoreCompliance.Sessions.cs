using System.Data.Common;
using Risk.Worker.Storage;
using static Risk.Worker.Tests.Storage.StoreSamples;

namespace Risk.Worker.Tests.Storage;

public abstract partial class RiskStoreCompliance
{
    [Fact]
    public async Task InitializeAsync_Twice_ChangesNothing()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));

        await Store.InitializeAsync(None);

        Assert.Single(await ReadAsync(s => s.Suppliers.ListAsync(null, None)));
    }

    [Fact]
    public async Task InitializeAsync_ManyAtOnce_AllSucceed()
    {
        IRiskStore[] stores = [.. Enumerable.Range(0, 4).Select(_ => Open())];

        await Task.WhenAll(stores.Select(store => Task.Run(() => store.InitializeAsync(None))));

        foreach (IRiskStore store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_WithoutCommit_KeepsNothing()
    {
        await using (IStoreSession session = await Store.WriteAsync(None))
        {
            await session.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
            await session.Signals.RecordAsync(Kev, [Event(A, "1", T0)], null, T0, None);
            Assert.Single(await session.Suppliers.ListAsync(null, None));
        }

        Assert.Empty(await ReadAsync(s => s.Suppliers.ListAsync(null, None)));
        Assert.Empty(await ReadAsync(s => s.Signals.LoadAsync([A], null, None)));
        Assert.Empty(await ReadAsync(s => s.Ledger.ReadAsync(0, 10, None)));
    }

    [Fact]
    public async Task CommitAsync_ThenReopen_KeepsEverything()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));

        await ReopenAsync();

        AssertSame(Supplier(A), Assert.Single(await ReadAsync(s => s.Suppliers.ListAsync(null, None))).Supplier);
    }

    [Fact]
    public async Task WriteAsync_TwoAtOnce_TakeTurns()
    {
        IStoreSession first = await Store.WriteAsync(None);
        Task<IStoreSession> waiting = Store.WriteAsync(None);
        Assert.False(waiting.IsCompleted);
        await first.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None);
        await first.CommitAsync(None);
        await first.DisposeAsync();

        await using IStoreSession second = await waiting;

        Assert.Single(await second.Suppliers.ListAsync(null, None));
    }

    [Fact]
    public async Task WriteAsync_TwoStores_LoseNoUpdate()
    {
        await using IRiskStore other = Open();
        async Task AppendAsync(IRiskStore store)
        {
            for (int i = 0; i < 10; i++)
            {
                await using IStoreSession session = await store.WriteAsync(None);
                await session.Ledger.AppendAsync([("test", "x", "{}")], T0, None);
                await session.CommitAsync(None);
            }
        }

        await Task.WhenAll(Task.Run(() => AppendAsync(Store)), Task.Run(() => AppendAsync(other)));

        LedgerVerification verification = await ReadAsync(s => s.Ledger.VerifyAsync(None));
        Assert.Equal((20, null), (verification.Entries, verification.BrokenAt));
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileWaiting_LeavesTheQueue()
    {
        IStoreSession first = await Store.WriteAsync(None);
        using var cancellation = new CancellationTokenSource();
        Task<IStoreSession> waiting = Store.WriteAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await first.DisposeAsync();

        await using IStoreSession next = await Store.WriteAsync(None);
    }

    [Fact]
    public async Task ReadAsync_WhileAnotherWrites_SeesOneInstant()
    {
        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        await using IStoreSession before = await Store.ReadAsync(None);

        await WriteAsync(s => s.Suppliers.ApplyAsync(Added(Supplier(B)), Day(1), None));

        Assert.Single(await before.Suppliers.ListAsync(null, None));
        Assert.Equal(2, (await ReadAsync(s => s.Suppliers.ListAsync(null, None))).Count);
    }

    [Fact]
    public async Task ReadAsync_WriteThroughIt_Throws()
    {
        await using IStoreSession session = await Store.ReadAsync(None);

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => session.Suppliers.ApplyAsync(Added(Supplier(A)), T0, None));
        Assert.IsAssignableFrom<DbException>(refused.InnerException);
    }

    [Fact]
    public async Task Transaction_ForeignCommand_CommitsWithTheSession()
    {
        await using (IStoreSession session = await Store.WriteAsync(None))
        {
            await using DbCommand command = session.Transaction.Connection!.CreateCommand();
            command.Transaction = session.Transaction;
            command.CommandText = "CREATE TABLE QRTZ_FOREIGN (x INTEGER)";
            await command.ExecuteNonQueryAsync();
        }

        // Rolled back with the session, so it can be made again.
        await TamperAsync("CREATE TABLE QRTZ_FOREIGN (x INTEGER)");
    }
}
