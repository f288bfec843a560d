using Risk.Connectors.OfacSdn;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.OfacSdn;

public sealed class SdnScreeningTests
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
    public void Screen_Names_GiveTheSeverity(string name, string country, int severity)
    {
        OfacSdnRecord works = Entry(102, "ADVENTURE WORKS GMBH", "", "a.k.a. 'AW'; a.k.a. 'A'W STAR'.", "IR");
        works.Names.Add(new SdnName("ADVENTURE CYCLES", SdnNameKind.Alias, "fka"));
        OfacSdnRecord[] entries = [works, Entry(103, "APEX", "", "", "RU"), Entry(104, "DOE, John Example", "individual", ""), Entry(105, "BLUE SEA", "vessel", ""), Entry(106, "CORP", "", "", "CU")];
        var supplier = new Supplier { Id = new SupplierId("S"), Name = name, Country = country };
        Assert.Equal(severity, new SdnScreening([supplier]).Screen(entries).Select(m => m.Severity).SingleOrDefault());
    }

    [Fact]
    public void Screen_SupplierAlias_CountsLikeItsName()
    {
        var supplier = new Supplier { Id = new SupplierId("S"), Name = "Something else", Aliases = ["Apex"] };
        SdnMatch match = Assert.Single(new SdnScreening([supplier]).Screen([Entry(103, "APEX", "", "")]));
        Assert.Equal(("Apex", true), (match.OwnName, match.IsExact));
    }

    private static OfacSdnRecord Entry(int entNum, string name, string type, string remarks, params string[] countries)
    {
        var entry = new OfacSdnRecord(entNum, name, type, "TEST", remarks);
        entry.Countries.UnionWith(countries);
        return entry;
    }
}
