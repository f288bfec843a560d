using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.RulePacks;

namespace Risk.Worker.Tests.Semantics;

/// <summary>A band change never waits for the next poll: the instant at which the assessment is due is the instant at which it changes.</summary>
public sealed class CrossingTests
{
    private const string Scoring = "schema: scoring/1\ncategories: {operational: {weight: 1, cap: 100}}\nmemory: {half_life: 10d, forget_below: 1}\n";

    /// <summary>Follows what is due until the band changes; nothing new is learned.</summary>
    private static (EvaluationResult Result, DateTimeOffset At) Follow(World world, double from)
    {
        EvaluationResult result = world.At(from);
        Band band = result.Assessment.Band;
        DateTimeOffset at = World.Start.AddDays(from);
        for (int step = 0; step < 2_000 && result.Assessment.Band == band; step++)
        {
            Assert.NotNull(result.Assessment.NextDueAt);
            Assert.True(result.Assessment.NextDueAt > at);
            at = result.Assessment.NextDueAt.Value;
            result = world.At((at - World.Start).TotalDays);
        }

        return (result, at);
    }

    private static DateTimeOffset Day(double day) => World.Start.AddDays(day);

    [Fact]
    public void Memory_FallsBelowTheMargin_AtTheComputedSecond()
    {
        // Guarded is left at 25 - 3 = 22: t = 10 d x log2(40 / 22), but points are rounded to four digits and totals to two, so below 22.00495.
        World world = World.Of("metrics.otd < 0.9", "points: 40", scoring: Scoring).Reading("otd", 0.5).Reading("otd", 0.95, 1);
        world.At(0);
        (EvaluationResult result, DateTimeOffset at) = Follow(world, 1);
        Assert.Equal(Band.Low, result.Assessment.Band);
        Assert.Equal(Day(1 + (10 * Math.Log2(40 / 22.00495))), at, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Decay_InPoints_CrossesAtTheComputedSecond()
    {
        World world = World.Of("e.severity > 1", "each: {in: events.breach, as: e, key: e.id}\npoints: 60.0 * decay(e.at, days(20))", scoring: Scoring).Happening("breach", "B1", 0);
        (EvaluationResult result, DateTimeOffset at) = Follow(world, 0);
        // Elevated (45) is left below 42: 60 x 0.5^(t / 20 d) < 42.00495, by the same rounding.
        Assert.Equal(Band.Guarded, result.Assessment.Band);
        Assert.Equal(Day(20 * Math.Log2(60 / 42.00495)), at, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Item_AgesOut_IsDueWhenItDoes()
    {
        World world = World.Of("since(e.at) < days(5)", "each: {in: events.breach, as: e, key: e.id}\npoints: 60", scoring: Scoring).Happening("breach", "B1", -0.123);
        EvaluationResult result = world.At(0);
        while (result.Transitions.All(t => t.Kind != AlertTransitionKind.Resolved)) result = world.At((result.Assessment.NextDueAt!.Value - World.Start).TotalDays);
        Assert.Equal(Day(5 - 0.123), result.Assessment.AsOf, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("until(contract.end) < days(60)", 40.75)]
    [InlineData("now > timestamp('2026-02-01T12:34:56Z')", 17.274259)]
    [InlineData("age(metrics.otd) > days(7)", 7.0)]
    [InlineData("vars.soon", 40.75)]
    [InlineData("until(contract.end) < days(limit.notice)", 70.75)]
    [InlineData("change(metrics.otd, days(30)) < 0.2 && metrics.otd > 0.5", 20.0)]
    public void Condition_TurnsWithTime_IsDueToTheSecond(string when, double day)
    {
        // The contract ends at midnight, 100 days and 18 hours after the start; otd rose from 0.5 to 0.8 ten days ago.
        World world = World.Of(when, "points: 60", "vars: {soon: until(contract.end) < days(60)}\nlimits: {notice: {default: 10, overrides: [{when: until(contract.end) < days(31), value: 30}]}}\n", Scoring)
            .Reading("otd", 0.5, -20).Reading("otd", 0.8, -10).Reading("otd", 0.8, 0);
        world.Supplier = world.Supplier with { Contract = new Risk.Rules.Suppliers.Contract { Id = "C", End = new DateTimeOffset(2026, 4, 26, 0, 0, 0, TimeSpan.Zero) } };
        world.CheckedAlways("numbers");
        EvaluationResult result = world.At(0);
        for (int i = 0; i < 300 && result.Transitions.IsEmpty && result.Assessment.NextDueAt is { } due; i++)
        {
            // Readings go on, so that only the clock turns the rule.
            double at = (due - World.Start).TotalDays;
            result = world.At(at);
        }

        Assert.NotEmpty(result.Transitions);
        Assert.Equal(Day(day), result.Assessment.AsOf, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Override_OfACategory_IsDueAtItsEndForItsSupplierAlone()
    {
        const string with = Scoring + "overrides: [{supplier: S-1, category: operational, value: 10, reason: guarantee, approved_by: cfo, expires: 2026-02-10}]\n";
        World world = World.Of("metrics.otd < 0.9", "points: 60", scoring: with).Reading("otd", 0.5);
        (EvaluationResult result, DateTimeOffset at) = Follow(world, 0);
        Assert.Equal((Band.Elevated, new DateTimeOffset(2026, 2, 11, 0, 0, 0, TimeSpan.Zero)), (result.Assessment.Band, at));
        World other = World.Of("metrics.otd < 0.9", "points: 60", scoring: with);
        other.Supplier = other.Supplier with { Id = new("S-2") };
        other.Reading("otd", 0.5);
        Assert.Equal(Day(40).AddSeconds(1), other.At(0).Assessment.NextDueAt);
    }

    [Fact]
    public void Staleness_MakesThingsUnknown_AtTheFirstSecondBeyondTheMaximumAge()
    {
        World world = World.Of("metrics.otd < 0.9", scoring: Scoring).Reading("otd", 0.95);
        (EvaluationResult result, DateTimeOffset at) = Follow(world, 0);
        Assert.Equal((Band.InsufficientData, Day(40).AddSeconds(1)), (result.Assessment.Band, at));
    }

    [Fact]
    public void Outlook_SaysWhenAndWhy_AndWhatComesIfSourcesFallSilent()
    {
        World world = World.OfPack(
            "schema: rules/1\npack: p\nrules:\n  - {id: A-1, title: T, category: operational, severity: high, when: metrics.otd < 0.9, points: 40, message: m}\n"
            + "  - {id: B-1, title: T, category: operational, severity: high, when: 'events.incident.exists(e, e.severity > 3)', points: 60, message: m}\n", Scoring).Reading("otd", 0.5).Reading("otd", 0.95, 1);
        world.At(0);
        EvaluationResult result = world.At(1);
        Outlook outlook = world.Rules.Outlook(world.Dossier(1), result.Assessment, result.State);
        Assert.Equal((Band.Low, "A-1 fades from 40 to 22 points"), (outlook.Next!.To, outlook.Next.Because));
        Assert.Equal(Day(1 + (10 * Math.Log2(40 / 22.00495))), outlook.Next.At, TimeSpan.FromSeconds(1));
        // The incident feed is stale two days after its last check: 60 % of what is at stake is unknown.
        Assert.Equal((Band.InsufficientData, Day(3).AddSeconds(1)), (outlook.NextUnchecked!.To, outlook.NextUnchecked.At));
    }

    [Fact]
    public void Outlook_FromAStoredAssessment_FindsTheSameCrossing()
    {
        World world = World.Of("metrics.otd < 0.9", "points: 40", scoring: Scoring).Reading("otd", 0.5).Reading("otd", 0.95, 1);
        world.At(0);
        world.At(1);
        EvaluationResult result = world.At(2);
        Outlook kept = world.Rules.Outlook(world.Dossier(2), result.Assessment, result.State);
        Outlook recorded = world.Rules.Outlook(world.Dossier(2), result.Assessment, world.Rules.StateOf(result.Assessment));
        Assert.Equal(kept.Next!.At, recorded.Next!.At, TimeSpan.FromSeconds(30));
        Assert.Equal(kept.Next.To, recorded.Next.To);
    }

    /// <summary>Random fades, decays, windows, holding times and ends: at every due instant where the band changes, a second before it had not.</summary>
    [Fact]
    public void NextDueAt_WhereTheBandChanges_IsTheFirstSecondOfIt() => Prop.ForAll(
        (from points in Gen.Choose(20, 100) from half in Gen.Choose(1, 30) from window in Gen.Choose(1, 20) from minutes in Gen.Choose(0, 5000) from decay in Gen.Choose(1, 40) from keep in Gen.Choose(0, 5)
         select (points, half, window, minutes, decay, keep)).ToArbitrary(),
        any =>
        {
            string scoring = string.Create(CultureInfo.InvariantCulture, $"schema: scoring/1\ncategories: {{operational: {{weight: 1, cap: 100}}}}\nmemory: {{half_life: {any.half}d, forget_below: 1}}\n");
            World world = World.OfPack(string.Create(CultureInfo.InvariantCulture, $$"""
                schema: rules/1
                pack: p
                rules:
                  - {id: A-1, title: T, category: operational, severity: high, when: since(e.at) < days({{any.window}}), each: {in: events.breach, as: e, key: e.id}, points: {{any.points}}, keep_firing_for: {{any.keep}}d, message: m}
                  - {id: B-1, title: T, category: operational, severity: high, when: e.severity > 1, each: {in: events.incident, as: e, key: e.id}, points: "{{any.points}}.0 * decay(e.at, days({{any.decay}}))", message: m}
                """), scoring).Happening("breach", "B1", -any.minutes / 1440.0).Happening("incident", "I1", -any.minutes / 2880.0);
            EvaluationResult before = world.At(0);
            SupplierState state = world.State;
            for (int i = 0; i < 150 && before.Assessment.NextDueAt is { } due; i++)
            {
                double day = (due - World.Start).TotalDays;
                EvaluationResult just = world.Rules.Evaluate(world.Dossier((due.AddSeconds(-1) - World.Start).TotalDays), state);
                EvaluationResult at = world.At(day);
                if (at.Assessment.Band != before.Assessment.Band && just.Assessment.Band != before.Assessment.Band) return false;
                if (just.Assessment.Band != before.Assessment.Band && due.AddSeconds(-1) > before.Assessment.AsOf) return false;
                (before, state) = (at, world.State);
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
