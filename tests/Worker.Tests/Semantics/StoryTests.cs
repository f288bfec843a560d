using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;

namespace Risk.Worker.Tests.Semantics;

public sealed class StoryTests
{
    private static World Two() => World.Of("e.severity >= 3", "each: {in: events.insolvency, as: e, key: e.id}\npoints: 30.0 + double(e.sources)\nmessage: \"{e.title}, {e.sources} sources\"");

    [Fact]
    public void Reports_OfOneStory_CountOnceWithTheirCorroboration()
    {
        World world = Two().Happening("insolvency", "A", -3, story: "s1").Happening("insolvency", "B", -2, story: "s1", source: "news").Happening("insolvency", "C", -1);
        Assert.Equal(["A: 32: B, 2 sources", "C: 31: C, 1 sources"], world.At(0).Assessment.Findings.Select(f => FormattableString.Invariant($"{f.Key}: {f.Points:0}: {f.Message}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FurtherReport_OfAKnownStory_OpensNoSecondAlert()
    {
        World world = Two().Happening("insolvency", "A", -3, story: "s1");
        string episode = Assert.Single(world.At(0).Transitions).Alert.EpisodeId;
        EvaluationResult corroborated = world.Happening("insolvency", "B", 1, story: "s1", source: "news").At(1);
        Assert.Equal((AlertTransitionKind.Updated, episode), (Assert.Single(corroborated.Transitions).Kind, corroborated.Transitions[0].Alert.EpisodeId));
        Assert.Equal("B, 2 sources", corroborated.Transitions[0].Alert.Message);
    }

    [Fact]
    public void Explain_NamesTheStoryOnce()
    {
        World world = Two().Happening("insolvency", "A", -3, story: "s1").Happening("insolvency", "B", -2, story: "s1");
        Assert.Equal("A", Assert.Single(world.Rules.ExplainRule("A-1", world.Dossier(0), SupplierState.Initial)!.Subjects).Key);
    }

    // A mail on one product showed the vulnerabilities of another.
    [Fact]
    public void Evidence_OfAFindingForAProduct_IsThatProducts()
    {
        World world = World.Of("events.breach.exists(e, e.type == p)", "each: {in: supplier.products, as: p, key: p}");
        world.Supplier = world.Supplier with { Products = ["Ledger", "Abacus", "Slate"] };
        world.Happening("breach", "L1", -9, type: "Ledger").Happening("breach", "A1", -8, type: "Abacus").Happening("breach", "A2", -7, type: "Abacus");
        Assert.Equal(
            ["Abacus: events.breach A2, events.breach A1", "Ledger: events.breach L1"],
            world.At(0).Assessment.Findings.Select(f => $"{f.Key}: {string.Join(", ", f.Evidence.Select(e => e.Label))}").Order(StringComparer.Ordinal));
    }
}
