using System.Runtime.InteropServices;

namespace Risk.Rules.Matching;

/// <summary>Listed names, made ready to be searched. Immutable: a new list version is a new index, swapped whole. Safe for all threads; each thread searches with a <see cref="NameSearcher"/> of its own.</summary>
public sealed class ScreeningIndex
{
    private readonly ListedRow[] rows;
    private readonly int[] unitStarts;
    private readonly int[] unitKeys;
    private readonly int[] unitSurfaces;
    private readonly byte[] unitLetters;
    private readonly int[] entities;
    private readonly ulong[] folded;
    private readonly ulong[] sortedFolded;
    private readonly int[] rowsByFolded;
    private readonly ulong[] legalForms;
    private readonly uint[] legalClasses;
    private readonly float[] information;
    private readonly char[] coreLetters;
    private readonly int[] coreStarts;
    private readonly ListedWordCounts listed;
    private readonly float[] keyWeights;
    private readonly UnitKind[] keyKinds;
    private readonly bool[] keyCoined;
    private readonly float[] keySurprise;
    private readonly Postings keyPostings;
    private readonly Postings gramPostings;
    private readonly int[][] consonants;
    private readonly string[] countries;
    private readonly HashSet<string>?[] formCountries;
    private readonly ILookup<int, int> cutRows;
    private readonly Dictionary<string, List<int>> identified;

    private ScreeningIndex(IReadOnlyList<ListedName> names, ListedWordCounts? counts)
    {
        Names = names;
        Lexicon = NameLexicon.Default;
        Keys = new UnitKeys(Lexicon.Concepts.Count);
        rows = ListedRow.Of(names);
        entities = new int[rows.Length];
        folded = new ulong[rows.Length];
        legalForms = new ulong[rows.Length];
        legalClasses = new uint[rows.Length];
        unitStarts = new int[rows.Length + 1];
        coreStarts = new int[rows.Length + 1];
        var keys = new List<int>(names.Count * 4);
        var surfaces = new List<int>(names.Count * 4);
        var letters = new List<char>(names.Count * 24);
        var lengths = new List<byte>(names.Count * 4);
        EntityCount = Read(names, keys, surfaces, letters, lengths);
        unitLetters = [.. lengths];
        sortedFolded = [.. folded];
        rowsByFolded = [.. Enumerable.Range(0, rows.Length)];
        Array.Sort(sortedFolded, rowsByFolded);
        unitKeys = [.. keys];
        unitSurfaces = [.. surfaces];
        coreLetters = [.. letters];
        keyKinds = Kinds();
        keyCoined = [.. Enumerable.Range(0, Keys.Count).Select(key => keyKinds[key] == UnitKind.Plain && !BackgroundWords.IsOrdinary(Keys.Word(key)))];
        keySurprise = [.. Enumerable.Range(0, Keys.Count).Select(key => keyKinds[key] == UnitKind.Plain ? LetterModel.Surprise(Keys.Word(key)) : 0)];
        listed = counts ?? new ListedWordCounts(Keys, EntityCount, Enumerable.Range(0, rows.Length).Select(name => (entities[name], (ReadOnlyMemory<int>)unitKeys.AsMemory(unitStarts[name]..unitStarts[name + 1]))));
        keyWeights = Weigh();
        information = new float[rows.Length];
        for (int name = 0; name < rows.Length; name++)
        {
            foreach (int key in Units(name)) information[name] += keyWeights[key];
        }

        keyPostings = Postings.Build(Keys.Count, rows.Length, (name, add) =>
        {
            foreach (int key in Units(name)) add(key);
        });
        gramPostings = Postings.Build(CoreText.GramSpace, rows.Length, (name, add) =>
        {
            Span<ushort> grams = stackalloc ushort[CoreText.MaximumLetters];
            int count = CoreText.Grams(Core(name), grams);
            for (int i = 0; i < count; i++) add(grams[i]);
        });
        Slips = new DeletionIndex(Keys);
        consonants = Consonants();
        countries = CountryKeys(names);
        formCountries = FormCountries();
        cutRows = Enumerable.Range(names.Count, rows.Length - names.Count).ToLookup(row => rows[row].NameIndex);
        identified = Identify(names);
    }

    public IReadOnlyList<ListedName> Names { get; }

    public int EntityCount { get; }

    internal NameLexicon Lexicon { get; }

    internal int RowCount => rows.Length;

    internal UnitKeys Keys { get; }

