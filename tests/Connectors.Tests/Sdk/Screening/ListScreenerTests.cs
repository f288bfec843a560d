using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tests.Sdk.Screening;

public sealed class ListScreenerTests
{
    private const MatchResult Hit = MatchResult.Hit, Possible = MatchResult.Possible;

    [Theory]
    // The whole name is a hit, whatever the country.
    [InlineData("Adventure Works GmbH", "", Hit)]
    [InlineData("Adventure Works GmbH", "US", Hit)]
    // Another legal form: the country decides.
    [InlineData("Adventure Works Ltd", "IR", Hit)]
    [InlineData("Adventure Works Ltd", "US", Possible)]
    // A part of a name is another name.
    [InlineData("Adventure", "US", null)]
    // One ordinary word needs a second field.
    [InlineData("Apex Ltd", "US", Possible)]
    [InlineData("Apex Ltd", "", Possible)]
    [InlineData("Apex", "", Possible)]
    [InlineData("Apex", "RU", Hit)]
    // Legal forms and generic words match nothing but themselves, and then only ask.
    [InlineData("Acme Corp", "CU", null)]
    [InlineData("Corp", "US", Possible)]
    [InlineData("Inc", "CU", null)]
    [InlineData("International Trading Company", "CU", null)]
    // A weak alias needs the country, and is never more than a question.
    [InlineData("A.W.", "", null)]
    [InlineData("A.W.", "US", null)]
    [InlineData("A.W.", "IR", Possible)]
    // Persons: the full name in either order, nothing less, and in another country only perhaps.
    [InlineData("John Example Doe", "", Hit)]
    [InlineData("DOE, JOHN EXAMPLE", "", Hit)]
    [InlineData("John Example Doe", "US", Possible)]
    [InlineData("John Example Doe Ltd", "", null)]
    [InlineData("John Doe", "", null)]
    [InlineData("Doe", "", null)]
    // Slips, and another script.
    [InlineData("Uralvagonzvod Research", "RU", Hit)]
    [InlineData("Уралвагонзавод Рисерч", "RU", Possible)]
    [Trait("Defect", "X18")] // X18: With its legal form dropped, CORP matched everything (watchman#483).
    public void Screen_Names_GiveTheResult(string name, string country, MatchResult? result)
    {
        ListEntry[] entries =
        [
            Entry("102", ["ADVENTURE WORKS GMBH"], weak: ["AW", "A W STAR"], countries: ["IR"]), Entry("103", ["APEX"], countries: ["RU"]),
            Entry("104", ["DOE, John Example"], isPerson: true, countries: ["IR"]), Entry("106", ["CORP"], countries: ["CU"]), Entry("107", ["URALVAGONZAVOD RESEARCH"], countries: ["RU"]),
        ];
        Assert.Equal(result, Screen(entries, Supplier("S", name, country)).Select(m => (MatchResult?)m.Result).SingleOrDefault());
    }

    [Fact]
    public void Screen_SupplierAlias_CountsLikeItsName()
    {
        Supplier supplier = Supplier("S", "Something else") with { Aliases = ["Northwind Turbines AG"] };
        ListMatch match = Assert.Single(Screen([Entry("103", ["NORTHWIND TURBINES AG"])], supplier));
        Assert.Equal(("Northwind Turbines AG", Hit), (match.OwnName, match.Result));
    }

    [Theory]
    [InlineData("lei", "529900T8BM49AURSDO55", "lei", "529900T8BM49AURSDO55", "", Hit)]
    [InlineData("vat", "DE136695976", "tax", "136695976", "DE", Hit)]
    [InlineData("vat", "DE136695976", "tax", "136695976", "FR", null)]
    [InlineData("companies_house", "01234567", "registration", "01234567", "IR", null)]
    [InlineData("domain", "contoso.example", "domain", "contoso.example", "", Possible)]
    public void Screen_Identifiers_DecideBeforeNames(string scheme, string value, string listedScheme, string listedValue, string issuedIn, MatchResult? result)
    {
        Supplier supplier = Supplier("S", "Contoso Ltd") with { Identifiers = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(scheme, value) };
        ListEntry entry = Entry("1", ["Wholly Different Party"], countries: ["RU"]) with { Identifiers = [new ListedIdentifier(listedScheme, listedValue, issuedIn)] };
        Assert.Equal(result, Screen([entry], supplier).Select(m => (MatchResult?)m.Result).SingleOrDefault());
    }

