using Risk.Worker.Benchmarks;

namespace Risk.Worker.Tests.Benchmarks;

public sealed class RuleBenchTests
{
    [Fact]
    public void Compare_OverSomeDossiers_FindsRulesAndLambdasOfOneMind()
    {
        var bench = new RuleBench(300);
        bench.Prepare();
        (long yes, long undecided, long differences) = bench.Compare();
        Assert.Equal(0, differences);
        Assert.InRange(yes, 500, 10_000);
        Assert.InRange(undecided, 100, 2_000);
    }

    [Fact]
    public void PlainBytes_OfRulesWithoutMacros_AreNone()
    {
        var bench = new RuleBench(50);
        bench.Prepare();
        bench.Compare();
        Assert.Equal(0, bench.PlainBytes());
    }

    [Fact]
    public void Conditions_AreAHundred() => Assert.Equal(100, BenchConditions.All.Select(c => c.Text).Distinct().Count());
}
