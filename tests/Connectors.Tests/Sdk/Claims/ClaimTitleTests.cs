using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk.Claims;

namespace Risk.Connectors.Tests.Sdk.Claims;

public sealed class ClaimTitleTests
{
    [Theory]
    [InlineData("Windemuller", "Windemuller", "")]
    [InlineData("Leaks Company Birch Communications inc.", "Birch Communications inc.", "")]
    [InlineData("Leakage from company Catania, Mahon & Rider, PLLC", "Catania, Mahon & Rider, PLLC", "")]
    [InlineData("Leaks from company EDP Group", "EDP Group", "")]
    [InlineData("New leaks from SOLTEK PACIFIC", "SOLTEK PACIFIC", "")]
    [InlineData("Security breach of CAPCOM network", "CAPCOM", "")]
    [InlineData("BIOLOGICAL E. Ltd. (BE) LEAK POST", "BIOLOGICAL E. Ltd. (BE)", "")]
    [InlineData("Official appeal to DASSAULT FALCON JET", "DASSAULT FALCON JET", "")]
    [InlineData("LEAK post FINSA", "FINSA", "")]
    [InlineData("New Files For Leak Campari Post", "Campari", "")]
    [InlineData("JMA Energy LEAK", "JMA Energy", "")]
    [InlineData("New \"WallofShamer\" - East Coast Seafood Inc.", "East Coast Seafood Inc.", "")]
    [InlineData("Brunner Announce – Hello World !", "Brunner", "")]
    [InlineData("Greenwood Fabricating &amp; Plating", "Greenwood Fabricating & Plating", "")]
    [InlineData("Artas Holding / Artas Insaat", "Artas Holding|Artas Insaat", "")]
    [InlineData("Family Dental;Value Dental;", "Family Dental|Value Dental", "")]
    [InlineData("SVA Jean Rozé - sva-jeanroze.fr", "SVA Jean Rozé", "sva-jeanroze.fr")]
    [InlineData("Cognity (cognity.gr)", "Cognity", "cognity.gr")]
    [InlineData("www.SpecialTree.com", "www.SpecialTree.com", "specialtree.com")]
    [InlineData("elitemate.com", "elitemate.com", "elitemate.com")]
    [InlineData("Files (gofile.io)", "Files (gofile.io)", "")]
    public void Read_Headings_GiveNameAndDomain(string heading, string names, string domain)
    {
        ClaimTitle title = ClaimTitle.Read(heading);
        Assert.Equal((names, domain, ""), (string.Join('|', title.Names), title.Domain, title.Problem));
    }

    [Theory]
    [InlineData("hancockassociat...", "the site cuts the name off")]
    [InlineData("jockeyclub.org....", "the site cuts the name off")]
    [InlineData("universalwindow…", "the site cuts the name off")]
    [InlineData("A**** C****", "the name is masked")]
    [InlineData(" \u200b ", "no title")]
    [InlineData(";", "no name in the title")]
    public void Read_HeadingsThatNameNobody_SayWhy(string heading, string problem) => Assert.Equal(problem, ClaimTitle.Read(heading).Problem);

    [Fact]
    public void Read_AnyText_NamesSomebodyOrSaysWhyNot() => Prop.ForAll<string?>(ArbMap.Default.ArbFor<string?>(), static text =>
    {
        ClaimTitle title = ClaimTitle.Read(text ?? "");
        return title.Problem.Length > 0 ? title.Names.IsEmpty : title.Names.Length > 0 && title.Names.All(n => n.Trim().Length > 0);
    }).QuickCheckThrowOnFailure();
}
