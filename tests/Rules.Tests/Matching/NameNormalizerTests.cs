using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Matching;

namespace Risk.Rules.Tests.Matching;

public sealed class NameNormalizerTests
{
    [Theory]
    [InlineData("Microsoft Corporation", "microsoft")]
    [InlineData("MICROSOFT CORP.", "microsoft")]
    [InlineData("Société Générale S.A.", "societe generale")]
    [InlineData("Müller & Söhne GmbH & Co. KG", "muller and sohne")]
    [InlineData("Muller and Sohne", "muller and sohne")]
    [InlineData("Straße AG", "strasse")]
    [InlineData("Ørsted A/S", "orsted")]
    [InlineData("Łódź Sp. z o.o.", "lodz")]
    [InlineData("Enel S.p.A.", "enel")]
    [InlineData("Grupo Bimbo, S.A.B. de C.V.", "grupo bimbo")]
    [InlineData("The Boeing Company", "boeing")]
    [InlineData("L'Oréal", "loreal")]
    [InlineData("D-Link", "d link")]
    [InlineData("A.B.C. Trading Co., Ltd.", "abc trading")]
    [InlineData("Ｆｕｊｉｔｓｕ", "fujitsu")]
    [InlineData("Газпром", "газпром")]
    public void Normalize_Spellings_BecomeOne(string name, string expected) => Assert.Equal(expected, NameNormalizer.Normalize(name));

    [Theory]
    [InlineData("CORP", "corp")]
    [InlineData("Limited Company", "limited company")]
    [InlineData("Co., Ltd.", "co ltd")]
    [InlineData("The Company", "the company")]
    [InlineData("The Limited Liability Company", "limited liability company")]
    [InlineData("SA", "sa")]
    public void Normalize_LegalFormsOnly_StayWhole(string name, string expected) => Assert.Equal(expected, NameNormalizer.Normalize(name));

    [Fact]
    public void Normalize_AnyNameWithALetter_IsNotEmptyAndStaysItself() =>
        Prop.ForAll<NonNull<string>>(name =>
        {
            string normal = NameNormalizer.Normalize(name.Get);
            bool hasLetter = name.Get.Any(char.IsAsciiLetterOrDigit);
            return (!hasLetter || normal.Length > 0) && normal == normal.Trim() && !normal.Contains("  ", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Literal_CaseAndSpaces_AreAllThatIsMadeEqual()
    {
        Assert.Equal(NameNormalizer.Literal("Acme  Corp "), NameNormalizer.Literal("ACME CORP"));
        Assert.NotEqual(NameNormalizer.Literal("Acme Corp."), NameNormalizer.Literal("ACME CORP"));
    }
}