    internal DeletionIndex Slips { get; }

    /// <param name="counts">Of the whole list, when the names are a part of it.</param>
    public static ScreeningIndex Build(IReadOnlyList<ListedName> names, ListedWordCounts? counts = null) => new(names, counts);

    internal ReadOnlySpan<int> Units(int name) => unitKeys.AsSpan(unitStarts[name], unitStarts[name + 1] - unitStarts[name]);

    internal ReadOnlySpan<int> Surfaces(int name) => unitSurfaces.AsSpan(unitStarts[name], unitStarts[name + 1] - unitStarts[name]);

    internal ReadOnlySpan<char> Core(int name) => coreLetters.AsSpan(coreStarts[name], coreStarts[name + 1] - coreStarts[name]);

    /// <summary>The letters of one unit of <see cref="Core"/>.</summary>
    internal ReadOnlySpan<char> CoreOfUnit(int name, int unit)
    {
        int start = coreStarts[name];
        for (int i = unitStarts[name]; i < unitStarts[name] + unit; i++) start += unitLetters[i];
        return coreLetters.AsSpan(start, unitLetters[unitStarts[name] + unit]);
    }

    internal ReadOnlySpan<int> NamesWith(int key) => keyPostings.Of(key);

    internal ReadOnlySpan<int> NamesWithGram(ushort gram) => gramPostings.Of(gram);

    internal ReadOnlySpan<int> WordsWithConsonants(uint hash) => consonants[hash % (uint)consonants.Length];

    /// <summary>The listed name of a row.</summary>
    internal ListedName Name(int row) => Names[rows[row].NameIndex];

    internal ReadOnlySpan<char> Text(int row) => rows[row].TextOf(Names);

    /// <summary>The rows of a listed name: the whole one first.</summary>
    internal IEnumerable<int> RowsOf(int nameIndex) => Enumerable.Range(nameIndex, 1).Concat(cutRows[nameIndex]);

    /// <summary>Whether a legal form is of the listed party's country; null when the form is everywhere's or the list names no country.</summary>
    internal bool? IsOfCountry(int form, int row) => formCountries[form] is { } known && Country(row).Length > 0 ? known.Contains(Country(row)) : null;

    internal string Country(int row) => countries[rows[row].NameIndex];

    internal IReadOnlyList<int> NamesIdentifiedBy(string identifier) => identified.GetValueOrDefault(IdentifierKey.Of(identifier), []);

    internal int NameIndex(int row) => rows[row].NameIndex;

    /// <summary>Whether a row is for a name: whole names for all, cut ones for those that may have been cut there.</summary>
    /// <param name="name">Without spaces at the ends.</param>
    internal bool IsFor(int row, ReadOnlySpan<char> name) => rows[row].Cut == 0
        || (Math.Abs(rows[row].Cut - name.Length) <= 1 && char.ToUpperInvariant(name[^1]) == char.ToUpperInvariant(rows[row].TextOf(Names)[^1]));

    internal int Entity(int name) => entities[name];

    internal ulong FoldedHash(int name) => folded[name];

    /// <summary>The rows that are equal in every word.</summary>
    internal ReadOnlySpan<int> RowsFolded(ulong hash)
    {
        int start = Array.BinarySearch(sortedFolded, hash), end = start;
        if (start < 0) return [];
        while (start > 0 && sortedFolded[start - 1] == hash) start--;
        while (end < sortedFolded.Length && sortedFolded[end] == hash) end++;
        return rowsByFolded.AsSpan(start, end - start);
    }

    internal ulong LegalForms(int name) => legalForms[name];

    internal uint LegalClasses(int name) => legalClasses[name];

    internal float Information(int name) => information[name];

    /// <summary>Bits that a unit of this key is worth.</summary>
    internal float Weight(int key) => keyWeights[key];

    /// <summary>Whether the word is none that every speaker of English knows.</summary>
    internal bool IsCoined(int key) => keyCoined[key];

    internal float Surprise(int key) => keySurprise[key];

    internal UnitKind Kind(int key) => keyKinds[key];

    /// <summary>Bits of a word that none of the names holds.</summary>
    internal float WeightOfUnlisted(TokenizedName name, in NameUnit unit)
    {
        ReadOnlySpan<char> word = name.Word(unit.First);
        return UnitWeight.Of(UnitWeight.Bits(Math.Max(listed.Share(name, unit), BackgroundWords.Share(word))), unit.Kind, word.Length);
    }

