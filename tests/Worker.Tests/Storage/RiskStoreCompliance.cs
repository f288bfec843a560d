using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Storage;

/// <summary>What every store must do. A provider is a sealed subclass that says how a store is made and how its ledger is tampered with.</summary>
/// <remarks>Parts by subject: sessions, portfolio, signals, sources, evaluation, alerts, deliveries, ledger.</remarks>
public abstract partial class RiskStoreCompliance : IAsyncLifetime
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected IRiskStore Store { get; private set; } = null!;

    /// <summary>Opens the store of this test; called again, it opens the same one.</summary>
    protected abstract IRiskStore Open();

    /// <summary>Runs a statement behind the store's back.</summary>
    protected abstract Task TamperAsync(string statement);

    public async Task InitializeAsync()
    {
        Store = Open();
        await Store.InitializeAsync(None);
    }

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    protected async Task WriteAsync(Func<IStoreSession, Task> work)
    {
        await using IStoreSession session = await Store.WriteAsync(None);
        await work(session);
        await session.CommitAsync(None);
    }

    protected async Task<T> ReadAsync<T>(Func<IStoreSession, Task<T>> work)
    {
        await using IStoreSession session = await Store.ReadAsync(None);
        return await work(session);
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
        await Store.InitializeAsync(None);
    }

    /// <summary>Compares by what is written, since records with arrays do not compare by value.</summary>
    protected static void AssertSame<T>(T expected, T actual) =>
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));
}
