using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

public sealed class WordSimilarityTests
{
    [Theory]
    [InlineData("almaz", "lamaz", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("ca", "abc", 3)]
    public void Edits_KnownPairs_AreCounted(string a, string b, int edits) => Assert.Equal(edits, WordSimilarity.Edits(a, b));

    /// <summary>Against the textbook table for optimal string alignment.</summary>
    [Fact]
    public void Edits_AnyWords_EqualTheTable() => Prop.ForAll(Words(), Words(), (a, b) => WordSimilarity.Edits(a, b) == Table(a, b)).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnyWords_IsSymmetricAndBetweenZeroAndOne() => Prop.ForAll(Words(), Words(), (a, b) =>
    {
        float there = Similarity(a, b), back = Similarity(b, a);
        return Math.Abs(there - back) < 1e-5 && there is >= 0 and <= 1 && Similarity(a, a) == 1;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("tsentralnyi", "centralny")]
    [InlineData("mashinostroyeniya", "mashinostroenija")]
    [InlineData("aktsionernoe", "aktcionernoye")]
    [InlineData("polyot", "polet")]
    [InlineData("shcherbakov", "scherbakoff")]
    public void Of_TwoRomanisationsOfAWord_IsNearlyOne(string a, string b) => Assert.True(Similarity(a, b) >= 0.97f);

    [Fact]
    public void Of_AbbreviationsThatOnlySoundAlike_IsLower() => Assert.True(Similarity("auk", "auc") < 0.85f);

    private static Arbitrary<string> Words() => Gen.ArrayOf(Gen.Elements("abcehkst".ToCharArray())).Select(letters => new string(letters.Length > 20 ? letters[..20] : letters)).ToArbitrary();

    private static float Similarity(string a, string b) => WordSimilarity.Of(a, SpellingSkeleton.Of(a), b, SpellingSkeleton.Of(b));

    private static int Table(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
