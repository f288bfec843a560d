using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

public sealed class JaroWinklerTests
{
    /// <summary>The pairs of Winkler's papers.</summary>
    [Theory]
    [InlineData("MARTHA", "MARHTA", 0.961)]
    [InlineData("DIXON", "DICKSONX", 0.813)]
    [InlineData("DWAYNE", "DUANE", 0.840)]
    [InlineData("ABC", "XYZ", 0)]
    public void Similarity_PublishedPairs_IsAsPublished(string a, string b, double expected) => Assert.Equal(expected, JaroWinkler.Similarity(a, b), 0.001);

    /// <summary>OFAC's own search gives full marks for one word in common; ours says so beside its own score and does not.</summary>
    [Fact]
    public void OfacParity_OneWordOfTheListedName_IsAHundred() => Assert.Equal(100, OfacParity.Score("Emma", "EMMA LLC"));

    [Fact]
    public void OfacParity_NothingInCommon_IsLow() => Assert.InRange(OfacParity.Score("Wolford", "GAZPROM"), 0, 30);
}
