using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Ingestion;

/// <summary>The portfolio in force, one copy for all sources that run at the same time. Kept only while some run holds it.</summary>
internal sealed class SharedPortfolio : IDisposable
{
    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly WeakReference<Supplier[]> last = new([]);
    private PortfolioStamp stamp;

    /// <summary>Suppliers in force as the session sees them, by id. Not to be changed.</summary>
    public async Task<IReadOnlyList<Supplier>> LoadAsync(IStoreSession session, CancellationToken cancellationToken)
    {
        PortfolioStamp present = await session.Suppliers.StampAsync(cancellationToken);
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (present == stamp && last.TryGetTarget(out Supplier[]? known)) return known;
            Supplier[] suppliers = [.. (await session.Suppliers.ListAsync(null, cancellationToken)).Select(s => s.Supplier)];
            stamp = present;
            last.SetTarget(suppliers);
            return suppliers;
        }
        finally
        {
            loading.Release();
        }
    }

    public void Dispose() => loading.Dispose();
}
