using System.Collections.Immutable;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

internal enum CountryVerdict
{
    /// <summary>The portfolio or the list names no country.</summary>
    Unknown,
    Agrees,
    Contradicts,
}

/// <summary>A supplier's name on the list, and how much it says.</summary>
/// <param name="IsExact">Letter by letter, but for case; else normalised.</param>
internal sealed record ListMatch(Supplier Supplier, string OwnName, ListEntry Entry, ListedName Listed, bool IsExact, CountryVerdict Country)
{
    /// <summary>3 to 5, or 0 when the match is not enough.</summary>
    /// <remarks>
    /// Only names equal in the whole can match, so a common word matches nothing but itself. A weak alias needs the country to agree. A name of one word that is
    /// equal only after its legal form was dropped is often a namesake: it counts for less unless the country agrees, but is never hidden.
    /// </remarks>
    public int Certainty => (Listed.Strength, IsExact, Country) switch
    {
        (NameStrength.Weak, _, CountryVerdict.Agrees) => 3,
        (NameStrength.Weak, _, _) => 0,
        (_, true, _) => 5,
        (_, _, CountryVerdict.Agrees) => 5,
        (_, _, CountryVerdict.Unknown) => IsOneWord ? 4 : 5,
        (_, _, CountryVerdict.Contradicts) => IsOneWord ? 3 : 4,
        _ => throw new InvalidOperationException("Every verdict has a certainty."),
    };

    public bool IsOneWord => !NameNormalizer.Normalize(OwnName).Contains(' ', StringComparison.Ordinal);
}

/// <summary>Looks the portfolio's names up among the list's, and compares those that both have. The list is far smaller than a large portfolio, so only common names are indexed.</summary>
internal sealed class NameScreening(IEnumerable<Supplier> suppliers)
{
    /// <summary>The best match of each supplier and entry, by supplier, then entry.</summary>
    public ImmutableArray<ListMatch> Screen(IReadOnlyCollection<ListEntry> entries)
    {
        CommonNames common = CommonWith(entries);
        return
        [
            .. entries.SelectMany(entry => Matches(entry, common))
                .Where(m => m.Certainty > 0)
                .GroupBy(m => (m.Supplier.Id, m.Entry.Id))
                .Select(g => g.OrderByDescending(m => m.Certainty).ThenByDescending(m => m.IsExact).ThenBy(m => m.Listed.Strength).ThenBy(m => m.Listed.Text, StringComparer.Ordinal).First())
                .OrderBy(m => m.Supplier.Id).ThenBy(m => m.Entry.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>The portfolio's names that some entry has as well.</summary>
    private CommonNames CommonWith(IReadOnlyCollection<ListEntry> entries)
    {
        HashSet<string> literals = entries.SelectMany(e => e.Names.SelectMany(n => Spellings(e, n))).Select(NameNormalizer.Literal).ToHashSet(StringComparer.Ordinal);
        HashSet<string> normals = entries.Where(e => !e.IsPerson).SelectMany(e => e.Names).Select(n => NameNormalizer.Normalize(n.Text)).ToHashSet(StringComparer.Ordinal);
        var byLiteral = new List<(string Key, OwnName Own)>();
        var byNormal = new List<(string Key, OwnName Own)>();
        foreach (Supplier supplier in suppliers)
        {
            foreach (string name in supplier.Aliases.Prepend(supplier.Name))
            {
                string normal = NameNormalizer.Normalize(name);
                if (normal.Length == 0) continue;
                string literal = NameNormalizer.Literal(name);
                if (literals.Contains(literal)) byLiteral.Add((literal, new OwnName(supplier, name)));
                if (normals.Contains(normal)) byNormal.Add((normal, new OwnName(supplier, name)));
            }
        }

        return new CommonNames(byLiteral.ToLookup(n => n.Key, n => n.Own, StringComparer.Ordinal), byNormal.ToLookup(n => n.Key, n => n.Own, StringComparer.Ordinal));
    }

    private static IEnumerable<ListMatch> Matches(ListEntry entry, CommonNames common)
    {
        foreach (ListedName listed in entry.Names)
        {
            foreach (string spelling in Spellings(entry, listed))
            {
                foreach (OwnName own in common.ByLiteral[NameNormalizer.Literal(spelling)]) yield return Match(own, isExact: true);
            }

            // Persons have namesakes: only their full name counts.
            if (entry.IsPerson || common.ByNormal.Count == 0) continue;
            foreach (OwnName own in common.ByNormal[NameNormalizer.Normalize(listed.Text)]) yield return Match(own, isExact: false);

            ListMatch Match(OwnName own, bool isExact) => new(own.Supplier, own.Name, entry, listed, isExact, Compare(own.Supplier, entry));
        }
    }

    /// <summary>Persons are often listed as <c>SURNAME, Given</c>; a portfolio has either order.</summary>
    private static IEnumerable<string> Spellings(ListEntry entry, ListedName listed)
    {
        yield return listed.Text;
        int comma = entry.IsPerson ? listed.Text.IndexOf(',', StringComparison.Ordinal) : -1;
        if (comma > 0) yield return $"{listed.Text[(comma + 1)..]} {listed.Text[..comma]}";
    }

    private static CountryVerdict Compare(Supplier supplier, ListEntry entry) =>
        supplier.Country.Length == 0 || entry.Countries.Count == 0 ? CountryVerdict.Unknown
        : entry.Countries.Contains(supplier.Country) ? CountryVerdict.Agrees : CountryVerdict.Contradicts;

    private sealed record OwnName(Supplier Supplier, string Name);

    private sealed record CommonNames(ILookup<string, OwnName> ByLiteral, ILookup<string, OwnName> ByNormal);
}
