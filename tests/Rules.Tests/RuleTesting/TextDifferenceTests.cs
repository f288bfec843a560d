using Risk.Rules.RuleTesting;

namespace Risk.Rules.Tests.RuleTesting;

public sealed class TextDifferenceTests
{
    [Theory]
    [InlineData("high", "critical", "high", "critical")]
    [InlineData("", "something", "", "something")]
    [InlineData("Listed Inc: 86 % of deliveries on time, agreed 92 %", "Listed Inc: 86 % of deliveries on time, agreed 97 %", "…n time, agreed 92 %", "…n time, agreed 97 %")]
    [InlineData("12 points lower than they were ninety days ago", "9 points lower than they were ninety days ago", "12 points lower th…", "9 points lower th…")]
    [InlineData("aaa", "aaaa", "aaa", "aaaa")]
    public void Of_TwoTexts_KeepsWhereTheyDiffer(string expected, string actual, string shownExpected, string shownActual) =>
        Assert.Equal((shownExpected, shownActual), TextDifference.Of(expected, actual));

    [Fact]
    public void Of_DifferenceWithinOneCharacter_ShowsTheWholeCharacter()
    {
        (string expected, string actual) = TextDifference.Of("x😀", "x😁");
        Assert.Equal(("x😀", "x😁"), (expected, actual));
        Assert.All(TextDifference.Of(new string('a', 40) + "😀" + new string('b', 40), new string('a', 40) + "😁" + new string('b', 40)) is var (a, b) ? [a, b] : Array.Empty<string>(), t => Assert.DoesNotContain('\uFFFD', t));
    }
}