    private int Read(IReadOnlyList<ListedName> names, List<int> keys, List<int> surfaces, List<char> letters, List<byte> lengths)
    {
        var entityIds = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new TokenizedName();
        Span<NameUnit> units = stackalloc NameUnit[TokenizedName.MaximumWords];
        Span<char> core = stackalloc char[CoreText.MaximumLetters];
        Span<byte> coreLengths = stackalloc byte[TokenizedName.MaximumWords];
        for (int name = 0; name < rows.Length; name++)
        {
            ref int entity = ref CollectionsMarshal.GetValueRefOrAddDefault(entityIds, Name(name).EntityId, out bool known);
            if (!known) entity = entityIds.Count - 1;
            entities[name] = entity;
            NameFolder.Fold(rows[name].TextOf(names), tokens);
            int count = Lexicon.Tag(tokens, units);
            folded[name] = NameHash.Folded(tokens);
            for (int i = 0; i < count; i++)
            {
                if (units[i].Counts)
                {
                    keys.Add(Keys.Add(tokens, units[i]));
                    surfaces.Add(NameHash.Surface(tokens, units[i]));
                }
                else if (units[i].Kind == UnitKind.LegalForm)
                {
                    (ulong form, uint formClass) = LegalFormBits.Of(Lexicon.Concepts[units[i].Concept]);
                    legalForms[name] |= form;
                    legalClasses[name] |= formClass;
                }
            }

            letters.AddRange(core[..CoreText.Write(tokens, units[..count], uint.MaxValue, core, coreLengths)]);
            lengths.AddRange(coreLengths[..(keys.Count - unitStarts[name])]);
            unitStarts[name + 1] = keys.Count;
            coreStarts[name + 1] = letters.Count;
        }

        return entityIds.Count;
    }

    private UnitKind[] Kinds()
    {
        var kinds = new UnitKind[Keys.Count];
        for (int key = 0; key < kinds.Length; key++) kinds[key] = !Keys.IsWord(key) ? Lexicon.Concepts[key].Kind : Keys.Word(key).AsSpan().ContainsAnyExceptInRange('0', '9') ? UnitKind.Plain : UnitKind.Number;
        return kinds;
    }

    private float[] Weigh()
    {
        float[] weights = listed.SharesOf(Keys);
        for (int key = 0; key < weights.Length; key++)
        {
            float background = Keys.IsWord(key) ? BackgroundWords.Share(Keys.Word(key)) : ConceptShares.Of(key);
            int letters = Keys.IsWord(key) ? Keys.Word(key).Length : int.MaxValue;
            weights[key] = UnitWeight.Of(UnitWeight.Bits(Math.Max(weights[key], background)), keyKinds[key], letters);
        }

        return weights;
    }

    private HashSet<string>?[] FormCountries()
    {
        var known = new HashSet<string>?[Lexicon.Concepts.Count];
        foreach (Concept form in Lexicon.Concepts.Where(c => c.Kind == UnitKind.LegalForm && !c.Name.Contains('*', StringComparison.Ordinal)))
        {
            known[form.Id] = form.Name[(form.Name.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(',').Select(Countries.Key).ToHashSet(StringComparer.Ordinal);
        }

        return known;
    }

    private static string[] CountryKeys(IReadOnlyList<ListedName> names)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ListedName name in names)
        {
            if (!known.ContainsKey(name.Country)) known.Add(name.Country, Countries.Key(name.Country));
        }

        return [.. names.Select(name => known[name.Country])];
    }

    private static Dictionary<string, List<int>> Identify(IReadOnlyList<ListedName> names)
    {
        var identified = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            foreach (string key in (names[i].Identifiers ?? []).Select(IdentifierKey.Of).Where(key => key.Length > 0))
            {
                if (identified.TryGetValue(key, out List<int>? already)) already.Add(i);
                else identified.Add(key, [i]);
            }
        }

        return identified;
    }

    /// <summary>Words by their consonants, for names in scripts that write no vowels.</summary>
    private int[][] Consonants()
    {
        var buckets = new List<int>[4096];
        for (int key = Keys.FirstWord; key < Keys.Count; key++)
        {
            if (keyKinds[key] != UnitKind.Plain || Keys.Skeleton(key).Length < 4) continue;
            (buckets[NameHash.Consonants(Keys.Skeleton(key)) % 4096] ??= []).Add(key);
        }

        return [.. buckets.Select(b => b is null ? [] : b.ToArray())];
    }
}
