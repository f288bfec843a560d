using Risk.Rules.Matching;
using Risk.Worker.Benchmarks;

namespace Risk.Worker.Tests.Benchmarks;

public sealed class PortfolioBenchTests
{
    [Fact]
    public void Run_OverTwoLists_ComparesEverySupplierWithEachAndFindsTheListedOnes()
    {
        ListedName[] listed =
        [
            new("a", "Ormuzd Petrochemical Works", NameStrength.Primary, PartyKind.Organization, "", "one"), new("a", "Ormuzd Petrokimya", NameStrength.Alias, PartyKind.Organization, "", "one"),
            new("b", "Zarnitsa Kvantovyye Pribory", NameStrength.Primary, PartyKind.Organization, "", "two"), new("c", "Ivan Zarnitsyn", NameStrength.Primary, PartyKind.Individual, "", "two"),
        ];
        PortfolioBenchResult result = PortfolioBench.Run(PortfolioBench.ListsOf(listed), 1_000, TimeProvider.System, static (_, _, _) => { }, CancellationToken.None);
        Assert.Equal(["one 2", "two 2"], result.Lists.Select(l => $"{l.List} {l.Names}"));
        Assert.Equal(1_000, result.Suppliers);
        Assert.InRange(result.Lists.Sum(l => l.Matches), 1, 20);
        Assert.Equal(2, result.DeltaNames);
        Assert.InRange(result.DeltaSuppliers, 1, 999);
    }
}