    [Fact]
    public void Screen_ManyCountriesOfAParty_OneAgreeingIsEnough()
    {
        ListEntry entry = Entry("103", ["APEX"], countries: ["AE", "IR", "RU"]);
        Assert.Equal((CountryVerdict.Agrees, Hit), Screen([entry], Supplier("S", "Apex", "IR")).Select(m => (m.Country, m.Result)).Single());
    }

    [Fact]
    public void Screen_AnyOrderOfEntries_GivesTheSame() => Prop.ForAll(Names().ToArbitrary(), names =>
    {
        ListEntry[] entries = [.. names.Select((n, i) => Entry($"{i}", [n]))];
        Supplier[] suppliers = [.. names.Select((n, i) => Supplier($"S{i}", n + " Ltd"))];
        return Told(Screen(entries, suppliers)).SequenceEqual(Told(Screen([.. entries.Reverse()], suppliers)));
    }).Check(Config.QuickThrowOnFailure);

    /// <summary>Looking the list up in the portfolio and the portfolio in the list are two ways to the same matches.</summary>
    [Fact]
    public void Near_AnyNames_MissesNoMatch() => Prop.ForAll(Names().ToArbitrary(), Names().ToArbitrary(), (listed, own) =>
    {
        ListEntry[] entries = [.. listed.Select((n, i) => Entry($"{i}", [n]))];
        Supplier[] suppliers = [.. own.Concat(listed.Take(3).Select(n => n.Replace("e", "a", StringComparison.Ordinal))).Select((n, i) => Supplier($"S{i}", n))];
        IReadOnlySet<SupplierId>? near = new PortfolioNames(suppliers).Near(entries, CancellationToken.None);
        Assert.Empty(Screen(entries, suppliers).Where(m => near?.Contains(m.Supplier) == false).Select(m => $"{m.OwnName} | {m.Listed.Text} {m.Score} {m.Reasons}"));
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Near_SameNameManyTimesOver_FindsEverySupplier()
    {
        Supplier[] suppliers = [.. Enumerable.Range(0, 500).Select(i => Supplier($"S{i}", "Northwind Turbines AG"))];
        Assert.Equal(500, new PortfolioNames(suppliers).Near([Entry("1", ["NORTHWIND TURBINES A.G."])], CancellationToken.None)!.Count);
    }

    [Fact]
    public void Severity_OfListsThatDoNotBlock_IsNeverThatOfOneThatDoes()
    {
        Assert.Equal([3, 4, 5], new[] { 3, 4, 5 }.Select(ListKind.Blocking.Severity));
        Assert.Equal([2, 3, 4], new[] { 3, 4, 5 }.Select(ListKind.Restricting.Severity));
        Assert.Equal([1, 2, 3], new[] { 3, 4, 5 }.Select(ListKind.Cautioning.Severity));
        Assert.Equal([1, 2, 3], new[] { 3, 4, 5 }.Select(ListKind.Debarring.Severity));
    }

    private static Gen<string[]> Names()
    {
        Gen<string> word = Gen.Elements("Northwind", "Turbines", "Contoso", "Aerospace", "Ural", "Vagonka", "Petro", "Shipping", "Trading", "Lines", "Fabrikam", "Machinery", "Kama", "Tractor", "Delta", "Second", "Works");
        return word.ArrayOf().Where(w => w.Length is > 0 and < 5).Select(w => string.Join(' ', w)).ArrayOf().Where(n => n.Length is > 0 and < 25).Select(n => n.Distinct(StringComparer.Ordinal).ToArray());
    }

    private static IEnumerable<string> Told(IEnumerable<ListMatch> matches) => matches.Select(m => $"{m.Supplier} {m.Entry.Id} {m.Result} {m.Score} {m.Reasons}");

    private static ImmutableArray<ListMatch> Screen(IEnumerable<ListEntry> entries, params Supplier[] suppliers) => new ListScreener(entries).Screen(suppliers, CancellationToken.None);

    private static Supplier Supplier(string id, string name, string country = "") => new() { Id = new SupplierId(id), Name = name, Country = country };

    private static ListEntry Entry(string id, string[] names, string[]? weak = null, bool isPerson = false, string[]? countries = null) => new()
    {
        Id = id, List = "the list", Kind = ListKind.Blocking, Type = "test", Reference = id, Url = "https://list.example/", PartyType = isPerson ? "individual" : "entity", IsPerson = isPerson,
        Names = [.. names.Select((n, i) => new ListedName(n, i == 0 ? NameStrength.Primary : NameStrength.Alias)), .. (weak ?? []).Select(n => new ListedName(n, NameStrength.Weak))],
        Programme = "TEST", Countries = (countries ?? []).ToImmutableSortedSet(StringComparer.Ordinal),
    };
}
