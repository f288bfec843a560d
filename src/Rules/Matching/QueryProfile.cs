namespace Risk.Rules.Matching;

/// <summary>A name that is looked for, taken apart once: units, their listed counterparts with similarity, letters. Buffers are used again.</summary>
internal sealed class QueryProfile(ScreeningIndex index)
{
    public const int MaximumUnits = TokenizedName.MaximumWords;
    private const float LeastSimilarity = 0.7f;
    private const int MaximumMatches = 600;
    private readonly NameUnit[] units = new NameUnit[MaximumUnits];
    private readonly int[] keys = new int[MaximumUnits];
    private readonly int[] surfaces = new int[MaximumUnits];
    private readonly float[] weights = new float[MaximumUnits];
    private readonly int[] matchKeys = new int[MaximumMatches];
    private readonly float[] matchSimilarities = new float[MaximumMatches];
    private readonly int[] matchUnits = new int[MaximumMatches];
    private readonly int[] matchNext = new int[MaximumMatches];
    private readonly int[] firstMatch = new int[index.Keys.Count];
    private readonly int[] stamps = new int[index.Keys.Count];
    private int stamp;

    public TokenizedName Tokens { get; } = new();

    public int Count { get; private set; }

    public int MatchCount { get; private set; }

    public ulong Folded { get; private set; }

    public ReadOnlySpan<NameUnit> Units => units.AsSpan(0, Count);

    public NameUnit Unit(int unit) => units[unit];

    public int Surface(int unit) => surfaces[unit];

    /// <summary>Bits of a unit, listed or not.</summary>
    public float Weight(int unit) => weights[unit];

    public int MatchKey(int match) => matchKeys[match];

    public float MatchSimilarity(int match) => matchSimilarities[match];

    /// <summary>Whether the unit says that another name of the party follows.</summary>
    public bool IsFormerly(int unit) => units[unit].Concept >= 0 && index.Lexicon.Concepts[units[unit].Concept].Name == "formerly";

    /// <summary>The first of the matches that a listed key has with this name, or -1.</summary>
    public int FirstMatch(int key) => stamps[key] == stamp ? firstMatch[key] : -1;

    public int NextMatch(int match) => matchNext[match];

    public int MatchUnit(int match) => matchUnits[match];

    public void Read(ReadOnlySpan<char> name)
    {
        NameFolder.Fold(name, Tokens);
        Count = index.Lexicon.Tag(Tokens, units);
        Folded = NameHash.Folded(Tokens);
        stamp++;
        MatchCount = 0;
        Span<uint> variants = stackalloc uint[64];
        for (int i = 0; i < Count; i++)
        {
            NameUnit unit = units[i];
            keys[i] = -1;
            weights[i] = 0;
            if (!unit.Counts) continue;
            surfaces[i] = NameHash.Surface(Tokens, unit);
            keys[i] = index.Keys.Find(Tokens, unit);
            weights[i] = keys[i] >= 0 ? index.Weight(keys[i]) : index.WeightOfUnlisted(Tokens, unit);
            if (keys[i] >= 0) AddMatch(i, keys[i], 1);
            if (unit.Kind == UnitKind.Plain) AddSimilar(i, variants);
        }
    }

    private void AddSimilar(int unit, Span<uint> variants)
    {
        int token = units[unit].First;
        ReadOnlySpan<char> word = Tokens.Word(token), skeleton = Tokens.Skeleton(token);
        if (skeleton.Length < 3) return;
        if (Tokens.IsAbjad(token)) AddConsonants(unit, skeleton);
        int count = DeletionIndex.Variants(skeleton, variants);
        for (int v = 0; v < count; v++)
        {
            foreach (int key in index.Slips.Find(variants[v]))
            {
                if (HasMatch(unit, key)) continue;
                float similarity = WordSimilarity.Of(word, skeleton, index.Keys.Word(key), index.Keys.Skeleton(key));
                if (similarity >= LeastSimilarity) AddMatch(unit, key, similarity);
            }
        }
    }

    private void AddConsonants(int unit, ReadOnlySpan<char> skeleton)
    {
        const float SameConsonants = 0.85f;
        uint hash = NameHash.Consonants(skeleton);
        foreach (int key in index.WordsWithConsonants(hash))
        {
            if (NameHash.Consonants(index.Keys.Skeleton(key)) == hash && !HasMatch(unit, key)) AddMatch(unit, key, SameConsonants);
        }
    }

    private bool HasMatch(int unit, int key)
    {
        for (int match = FirstMatch(key); match >= 0; match = matchNext[match])
        {
            if (matchUnits[match] == unit) return true;
        }

        return false;
    }

    private void AddMatch(int unit, int key, float similarity)
    {
        if (MatchCount == MaximumMatches) return;
        matchNext[MatchCount] = FirstMatch(key);
        matchKeys[MatchCount] = key;
        matchUnits[MatchCount] = unit;
        matchSimilarities[MatchCount] = similarity;
        stamps[key] = stamp;
        firstMatch[key] = MatchCount++;
    }
}
