using System.Collections.Immutable;
using Risk.Rules.Matching;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Sdk.Screening;

/// <summary>The entries of one list version, ready to be compared with suppliers. Immutable; safe for all threads.</summary>
/// <remarks>The order of the entries is of no consequence.</remarks>
public sealed class ListScreener
{
    /// <summary>Parties that one name is compared with to the end: beyond them names have a common word at best.</summary>
    private const int MostParties = 32;

    /// <summary>A word that one company in a thousand has says which company it is: who has it and the listed party has not may be another.</summary>
    private const float RareWordBits = 10;

    private readonly ImmutableArray<ListEntry> entries;
    private readonly ScreeningIndex index;
    private readonly (int Entry, int Name)[] indexed;
    private readonly ILookup<string, (int Entry, int Name)> literals;
    private readonly ILookup<(string Scheme, string Value), (int Entry, ListedIdentifier Identifier)> identifiers;

    /// <param name="listed">Each id once.</param>
    /// <param name="counts">Of the whole list (<see cref="CountWords"/>), when the entries are a part of it; scores are then as if all of it were there.</param>
    public ListScreener(IEnumerable<ListEntry> listed, ListedWordCounts? counts = null)
    {
        entries = [.. listed.OrderBy(e => e.Id, StringComparer.Ordinal)];
        indexed = [.. Searched(entries)];
        Rules.Matching.ListedName[] names = Names(entries);
        ScreeningIndex? built = null;
        ILookup<string, (int, int)>? spelled = null;
        Parallel.Invoke(() => built = ScreeningIndex.Build(names, counts), () => spelled = Literals());
        (index, literals) = (built!, spelled!);
        identifiers = Enumerable.Range(0, entries.Length).SelectMany(entry => entries[entry].Identifiers.Select(i => (Entry: entry, Identifier: i)))
            .ToLookup(i => (i.Identifier.Scheme, i.Identifier.Value));
    }

    /// <summary>How common words are on a whole list.</summary>
    public static ListedWordCounts CountWords(IEnumerable<ListEntry> listed) => ListedWordCounts.Of(
        [.. listed.Where(e => !e.IsPerson).SelectMany(e => e.Names, static (e, name) => new Rules.Matching.ListedName(e.Id, name.Text, Rules.Matching.NameStrength.Primary, MatcherName.KindOf(e), "", ""))]);

    /// <summary>The parties that each supplier may be: one match for each supplier and entry, by supplier, then entry. Uses all processors.</summary>
    public ImmutableArray<ListMatch> Screen(IReadOnlyList<Supplier> suppliers, CancellationToken cancellationToken)
    {
        var found = new ImmutableArray<ListMatch>[suppliers.Count];
        Parallel.For(
            0, suppliers.Count, new ParallelOptions { CancellationToken = cancellationToken }, () => new NameSearcher(index),
            (i, _, searcher) =>
            {
                found[i] = Screen(suppliers[i], searcher);
                return searcher;
            },
            static _ => { });
        return [.. found.SelectMany(m => m).OrderBy(m => m.Supplier).ThenBy(m => m.Entry.Id, StringComparer.Ordinal)];
    }

    private ImmutableArray<ListMatch> Screen(Supplier supplier, NameSearcher searcher)
    {
        Dictionary<int, ListMatch>? best = null;
        Dictionary<int, ListedIdentifier>? shared = Shared(supplier);
        Span<ScreeningHit> hits = stackalloc ScreeningHit[MostParties];
        foreach (string own in supplier.Aliases.Prepend(supplier.Name))
        {
            string literal = NameNormalizer.Literal(own);
            if (literal.Length == 0) continue;
            var query = new ScreeningQuery(own, supplier.Country);
            int count = searcher.Search(query, ScoreBands.Review, hits);
            for (int i = 0; i < count; i++)
            {
                (int entry, int name) = indexed[hits[i].NameIndex];
                Keep(entry, Judge(supplier, own, entry, name, hits[i].Score, searcher.Explain(query, hits[i]), literal, shared));
            }

            foreach ((int entry, int name) in literals[literal]) Keep(entry, Judge(supplier, own, entry, name, 0, null, literal, shared));
        }

        // The same number under quite another name.
        foreach ((int entry, ListedIdentifier _) in shared ?? []) Keep(entry, Judge(supplier, supplier.Name, entry, 0, 0, null, NameNormalizer.Literal(supplier.Name), shared));
        return best is null ? [] : [.. best.Values];

        void Keep(int entry, ListMatch? match)
        {
            if (match is null) return;
            best ??= [];
            if (!best.TryGetValue(entry, out ListMatch? known) || IsBetter(match, known)) best[entry] = match;
        }
    }

    private static bool IsBetter(ListMatch match, ListMatch known) =>
        match.Result != known.Result ? match.Result > known.Result
        : match.Score != known.Score ? match.Score > known.Score
        : match.Listed.Strength != known.Listed.Strength ? match.Listed.Strength < known.Listed.Strength
        : string.CompareOrdinal(match.Listed.Text, known.Listed.Text) < 0;

