using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Ingestion;

/// <summary>The portfolio in force, one copy for all sources that run at the same time. Kept only while some run holds it.</summary>
internal sealed class SharedPortfolio : IDisposable
{
    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly WeakReference<Supplier[]> last = new([]);
    private readonly ConditionalWeakTable<IReadOnlyList<Supplier>, Lazy<PortfolioNames>> names = [];
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

    /// <summary>The names of suppliers that <see cref="LoadAsync"/> gave, made once for all sources that hold the same copy.</summary>
    public Lazy<PortfolioNames> NamesOf(IReadOnlyList<Supplier> suppliers) => names.GetValue(suppliers, static some => new Lazy<PortfolioNames>(() => new PortfolioNames(some)));

    public void Dispose() => loading.Dispose();
}
