using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;

namespace Risk.Worker.Tests.Semantics;

/// <summary>Why a rule fires, or which operand made it not fire, or what was unknown.</summary>
public sealed class RuleExplanationTests
{
    private static string[] Deciding(World world, double day = 0) =>
        [.. Assert.Single(Explain(world, day).Subjects).Deciding.Select(o => $"{o.Text} [{o.Reading}] {(o.Missing.IsEmpty ? o.Gap : string.Join(", ", o.Missing))}".TrimEnd())];

    private static RuleExplanation Explain(World world, double day = 0) => world.Rules.ExplainRule("A-1", world.Dossier(day), world.State)!;

    [Fact]
    public void ConjunctionThatFails_NamesTheOneOperandAndItsDistance() => Assert.Equal(
        ["metrics.otd < limit.low [0.95 < 0.92] 0.03 (3.3%)"],
        Deciding(World.Of("supplier.tier == 2 && metrics.otd < limit.low && metrics.uptime < 0.99", pack: "limits: {low: {default: 0.92}}\n").Reading("otd", 0.95).Reading("uptime", 0.5)));

    [Fact]
    public void AlternativesThatFail_AreAllNamedNearestFirst() => Assert.Equal(
        ["metrics.uptime < 0.99 [0.999 < 0.99] 0.009 (0.9%)", "metrics.otd < 0.5 [0.95 < 0.5] 0.45 (90%)"],
        Deciding(World.Of("metrics.otd < 0.5 || metrics.uptime < 0.99").Reading("otd", 0.95).Reading("uptime", 0.999)));

    [Fact]
    public void AlternativesThatHold_NameTheOneThatDoes() => Assert.Equal(
        ["metrics.otd < 0.5 [0.4 < 0.5]"], Deciding(World.Of("metrics.otd < 0.5 || metrics.uptime < 0.99").Reading("otd", 0.4).Reading("uptime", 0.999)));

    [Fact]
    public void Undecided_NamesWhatIsMissingAndNotWhatHolds() => Assert.Equal(
        ["metrics.uptime < 0.99 [‹metrics.uptime: absent›] metrics.uptime: absent"], Deciding(World.Of("metrics.otd < 0.5 && metrics.uptime < 0.99").Reading("otd", 0.4)));

    [Fact]
    public void Negation_OfAComparison_SaysByHowMuch() => Assert.Equal(
        ["!(metrics.otd > 0.5) [0.95 > 0.5] 0.45 (90%)"], Deciding(World.Of("'!(metrics.otd > 0.5)'").Reading("otd", 0.95)));

    [Fact]
    public void Durations_AreSaidInDays()
    {
        World world = World.Of("until(contract.end) < days(60)");
        world.Supplier = world.Supplier with { Contract = new Risk.Rules.Suppliers.Contract { Id = "C", End = World.Start.AddDays(72.25) } };
        Assert.EndsWith("] 12 d 6 h", Assert.Single(Deciding(world)), StringComparison.Ordinal);
        RuleTurn next = Explain(world).Next!;
        Assert.Equal(("fires", World.Start.AddDays(12.25).AddSeconds(1)), (next.What, next.At));
    }

    [Fact]
    public void Each_IsReadForItsOwnItem()
    {
        World world = World.Of("e.severity >= 4 && since(e.at) < days(30)", "each: {in: events.breach, as: e, key: e.id}").Happening("breach", "B1", -1, 3).Happening("breach", "B2", -1, 5);
        RuleExplanation explanation = Explain(world);
        Assert.Equal(["B1: does not hold: e.severity >= 4 1 (25%)", "B2: holds: e.severity >= 4 , since(e.at) < days(30) "], explanation.Subjects.Select(s => $"{s.Key}: {s.Verdict}: {string.Join(", ", s.Deciding.Select(o => $"{o.Text} {o.Gap}"))}"));
    }

    [Fact]
    public void Pending_SaysWhenItFiresAndThatItMustHold()
    {
        World world = World.Of("metrics.otd < 0.9", "for: 3d").Reading("otd", 0.5);
        world.At(0);
        Assert.Equal("pending: 1 d of 3 d held; fires on 2026-01-18 06:00Z if it holds until then", Assert.Single(Explain(world, 1).Clocks));
        Assert.Equal((World.Start.AddDays(3), "fires"), (Explain(world, 1).Next!.At, Explain(world, 1).Next!.What));
    }

    [Fact]
    public void Limit_TellsTheOverrideThatWon()
    {
        const string limits = "limits: {low: {default: 0.9, overrides: [{when: supplier.tier == 1, value: 0.95}, {when: supplier.country == 'DE', value: 0.8}]}}\n";
        Assert.Equal(("0.8", "0.8 (when supplier.country == 'DE')"), (Assert.Single(Explain(World.Of("metrics.otd < limit.low", pack: limits).Reading("otd", 0.5)).Limits) is var limit ? (limit.Value, limit.Origin) : default));
    }

    [Fact]
    public void EveryReadingOfAnyCondition_IsConsistentWithItsValue()
    {
        foreach (string when in (string[])["metrics.otd < 0.9 ? metrics.uptime < 0.9 : metrics.credit_score < 50.0", "events.breach.exists(e, e.severity > 3)", "!(supplier.tier == 2 && metrics.otd < 0.9)", "supplier.country in ['DE', 'FR']"])
        {
            World world = World.Of($"\"{when}\"").Reading("otd", 0.95).Reading("uptime", 0.5).Reading("credit_score", 70);
            RuleSubjectTrace subject = Assert.Single(Explain(world).Subjects);
            Assert.NotEmpty(subject.Deciding);
            Assert.DoesNotContain(subject.Deciding, o => o.Reading.Contains("read on its own", StringComparison.Ordinal));
        }
    }
}
