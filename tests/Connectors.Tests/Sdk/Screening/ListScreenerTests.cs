using Risk.Connectors.Sdk.Ofac;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.Sdk.Screening;

public sealed class NameScreeningTests
{
    [Theory]
    // Exact is 5 whatever the country; normalised with another country 4.
    [InlineData("Adventure Works GmbH", "", 5)]
    [InlineData("Adventure Works GmbH", "US", 5)]
    [InlineData("Adventure Works Ltd", "", 5)]
    [InlineData("Adventure Works Ltd", "IR", 5)]
    [InlineData("Adventure Works Ltd", "US", 4)]
    [InlineData("Adventure-Cycles", "US", 4)]
    // A part of a name, or a longer one, is another name.
    [InlineData("Adventure", "IR", 0)]
    [InlineData("Adventure Works Trading", "IR", 0)]
    // One ordinary word.
    [InlineData("Apex Ltd", "US", 3)]
    [InlineData("Apex Ltd", "", 4)]
    [InlineData("Apex Ltd", "RU", 5)]
    [InlineData("Apex Systems Ltd", "RU", 0)]
    // Legal forms only meet themselves.
    [InlineData("Acme Corp", "CU", 0)]
    [InlineData("Corp", "CU", 5)]
    [InlineData("Inc", "CU", 0)]
    // A weak alias needs the country.
    [InlineData("A.W.", "", 0)]
    [InlineData("A.W.", "US", 0)]
    [InlineData("A.W.", "IR", 3)]
    [InlineData("A'W Star", "IR", 3)]
    // Persons: the full name in either order, nothing less.
    [InlineData("John Example Doe", "", 5)]
    [InlineData("DOE, JOHN EXAMPLE", "", 5)]
    [InlineData("John Example Doe Ltd", "", 0)]
    [InlineData("Doe", "", 0)]
    // Vessels are companies' property and are screened like companies.
    [InlineData("Blue Sea Ltd.", "", 5)]
    [Trait("Defect", "X18")] // X18: With its legal form dropped, CORP matched everything (watchman#483).
    public void Screen_Names_GiveTheCertainty(string name, string country, int certainty)
    {
        ListEntry works = Entry(102, "ADVENTURE WORKS GMBH", "", "a.k.a. 'AW'; a.k.a. 'A'W STAR'.", "IR");
        works = works with { Names = works.Names.Add(new ListedName("ADVENTURE CYCLES", NameStrength.Alias)) };
        ListEntry[] entries = [works, Entry(103, "APEX", "", "", "RU"), Entry(104, "DOE, John Example", "individual", ""), Entry(105, "BLUE SEA", "vessel", ""), Entry(106, "CORP", "", "", "CU")];
        var supplier = new Supplier { Id = new SupplierId("S"), Name = name, Country = country };
        Assert.Equal(certainty, new NameScreening([supplier]).Screen(entries).Select(m => m.Certainty).SingleOrDefault());
    }

    [Fact]
    public void Screen_SupplierAlias_CountsLikeItsName()
    {
        var supplier = new Supplier { Id = new SupplierId("S"), Name = "Something else", Aliases = ["Apex"] };
        ListMatch match = Assert.Single(new NameScreening([supplier]).Screen([Entry(103, "APEX", "", "")]));
        Assert.Equal(("Apex", true), (match.OwnName, match.IsExact));
    }

    [Fact]
    public void Severity_OfListsThatDoNotBlock_IsNeverThatOfOneThatDoes()
    {
        Assert.Equal([3, 4, 5], new[] { 3, 4, 5 }.Select(ListKind.Blocking.Severity));
        Assert.Equal([2, 3, 4], new[] { 3, 4, 5 }.Select(ListKind.Restricting.Severity));
        Assert.Equal([1, 2, 3], new[] { 3, 4, 5 }.Select(ListKind.Cautioning.Severity));
        Assert.Equal([1, 2, 3], new[] { 3, 4, 5 }.Select(ListKind.Debarring.Severity));
    }

    private static ListEntry Entry(int entNum, string name, string type, string remarks, params string[] countries)
    {
        var party = new OfacParty(entNum, name, type, "TEST", remarks);
        party.Countries.UnionWith(countries);
        return party.ToEntry("sdn-", "the list", "test", ListKind.Blocking);
    }
}
