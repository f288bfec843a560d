using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>The portfolio's names, ready to be searched for listed ones: roles swapped, so that a list's few changes need not be looked for in every supplier.</summary>
/// <remarks>It only proposes: whom it finds is then compared with the whole list, the ordinary way.</remarks>
public sealed class PortfolioNames
{
    /// <summary>Far below what is ever told, because names are not equally like in both directions.</summary>
    private const float Least = 0.1f;

    private const int MostSuppliers = 48;

    private readonly ScreeningIndex index;
    private readonly ILookup<(string Scheme, string Value), SupplierId> identifiers;

    public PortfolioNames(IReadOnlyList<Supplier> suppliers)
    {
        index = ScreeningIndex.Build(
        [
            .. suppliers.SelectMany(s => s.Aliases.Prepend(s.Name).Select(name =>
                new Rules.Matching.ListedName(s.Id.Value, name, Rules.Matching.NameStrength.Primary, PartyKind.Organization, "", ""))),
        ]);
        identifiers = suppliers.SelectMany(s => s.Identifiers.Select(i => (Key: (i.Key, i.Value), s.Id))).ToLookup(i => i.Key, i => i.Id);
    }

    /// <summary>Suppliers whose comparison with the list these entries may have changed.</summary>
    /// <param name="changed">Entries that came, went or changed, as they were and as they are.</param>
    public IReadOnlySet<SupplierId> Near(IReadOnlyCollection<ListEntry> changed)
    {
        var near = new HashSet<SupplierId>();
        var searcher = new NameSearcher(index);
        var hits = new ScreeningHit[MostSuppliers];
        foreach (ListEntry entry in changed)
        {
            foreach (string name in entry.Names.SelectMany(n => ListScreener.Spellings(entry, n)).Distinct(StringComparer.Ordinal))
            {
                int count = searcher.Search(new ScreeningQuery(name), Least, hits);
                for (int i = 0; i < count; i++) near.Add(new SupplierId(index.Names[hits[i].NameIndex].EntityId));
            }

            foreach (ListedIdentifier identifier in entry.Identifiers)
            {
                near.UnionWith(identifiers[(identifier.Scheme, identifier.Value)]);
                if (identifier.Scheme == ListedIdentifiers.Tax) near.UnionWith(identifiers[(IdentifierScheme.Vat, identifier.Country + identifier.Value)]);
            }
        }

        return near;
    }
}
