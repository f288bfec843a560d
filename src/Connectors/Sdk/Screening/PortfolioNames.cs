using System.Globalization;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>The portfolio's names, ready to be searched for listed ones: roles swapped, because a list's change has few names and a portfolio many.</summary>
/// <remarks>Immutable; safe for all threads. It only proposes: whom it finds is then compared with the whole list, the ordinary way.</remarks>
public sealed class PortfolioNames
{
    /// <summary>Far below what is ever told, because names are not equally like in both directions: of 20,000 made-up worlds none has a match that this misses (at 0.02: one in 5,000).</summary>
    private const float Least = 0.005f;

    /// <summary>Names in one index: with more of them, more would be alike.</summary>
    private const int ShardSize = 12_500;

    private readonly ScreeningIndex[] shards;
    private readonly SupplierId[][] owners;
    private readonly Dictionary<string, int> literals;
    private readonly ILookup<(string Scheme, string Value), SupplierId> identifiers;

    /// <summary>Suppliers of one name are found together, however many they are.</summary>
    public PortfolioNames(IReadOnlyList<Supplier> suppliers)
    {
        var names = suppliers.SelectMany(s => s.Aliases.Prepend(s.Name).Select(name => (Name: name, s.Id))).GroupBy(n => NameNormalizer.Literal(n.Name), StringComparer.Ordinal).Where(g => g.Key.Length > 0).ToArray();
        owners = [.. names.Select(g => g.Select(n => n.Id).Distinct().ToArray())];
        literals = Enumerable.Range(0, names.Length).ToDictionary(i => names[i].Key, StringComparer.Ordinal);
        identifiers = suppliers.SelectMany(s => s.Identifiers.Select(i => (Key: (i.Key, i.Value), s.Id))).ToLookup(i => i.Key, i => i.Id);
        shards =
        [
            .. names.Select((g, i) => new Rules.Matching.ListedName(i.ToString(CultureInfo.InvariantCulture), g.First().Name, Rules.Matching.NameStrength.Primary, PartyKind.Organization, "", ""))
                .Chunk(ShardSize).Select(shard => ScreeningIndex.Build(shard)),
        ];
    }

    /// <summary>
    /// Suppliers that comparing with the entries may find: of like or equal names, or with the same number. Null when a name is like so many that they are not all known:
    /// then anybody may be. Uses all processors.
    /// </summary>
    public IReadOnlySet<SupplierId>? Near(IReadOnlyCollection<ListEntry> entries, CancellationToken cancellationToken)
    {
        var near = new bool[owners.Length];
        bool isCommon = false;
        string[] names = [.. entries.Where(e => !e.IsPerson).SelectMany(e => e.Names.Select(n => n.Text)).Distinct(StringComparer.Ordinal)];
        Parallel.For(0, shards.Length, new ParallelOptions { CancellationToken = cancellationToken }, shard =>
        {
            var searcher = new NameSearcher(shards[shard]);
            Span<ScreeningHit> hits = stackalloc ScreeningHit[NameSearcher.Finalists];
            foreach (string name in names)
            {
                int count = searcher.Search(new ScreeningQuery(name), Least, hits);
                if (count == NameSearcher.Finalists) isCommon = true;
                if (isCommon) return;
                foreach (ScreeningHit hit in hits[..count]) near[(shard * ShardSize) + hit.NameIndex] = true;
            }
        });
        if (isCommon) return null;
        foreach (string spelling in entries.SelectMany(e => e.Names.SelectMany(n => ListScreener.Spellings(e, n))))
        {
            if (literals.TryGetValue(NameNormalizer.Literal(spelling), out int name)) near[name] = true;
        }

        HashSet<SupplierId> found = [.. Enumerable.Range(0, near.Length).Where(i => near[i]).SelectMany(i => owners[i])];
        foreach (ListedIdentifier identifier in entries.SelectMany(e => e.Identifiers))
        {
            found.UnionWith(identifiers[(identifier.Scheme, identifier.Value)]);
            if (identifier.Scheme == ListedIdentifiers.Tax) found.UnionWith(identifiers[(IdentifierScheme.Vat, identifier.Country + identifier.Value)]);
        }

        return found;
    }
}
