using System.Collections.Immutable;
using System.Text;
using Risk.Rules.Suppliers;
using Risk.Worker.Portfolio;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Portfolio;

public sealed class PortfolioImportTests : IAsyncLifetime
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-import-");

    private SqliteRiskStore Store { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new SqliteRiskStore(Path.Combine(folder.FullName, "risk.db"));
        await Store.InitializeAsync(None);
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PlanAsync_AddedChangedRetired_NamesFieldsThatDiffer()
    {
        await ImportAsync("id,name,country,tags,plant\nA,Acme,DE,x,Ulm\nB,Beta,DE,,\nC,Gamma,FR,,\n");

        PortfolioPlan plan = await ImportAsync("id,name,country,tags,zone,contract_id,contract_end\nD,Delta,,,,,\nA,Acme SE,DE,x;y,1,C1,2027-03-31\nB,Beta,DE,,,,\n");

        Assert.Equal(["D"], plan.Changes.Added.Select(s => s.Id.Value));
        Assert.Equal(["A"], plan.Changes.Changed.Select(s => s.Id.Value));
        Assert.Equal(["C"], plan.Changes.Retired.Select(id => id.Value));
        Assert.Equal(
            ["contract_end:>2027-03-31", "contract_id:>C1", "name:Acme>Acme SE", "plant:Ulm>", "renewal_decision:>none", "tags:x>x;y", "zone:>1"],
            Assert.Single(plan.Differences).Fields.Select(f => $"{f.Column}:{f.Before}>{f.After}"));
        Assert.Equal(["A", "B", "D"], await IdsAsync());
    }

    [Fact]
    public async Task PlanAsync_SameFileInAnotherOrder_IsEmpty()
    {
        await ImportAsync("id,name,products\nA,Acme,r;s\nB,Beta,\n");

        Assert.True((await ImportAsync("products,id,name\n,B,Beta\nr;s,A,Acme\n")).Changes.IsEmpty);
    }

    [Fact]
    public async Task ApplyAsync_RetiresMoreThanHalf_IsRefusedUnlessAllowed()
    {
        await ImportAsync("id,name\nA,a\nB,b\nC,c\nD,d\n");
        Assert.Null((await PlanAsync("id,name\nA,a\nB,b\n")).Refusal("suppliers.csv", allowMassRetire: false));

        PortfolioPlan plan = await PlanAsync("id,name\nA,a\n");
        Assert.Contains("would retire 3 of 4 suppliers", plan.Refusal("suppliers.csv", allowMassRetire: false)!.Format(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ImportAsync("id,name\nA,a\n"));
        Assert.Equal(4, (await IdsAsync()).Length);

        await ImportAsync("id,name\nA,a\n", allowMassRetire: true);
        Assert.Equal(["A"], await IdsAsync());
    }

    private async Task<PortfolioPlan> PlanAsync(string csv)
    {
        await using IStoreSession session = await Store.ReadAsync(None);
        return await PortfolioImport.PlanAsync(session, Suppliers(csv), None);
    }

    private async Task<PortfolioPlan> ImportAsync(string csv, bool allowMassRetire = false)
    {
        await using IStoreSession session = await Store.WriteAsync(None);
        PortfolioPlan plan = await PortfolioImport.PlanAsync(session, Suppliers(csv), None);
        await PortfolioImport.ApplyAsync(session, plan, allowMassRetire, T0, None);
        await session.CommitAsync(None);
        return plan;
    }

    private async Task<string[]> IdsAsync()
    {
        await using IStoreSession session = await Store.ReadAsync(None);
        return [.. (await session.Suppliers.ListAsync(null, None)).Select(s => s.Supplier.Id.Value)];
    }

    private static ImmutableArray<Supplier> Suppliers(string csv) => PortfolioFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "suppliers.csv").Suppliers;
}
