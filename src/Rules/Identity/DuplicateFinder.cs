using System.Collections.Immutable;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Identity;

/// <summary>Why suppliers may be one company, the strongest first.</summary>
public enum DuplicateKind
{
    Identifier,
    Name,
    Spelling,

    /// <summary>One of the names lacks the legal form.</summary>
    FormMissing,

    /// <summary>The same words, and something that tells them apart: another legal form, country or identifier. Companies of one group, more often than one company.</summary>
    Sister,
}

/// <summary>Suppliers of the portfolio that may be one company.</summary>
/// <param name="Kind">The weakest link of the group.</param>
/// <param name="Members">By id; two or more.</param>
/// <param name="Reasons">One for each link, in words.</param>
public sealed record DuplicateGroup(DuplicateKind Kind, ImmutableArray<Supplier> Members, ImmutableArray<string> Reasons);

/// <summary>Finds suppliers that are in the portfolio twice: by identifiers, equal names and other spellings. Pure; the order of the portfolio changes nothing.</summary>
/// <remarks>Names are compared through shared keys, not each with each: the time grows with the portfolio, not with its square.</remarks>
public static class DuplicateFinder
{
    /// <summary>Schemes that belong to one company. Tickers, domains and VAT numbers may belong to a group.</summary>
    private static readonly string[] Schemes = [IdentifierScheme.Lei, IdentifierScheme.Cik, IdentifierScheme.CompaniesHouse, IdentifierScheme.Duns, IdentifierScheme.Uei];

    /// <summary>Names with one key that are compared each with each; of more, each with the first.</summary>
    private const int MostEachWithEach = 50;

    public static ImmutableArray<DuplicateGroup> Find(IReadOnlyCollection<Supplier> portfolio)
    {
        Supplier[] suppliers = [.. portfolio.OrderBy(s => s.Id)];
        var links = new Dictionary<(int, int), (DuplicateKind Kind, string Reason)>();
        LinkIdentifiers(suppliers, links);
        LinkNames(suppliers, links);
        return [.. Groups(suppliers, links, kind => kind < DuplicateKind.Sister).Concat(Groups(suppliers, links, kind => kind == DuplicateKind.Sister)).OrderBy(g => g.Kind).ThenBy(g => g.Members[0].Id)];
    }

    private static void LinkIdentifiers(Supplier[] suppliers, Dictionary<(int, int), (DuplicateKind, string)> links)
    {
        var holders = new Dictionary<(string, string), int>();
        for (int i = 0; i < suppliers.Length; i++)
        {
            foreach (string scheme in Schemes)
            {
                if (suppliers[i].Identifier(scheme) is { Length: > 0 } value && !holders.TryAdd((scheme, value), i)) Link(links, holders[(scheme, value)], i, DuplicateKind.Identifier, $"the same {scheme} {value}");
            }
        }
    }

    private static void LinkNames(Supplier[] suppliers, Dictionary<(int, int), (DuplicateKind, string)> links)
    {
        var names = new List<(int Supplier, ComparedName Name)>(suppliers.Length);
        for (int i = 0; i < suppliers.Length; i++)
        {
            foreach (string name in suppliers[i].Aliases.Prepend(suppliers[i].Name)) names.Add((i, ComparedName.Of(name)));
        }

        foreach (var equal in Enumerable.Range(0, names.Count).Where(n => names[n].Name.Words.Length > 0).GroupBy(n => names[n].Name.Words, StringComparer.Ordinal)) Compare(suppliers, names, [.. equal], links);
        var keys = new List<(ulong Key, int Name)>(names.Count * 32);
        for (int n = 0; n < names.Count; n++)
        {
            foreach (ulong key in names[n].Name.SpellingKeys()) keys.Add((key, n));
        }

        keys.Sort();
        for (int from = 0, to; from < keys.Count; from = to)
        {
            for (to = from + 1; to < keys.Count && keys[to].Key == keys[from].Key;) to++;
            if (to - from > 1) Compare(suppliers, names, [.. keys.GetRange(from, to - from).Select(k => k.Name).Distinct()], links);
        }
    }

