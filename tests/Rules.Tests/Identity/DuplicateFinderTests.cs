using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Identity;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Tests.Identity;

public sealed class DuplicateFinderTests
{
    [Fact]
    public void Find_EachKind_IsNamedWithItsReason()
    {
        ImmutableArray<DuplicateGroup> groups = DuplicateFinder.Find(
        [
            Supplier("A1", "Microsoft Corporation", lei: "INR2EJN1ERAN0W5ZP974"), Supplier("A2", "MSFT", lei: "INR2EJN1ERAN0W5ZP974"),
            Supplier("B1", "Smith & Sons Ltd"), Supplier("B2", "SMITH AND SONS LIMITED"),
            Supplier("C1", "Care Managment Group Ltd"), Supplier("C2", "Care Management Group Limited"),
            Supplier("D1", "Harbour Castings"), Supplier("D2", "Harbour Castings GmbH"),
            Supplier("E1", "Nordic Polymer Ltd"), Supplier("E2", "Nordic Polymer PLC"),
            Supplier("F1", "Meridian Tools Ltd", country: "GB"), Supplier("F2", "Meridian Tools Ltd", country: "IE"),
            Supplier("G1", "Alone Ltd"),
        ]);
        Assert.Equal(
            [
                (DuplicateKind.Identifier, "A1 - A2: the same lei INR2EJN1ERAN0W5ZP974"), (DuplicateKind.Name, "B1 - B2: the same name"), (DuplicateKind.Spelling, "C1 - C2: another spelling (managment / management)"),
                (DuplicateKind.FormMissing, "D1 - D2: the same words; the legal form is missing in one (Harbour Castings / Harbour Castings GmbH)"),
                (DuplicateKind.Sister, "E1 - E2: the same words, another legal form (LTD / PLC): a sister?"), (DuplicateKind.Sister, "F1 - F2: the same name, but another country (GB / IE)"),
            ],
            groups.Select(g => (g.Kind, Assert.Single(g.Reasons))));
    }

    [Fact]
    public void Find_DifferentIdentifiers_AreSistersWhateverTheNames() =>
        Assert.Equal(DuplicateKind.Sister, Assert.Single(DuplicateFinder.Find([Supplier("A", "Acme Tools Ltd", lei: "INR2EJN1ERAN0W5ZP974"), Supplier("B", "Acme Tools Ltd", lei: "21380068P1DRHMJ8KU70")])).Kind);

    [Fact]
    public void Find_AnAliasOfOne_IsTheNameOfTheOther() =>
        Assert.Equal(DuplicateKind.Name, Assert.Single(DuplicateFinder.Find([Supplier("A", "Alphabet Inc") with { Aliases = ["Google LLC"] }, Supplier("B", "Google LLC")])).Kind);

    [Fact]
    public void Find_AnyPortfolio_GivesWhatComparingAllWithAllGives()
    {
        Gen<string> names = from words in Gen.ArrayOf(Gen.Elements("Nordic", "Nordics", "Harbour", "Harbor", "Castings", "Services", "Service"), 3) from form in Gen.Elements("Ltd", "Limited", "plc", "") select $"{string.Join(' ', words)} {form}";
        Prop.ForAll(Gen.ArrayOf(names).ToArbitrary(), portfolio =>
        {
            Supplier[] suppliers = [.. portfolio.Select((n, i) => Supplier($"S{i:D3}", n))];
            HashSet<(string, string)> expected = [];
            foreach (Supplier a in suppliers)
            {
                foreach (Supplier b in suppliers.Where(b => string.CompareOrdinal(a.Id.Value, b.Id.Value) < 0))
                {
                    // Two slipped words are nobody's key.
                    ComparedName one = ComparedName.Of(a.Name), other = ComparedName.Of(b.Name);
                    bool oneWord = one.Words.Split(' ').Zip(other.Words.Split(' ')).Count(p => p.First != p.Second) <= 1;
                    if (one.To(other) is <= NameRelation.OtherForm && oneWord) expected.Add((a.Id.Value, b.Id.Value));
                }
            }

            string[] reasons = [.. DuplicateFinder.Find(suppliers).SelectMany(g => g.Reasons)], turned = [.. DuplicateFinder.Find([.. suppliers.Reverse()]).SelectMany(g => g.Reasons)];
            Assert.Equal(reasons, turned);
            Assert.Equal(expected.Order(), reasons.Select(r => (r[..4], r[7..11])).Order());
        }).QuickCheckThrowOnFailure();
    }

    private static Supplier Supplier(string id, string name, string country = "", string lei = "") => new()
    {
        Id = new SupplierId(id), Name = name, Country = country,
        Identifiers = lei.Length == 0 ? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal) : ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("lei", lei),
    };
}