    private ListMatch? Judge(Supplier supplier, string own, int entryIndex, int name, float score, MatchExplanation? explanation, string literal, Dictionary<int, ListedIdentifier>? shared)
    {
        ListEntry entry = entries[entryIndex];
        ListedName listed = entry.Names[name];
        CountryVerdict country = Compare(supplier, entry);
        ListedIdentifier? identifier = shared?.GetValueOrDefault(entryIndex);
        bool isDomain = identifier?.Scheme == IdentifierScheme.Domain, isSame = Spellings(entry, listed).Any(s => NameNormalizer.Literal(s) == literal);
        string core = NameNormalizer.Normalize(own);
        bool isSameCore = score > 0 && !entry.IsPerson && core == NameNormalizer.Normalize(listed.Text);
        bool isOneWord = entry.IsPerson ? !literal.Contains(' ', StringComparison.Ordinal) : !core.Contains(' ', StringComparison.Ordinal) || explanation?.IsOneWord == true;
        var evidence = new PairEvidence(score, listed.Strength, country, entry.IsPerson, isSame, isSameCore, isOneWord, explanation is { IsSister: true } or { OwnBits: >= RareWordBits }, identifier is not null && !isDomain, isDomain);
        if (MatchPolicy.Judge(evidence) is not { } result) return null;
        string reasons = isSame ? "the names are the same" + (isOneWord ? "; one word only: a second field should confirm it" : "") : explanation?.ToString() ?? "the names have little in common";
        return new ListMatch(supplier.Id, supplier.Country, own, entry, listed, result, isSame || evidence.HasIdentifier ? 1 : score, identifier, country, reasons, OfacParity.Score(own, listed.Text));
    }

    /// <summary>Numbers and domains that the supplier shares with entries; of several, one that decides.</summary>
    private Dictionary<int, ListedIdentifier>? Shared(Supplier supplier)
    {
        Dictionary<int, ListedIdentifier>? shared = null;
        foreach ((string scheme, string value) in supplier.Identifiers)
        {
            foreach ((int entry, ListedIdentifier identifier) in identifiers[(scheme, value)]) Share(entry, identifier);

            // A list may give the number alone, and its country beside it.
            if (scheme != IdentifierScheme.Vat || value.Length <= 2) continue;
            foreach ((int entry, ListedIdentifier identifier) in identifiers[(ListedIdentifiers.Tax, value[2..])].Where(i => i.Identifier.Country == value[..2])) Share(entry, identifier);
        }

        return shared;

        void Share(int entry, ListedIdentifier identifier)
        {
            shared ??= [];
            if (!shared.TryGetValue(entry, out ListedIdentifier? known) || known.Scheme == IdentifierScheme.Domain) shared[entry] = identifier;
        }
    }

    /// <summary>Names that are searched by likeness: of persons only whole names count, and those are looked up.</summary>
    private static IEnumerable<(int Entry, int Name)> Searched(ImmutableArray<ListEntry> entries) =>
        Enumerable.Range(0, entries.Length).Where(entry => !entries[entry].IsPerson).SelectMany(entry => Enumerable.Range(0, entries[entry].Names.Length).Select(name => (entry, name)));

    private static Rules.Matching.ListedName[] Names(ImmutableArray<ListEntry> entries) => [.. Searched(entries).Select(n => MatcherName.Of(entries[n.Entry], entries[n.Entry].Names[n.Name]))];

    private ILookup<string, (int Entry, int Name)> Literals() => AllNames()
        .SelectMany(n => Spellings(entries[n.Entry], entries[n.Entry].Names[n.Name]).Select(spelling => (Key: NameNormalizer.Literal(spelling), n)))
        .Where(n => n.Key.Length > 0).ToLookup(n => n.Key, n => n.n, StringComparer.Ordinal);

    private IEnumerable<(int Entry, int Name)> AllNames() => Enumerable.Range(0, entries.Length).SelectMany(entry => Enumerable.Range(0, entries[entry].Names.Length).Select(name => (entry, name)));

    /// <summary>Persons are often listed as <c>SURNAME, Given</c>; a portfolio has either order.</summary>
    internal static IEnumerable<string> Spellings(ListEntry entry, ListedName listed)
    {
        yield return listed.Text;
        int comma = entry.IsPerson ? listed.Text.IndexOf(',', StringComparison.Ordinal) : -1;
        if (comma > 0) yield return $"{listed.Text[(comma + 1)..]} {listed.Text[..comma]}";
    }

    private static CountryVerdict Compare(Supplier supplier, ListEntry entry) =>
        supplier.Country.Length == 0 || entry.Countries.Count == 0 ? CountryVerdict.Unknown
        : entry.Countries.Contains(supplier.Country) ? CountryVerdict.Agrees : CountryVerdict.Contradicts;
}
