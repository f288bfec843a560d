using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Identity;

namespace Risk.Rules.Tests.Identity;

public sealed class ComparedNameTests
{
    [Theory]
    [InlineData("Microsoft Corporation", "MICROSOFT CORP", NameRelation.Same)]
    [InlineData("Commerzbank AG", "COMMERZBANK Aktiengesellschaft", NameRelation.Same)]
    [InlineData("Smith & Sons Ltd.", "SMITH AND SONS LIMITED", NameRelation.Same)]
    [InlineData("Blue Amber Fund Management SA", "BLUE AMBER FUND MANAGEMENT S.A.", NameRelation.Same)]
    [InlineData("Haslington Surgery", "HASLINGTON  SURGERY", NameRelation.SameWithoutForm)]
    [InlineData("The Training Foundation Limited", "TRAINING FOUNDATION LIMITED", NameRelation.OtherSpelling)]
    [InlineData("N T Killingley Limited", "NT KILLINGLEY LIMITED", NameRelation.OtherSpelling)]
    [InlineData("Care Managment Group Limited", "CARE MANAGEMENT GROUP LIMITED", NameRelation.OtherSpelling)]
    [InlineData("Croft Care Homes Limited", "CROFT CAREHOMES LIMITED", NameRelation.OtherSpelling)]
    [InlineData("Windsor Clinical and Home Care Services Grp Limited", "WINDSOR CLINICAL AND HOME CARE SERVICES GROUP LIMITED", NameRelation.OtherSpelling)]
    [InlineData("NOTTINGHAM UNIVERSITY HOSPITALS NHS TRUS", "NOTTINGHAM UNIVERSITY HOSPITALS NHS TRUST", NameRelation.OtherSpelling)]
    [InlineData("Walmart", "Walmart Inc.", NameRelation.FormMissing)]
    [InlineData("Acme Tools Inc", "ACME TOOLS CORP", NameRelation.OtherForm)]
    [InlineData("Ameo Professional Services LLP", "AMEO PROFESSIONAL SERVICES LIMITED", NameRelation.OtherForm)]
    [InlineData("Optimise Limted", "OPTIMISE LIMITED", NameRelation.OtherForm)]
    [InlineData("Puma SE", "PUMA Europe GmbH", NameRelation.Sister)]
    [InlineData("Orchard Care Homes 3 Limited", "ORCHARD CARE HOMES 2 LIMITED", NameRelation.Sister)]
    [InlineData("Puma", "PUMA BIOTECHNOLOGY, INC.", NameRelation.Different)]
    [InlineData("AMAS Limited", "AMAE LIMITED", NameRelation.Similar)]
    [InlineData("Mercer Trading Limited", "MERCER COMMERCIAL LIMITED", NameRelation.Sister)]
    [InlineData("Healthquest Solutions Limited", "HEALTH SOLUTIONS LIMITED", NameRelation.Different)]
    [InlineData("Microsoft Corporation", "ORACLE CORPORATION", NameRelation.Different)]
    [InlineData("", "ORACLE CORPORATION", NameRelation.Different)]
    [InlineData("***", "", NameRelation.Different)]
    public void To_NamesOfAuditsAndRegisters_AreRelatedAsAnAnalystWouldSay(string one, string other, NameRelation expected) => Assert.Equal(expected, ComparedName.Of(one).To(ComparedName.Of(other)));

    [Fact]
    public void To_AnyTwoTexts_IsSymmetricAndBlindToCase()
    {
        Arbitrary<(string, string)> pairs = Gen.Two(Names).Select(p => (p.Item1, p.Item2)).ToArbitrary();
        Prop.ForAll(pairs, pair =>
        {
            ComparedName a = ComparedName.Of(pair.Item1), b = ComparedName.Of(pair.Item2), upper = ComparedName.Of(pair.Item1.ToUpperInvariant());
            Assert.Equal(a.To(b), b.To(a));
            if (a.Words.Length > 0) Assert.True(a.To(upper) <= NameRelation.SameWithoutForm, pair.Item1);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Of_HostileText_NeverThrows()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            ComparedName name = ComparedName.Of(text ?? "");
            _ = name.To(ComparedName.Of("Acme Ltd"));
            _ = name.SpellingKeys().Count();
        }).QuickCheckThrowOnFailure();
        ComparedName.Of(new string('A', 100_000)).To(ComparedName.Of(new string('B', 100_000)));
        ComparedName.Of(string.Join(' ', Enumerable.Repeat("LTD", 5_000))).To(ComparedName.Of("=cmd|'/c calc'!A1"));
        ComparedName.Of("\uD800\u202E\0 Ltd").To(ComparedName.Of("Ltd"));
    }

    /// <summary>Duplicates are found through the keys only, so a spelling without a common key would be lost.</summary>
    [Fact]
    public void SpellingKeys_OfNamesThatDifferInOneWord_HaveOneInCommon()
    {
        Prop.ForAll(Gen.Two(Names).ToArbitrary(), pair =>
        {
            foreach (string slipped in Slips(pair.Item1))
            {
                ComparedName a = ComparedName.Of(pair.Item1), b = ComparedName.Of(slipped);
                // A slip may turn a word into a number or a legal form, or join two: then more than one word differs.
                bool oneWord = slipped.Count(c => c == ' ') == pair.Item1.Count(c => c == ' ') && a.Words.Split(' ').Length == b.Words.Split(' ').Length && a.Words.Split(' ').Zip(b.Words.Split(' ')).Count(p => p.First != p.Second) == 1;
                if (a.To(b) == NameRelation.OtherSpelling && oneWord) Assert.True(a.SpellingKeys().Intersect(b.SpellingKeys()).Any(), $"{pair.Item1} / {slipped}");
            }
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<string> Names => Gen.ArrayOf(Gen.Elements("Nordic", "Harbour", "Castings", "Meridian", "Polymer", "of", "and", "the", "Leeds", "2", "Group", "Grp", "Services", "Ltd", "Limited", "Inc", "GmbH", "A", "B"), 4)
        .Select(words => string.Join(' ', words));

    private static IEnumerable<string> Slips(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            yield return name.Remove(i, 1);
            yield return name.Insert(i, "x");
        }
    }
}
