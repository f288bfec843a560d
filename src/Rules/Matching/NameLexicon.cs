namespace Risk.Rules.Matching;

/// <summary>What is known about words of company names: legal forms, translations, abbreviations, places, numbers, words that say nothing.</summary>
/// <remarks>Read from <c>Data/legal-forms.txt</c> and <c>Data/words.txt</c> once; safe for all threads.</remarks>
internal sealed class NameLexicon
{
    private const int ExactUpTo = 3;
    private const int ShortestPrefix = 3;
    private const int ShortestCorrected = 5;

    /// <summary>A word alone must be this long to be taken for another by one slip; in a phrase the others vouch for it.</summary>
    private const int ShortestCorrectedAlone = 9;

    /// <summary>Endings are short: a longer rest makes a word of its own (RADIO*, RADIOAVTOMATIKA).</summary>
    private const int LongestEnding = 7;
    private const int MaximumReadings = 6;
    private const int MaximumPaths = 16;
    private readonly List<Concept> concepts = [];
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> shortWords = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> corrections = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> next = [];
    private readonly List<int> ends = [-1];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> wordLookup;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> shortLookup;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> prefixLookup;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> correctionLookup;
    private int longestPrefix;
    private int wordCount;

    private NameLexicon()
    {
        wordLookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        shortLookup = shortWords.GetAlternateLookup<ReadOnlySpan<char>>();
        prefixLookup = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        correctionLookup = corrections.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static NameLexicon Default { get; } = Load();

    public IReadOnlyList<Concept> Concepts => concepts;

    /// <summary>Splits a name into units; returns how many.</summary>
    /// <param name="units">As long as a name may have words.</param>
    public int Tag(TokenizedName name, Span<NameUnit> units)
    {
        int count = 0;
        for (int i = 0; i < name.Count;)
        {
            (int concept, int taken) = Longest(name, i);
            NameUnit unit = concept >= 0 ? new NameUnit(concepts[concept].Kind, concept, i, taken) : Plain(name, i);
            units[count++] = unit;
            i += unit.Words;
        }

        return Settle(name, units[..count]);
    }

    /// <summary>The concept of a single word, or -1.</summary>
    public int ConceptOf(ReadOnlySpan<char> word, ReadOnlySpan<char> skeleton)
    {
        Span<int> known = stackalloc int[MaximumReadings];
        int count = Known(word, skeleton, known, out _);
        for (int i = 0; i < count; i++)
        {
            if (next.TryGetValue(Edge(0, known[i]), out int node) && ends[node] >= 0) return ends[node];
        }

        return -1;
    }

    private static NameUnit Plain(TokenizedName name, int word)
    {
        ReadOnlySpan<char> text = name.Word(word);
        if (int.TryParse(text, out int value)) return new NameUnit(UnitKind.Number, -1, word, 1, value);
        if (NumberWords.Ordinal(text) is > 0 and var ordinal) return new NameUnit(UnitKind.Number, -1, word, 1, ordinal);
        int spelled = NumberWords.Cardinal(text);
        if (spelled == 0) return new NameUnit(UnitKind.Plain, -1, word, 1);
        if (spelled >= 20 && spelled % 10 == 0 && word + 1 < name.Count)
        {
            ReadOnlySpan<char> unit = name.Word(word + 1);
            int ones = unit.Length == 1 && char.IsAsciiDigit(unit[0]) ? unit[0] - '0' : NumberWords.Cardinal(unit);
            if (ones is > 0 and < 10) return new NameUnit(UnitKind.Number, -1, word, 2, spelled + ones);
        }

        return new NameUnit(UnitKind.Number, -1, word, 1, spelled);
    }

    /// <summary>Short legal forms count only at the edges of a name, Roman numerals only behind its first word; brackets make edges.</summary>
    private int Settle(TokenizedName name, Span<NameUnit> units)
    {
        DropAccountNumber(name, units);
        for (int i = 0; i < units.Length; i++)
        {
            NameUnit unit = units[i];
            ReadOnlySpan<char> word = name.Word(unit.First);
            bool single = unit.Words == 1;
            bool noiseOrPlain = unit.Kind is UnitKind.Plain or UnitKind.Noise;
            if (single && i > 0 && noiseOrPlain && NumberWords.Roman(word) is > 0 and var roman && (word.Length > 1 || IsEdge(name, units, i, 1))) units[i] = new NameUnit(UnitKind.Number, -1, unit.First, 1, roman);
            else if (single && unit.Kind == UnitKind.LegalForm && word.Length <= ExactUpTo && !IsEdge(name, units, i, 1) && !IsEdge(name, units, i, -1)) units[i] = new NameUnit(UnitKind.Plain, -1, unit.First, 1);
        }

        GuardOrdinary(name, units);
        return units.Length;
    }

    /// <summary>ERP systems put their number behind the legal form: <c>BAJER S.R.L. - 23280</c>.</summary>
    private static void DropAccountNumber(TokenizedName name, Span<NameUnit> units)
    {
        const int ShortestAccount = 4;
        if (units.Length > 2 && units[^1].Kind == UnitKind.Number && units[^2].Kind == UnitKind.LegalForm && name.Word(units[^1].First).Length >= ShortestAccount) units[^1] = units[^1] with { Kind = UnitKind.Noise };
    }

    /// <summary>A name is never reduced to generic words: TH INTERNATIONAL and VAT GROUP keep their TH and VAT.</summary>
    private static void GuardOrdinary(TokenizedName name, Span<NameUnit> units)
    {
        const int LongestAbbreviation = 4;
        int candidate = -1;
        for (int i = units.Length - 1; i >= 0; i--)
        {
            if (units[i].Counts && units[i].Kind != UnitKind.Generic) return;
            bool abbreviation = units[i].Words == 1 && name.Word(units[i].First).Length is >= 2 and <= LongestAbbreviation;
            if (abbreviation && (units[i].Kind != UnitKind.LegalForm || (i == 0 && units.Length > 1 && units[^1].Kind == UnitKind.LegalForm))) candidate = i;
            else if (abbreviation && i == 0 && units.Length > 1 && units[1].Kind == UnitKind.Generic) candidate = i;
        }

        if (candidate >= 0) units[candidate] = new NameUnit(UnitKind.Plain, -1, units[candidate].First, 1);
    }

    private static bool IsEdge(TokenizedName name, ReadOnlySpan<NameUnit> units, int at, int step)
    {
        for (int i = at + step; i >= 0 && i < units.Length; i += step)
        {
            if (name.SegmentOf(units[i].First) != name.SegmentOf(units[at].First)) return true;
            if (units[i].Kind is not (UnitKind.LegalForm or UnitKind.Noise)) return false;
        }

        return true;
    }

    private (int Concept, int Taken) Longest(TokenizedName name, int start)
    {
        (int Concept, int Taken) best = (-1, 0);
        Span<int> nodes = stackalloc int[MaximumPaths];
        Span<int> after = stackalloc int[MaximumPaths];
        Span<int> known = stackalloc int[MaximumReadings];
        int count = 1;
        nodes[0] = 0;
        for (int i = start; i < name.Count && count > 0; i++)
        {
            if (i > start && name.SegmentOf(i) != name.SegmentOf(start)) break;
            int readings = Known(name.Word(i), name.Skeleton(i), known, out bool isCorrected), reached = 0, found = -1;
            for (int r = 0; r < readings; r++)
            {
                for (int n = 0; n < count && reached < after.Length; n++)
                {
                    if (!next.TryGetValue(Edge(nodes[n], known[r]), out int node)) continue;
                    after[reached++] = node;
                    bool unsure = isCorrected && r == readings - 1 && i == start && name.Skeleton(i).Length < ShortestCorrectedAlone;
                    if (found < 0 && !unsure) found = ends[node];
                }
            }

            if (found >= 0) best = (found, i - start + 1);
            after[..reached].CopyTo(nodes);
            count = reached;
        }

        return best;
    }

    /// <summary>What a word may be: itself, then every known beginning of it, the longest first; returns how many.</summary>
    private int Known(ReadOnlySpan<char> word, ReadOnlySpan<char> skeleton, Span<int> known, out bool isCorrected)
    {
        int count = 0;
        if ((word.Length <= ExactUpTo ? shortLookup.TryGetValue(word, out int id) : wordLookup.TryGetValue(skeleton, out id))) known[count++] = id;
        bool isExact = count > 0;
        for (int length = Math.Min(skeleton.Length, longestPrefix); length >= ShortestPrefix && count < known.Length; length--)
        {
            if (skeleton.Length - length <= Math.Min(length, LongestEnding) && prefixLookup.TryGetValue(skeleton[..length], out id)) known[count++] = id;
        }

        isCorrected = (count == 0 || !isExact) && count < known.Length && skeleton.Length >= ShortestCorrected && Corrected(skeleton) is >= 0 and var corrected && (known[count++] = corrected) >= 0;
        return count;
    }

    /// <summary>A long word with one letter too many, too few or wrong is the known one.</summary>
    private int Corrected(ReadOnlySpan<char> skeleton)
    {
        if (correctionLookup.TryGetValue(skeleton, out int id)) return id;
        Span<char> shorter = stackalloc char[skeleton.Length - 1];
        for (int i = 0; i < skeleton.Length; i++)
        {
            skeleton[..i].CopyTo(shorter);
            skeleton[(i + 1)..].CopyTo(shorter[i..]);
            if (shorter.Length >= ShortestCorrected - 1 && wordLookup.TryGetValue(shorter, out id)) return id;
            if (correctionLookup.TryGetValue(shorter, out id)) return id;
        }

        return -1;
    }

    private static long Edge(int node, int word) => ((long)node << 32) | (uint)word;

    private static NameLexicon Load()
    {
        var lexicon = new NameLexicon();
        foreach (string line in DataLines.Read("legal-forms.txt"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string legalClass = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            foreach (string form in line[(colon + 1)..].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) lexicon.Add(lexicon.ConceptFor(line[..colon], UnitKind.LegalForm, legalClass), form);
        }

        foreach (string line in DataLines.Read("words.txt"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal), space = line.IndexOf(' ', StringComparison.Ordinal);
            UnitKind kind = Enum.Parse<UnitKind>(line[..space], ignoreCase: true);
            Concept concept = lexicon.ConceptFor(line[(space + 1)..colon], kind, "");
            foreach (string form in line[(colon + 1)..].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) lexicon.Add(concept, form);
        }

        return lexicon;
    }

    private Concept ConceptFor(string name, UnitKind kind, string legalClass)
    {
        if (concepts.Count > 0 && concepts[^1] is var last && last.Name == name && last.Kind == kind) return last;
        var concept = new Concept(concepts.Count, name, kind, legalClass);
        concepts.Add(concept);
        return concept;
    }

    private void Add(Concept concept, string phrase)
    {
        var folded = new TokenizedName();
        NameFolder.Fold(phrase.Replace("*", "", StringComparison.Ordinal), folded);
        string[] parts = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool starred = phrase.Contains('*', StringComparison.Ordinal);
        if (starred && parts.Length != folded.Count) throw new InvalidOperationException($"'{phrase}': a phrase with * may have no initials and no hyphens");
        int node = 0;
        for (int i = 0; i < folded.Count; i++)
        {
            int word = starred && parts[i].EndsWith('*') ? Prefix(folded.Skeleton(i)) : Word(folded.Word(i), folded.Skeleton(i));
            if (!next.TryGetValue(Edge(node, word), out int following))
            {
                following = ends.Count;
                ends.Add(-1);
                next.Add(Edge(node, word), following);
            }

            node = following;
        }

        // The first to claim a spelling keeps it: legal forms come before words.
        if (node != 0 && ends[node] < 0) ends[node] = concept.Id;
    }

    private int Prefix(ReadOnlySpan<char> skeleton)
    {
        longestPrefix = Math.Max(longestPrefix, skeleton.Length);
        if (!prefixLookup.TryGetValue(skeleton, out int id)) prefixes.Add(skeleton.ToString(), id = wordCount++);
        return id;
    }

    private int Word(ReadOnlySpan<char> word, ReadOnlySpan<char> skeleton)
    {
        Dictionary<string, int> known = word.Length <= ExactUpTo ? shortWords : words;
        string key = (word.Length <= ExactUpTo ? word : skeleton).ToString();
        if (known.TryGetValue(key, out int id)) return id;
        known.Add(key, id = wordCount++);
        for (int i = 0; key.Length >= ShortestCorrected && i < key.Length; i++) corrections.TryAdd(key.Remove(i, 1), id);
        return id;
    }
}