    private static void Compare(Supplier[] suppliers, List<(int Supplier, ComparedName Name)> names, int[] found, Dictionary<(int, int), (DuplicateKind, string)> links)
    {
        int firsts = found.Length > MostEachWithEach ? 1 : found.Length;
        for (int a = 0; a < firsts; a++)
        {
            for (int b = a + 1; b < found.Length; b++)
            {
                (int one, ComparedName mine) = names[found[a]];
                (int other, ComparedName theirs) = names[found[b]];
                if (one == other) continue;
                NameRelation relation = mine.To(theirs);
                if (relation == NameRelation.Similar || relation == NameRelation.Different) relation = theirs.To(mine);
                if (relation <= NameRelation.OtherForm) LinkByName(suppliers, one, other, relation, mine, theirs, links);
            }
        }
    }

    private static void LinkByName(Supplier[] suppliers, int one, int other, NameRelation relation, ComparedName mine, ComparedName theirs, Dictionary<(int, int), (DuplicateKind, string)> links)
    {
        Supplier a = suppliers[one], b = suppliers[other];
        (DuplicateKind kind, string reason) = relation switch
        {
            NameRelation.Same or NameRelation.SameWithoutForm => (DuplicateKind.Name, "the same name"),
            NameRelation.OtherSpelling => (DuplicateKind.Spelling, $"another spelling ({Spelled(mine, theirs)})"),
            NameRelation.FormMissing => (DuplicateKind.FormMissing, $"the same words; the legal form is missing in one ({mine.Text} / {theirs.Text})"),
            _ => (DuplicateKind.Sister, $"the same words, another legal form ({mine.FormText.ToUpperInvariant()} / {theirs.FormText.ToUpperInvariant()}): a sister?"),
        };
        if (Schemes.FirstOrDefault(s => a.Identifier(s).Length > 0 && b.Identifier(s).Length > 0 && a.Identifier(s) != b.Identifier(s)) is { } scheme)
            (kind, reason) = (DuplicateKind.Sister, $"{reason}, but another {scheme}");
        else if (a.Country.Length > 0 && b.Country.Length > 0 && a.Country != b.Country)
            (kind, reason) = (DuplicateKind.Sister, $"{reason}, but another country ({a.Country} / {b.Country})");
        Link(links, one, other, kind, reason);
    }

    private static string Spelled(ComparedName mine, ComparedName theirs) => mine.Difference(theirs) is { Length: > 0 } difference ? difference : $"{mine.Text} / {theirs.Text}";

    /// <summary>The strongest reason stays.</summary>
    private static void Link(Dictionary<(int, int), (DuplicateKind Kind, string Reason)> links, int one, int other, DuplicateKind kind, string reason)
    {
        (int, int) pair = one < other ? (one, other) : (other, one);
        if (!links.TryGetValue(pair, out (DuplicateKind Kind, string Reason) known) || kind < known.Kind) links[pair] = (kind, reason);
    }

    private static IEnumerable<DuplicateGroup> Groups(Supplier[] suppliers, Dictionary<(int One, int Other), (DuplicateKind Kind, string Reason)> links, Func<DuplicateKind, bool> wanted)
    {
        int[] parents = [.. Enumerable.Range(0, suppliers.Length)];
        var chosen = links.Where(l => wanted(l.Value.Kind)).OrderBy(l => l.Key).ToList();
        foreach (var link in chosen) parents[Root(parents, link.Key.Other)] = Root(parents, link.Key.One);
        foreach (var group in chosen.GroupBy(l => Root(parents, l.Key.One)))
        {
            int[] members = [.. group.SelectMany(l => (int[])[l.Key.One, l.Key.Other]).Distinct().Order()];
            yield return new DuplicateGroup(
                group.Max(l => l.Value.Kind), [.. members.Select(m => suppliers[m])], [.. group.Select(l => $"{suppliers[l.Key.One].Id} - {suppliers[l.Key.Other].Id}: {l.Value.Reason}")]);
        }
    }

    private static int Root(int[] parents, int member)
    {
        while (parents[member] != member) member = parents[member] = parents[parents[member]];
        return member;
    }
}
