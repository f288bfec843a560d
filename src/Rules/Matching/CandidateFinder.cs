namespace Risk.Rules.Matching;

/// <summary>The listed names that are worth an exact look: those that share rare words, or rare runs of letters, with the name.</summary>
internal sealed class CandidateFinder(ScreeningIndex index)
{
    public const int Maximum = 48;

    /// <summary>Postings of common words are read only as far as this in all; what they would add, the exact look sees.</summary>
    private const int MaximumRead = 9000;
    private const float SameNameWeight = 1000;
    private const int MostCommonGram = 900;
    private const int RareGrams = 12;
    private readonly float[] sums = new float[index.RowCount];
    private readonly int[] touched = new int[index.RowCount];
    private readonly int[] best = new int[Maximum];
    private readonly float[] bestRanks = new float[Maximum];
    private readonly (int Size, int Match)[] order = new (int, int)[1024];
    private readonly (int Size, ushort Gram)[] grams = new (int, ushort)[CoreText.MaximumLetters];
    private int touchedCount;

    /// <summary>Best candidates first is not promised; the span is overwritten by the next call.</summary>
    /// <param name="name">As written, without spaces at the ends.</param>
    public ReadOnlySpan<int> Find(QueryProfile query, ReadOnlySpan<char> name)
    {
        touchedCount = 0;

        // Common words may have been cut short: the very name never is.
        foreach (int row in index.RowsFolded(query.Folded)) Add(row, SameNameWeight);
        AddWords(query);
        AddGrams(query);
        return Select(name);
    }

    private void AddWords(QueryProfile query)
    {
        int count = Math.Min(query.MatchCount, order.Length);
        for (int i = 0; i < count; i++) order[i] = (index.NamesWith(query.MatchKey(i)).Length, i);
        order.AsSpan(0, count).Sort();
        int read = 0;
        for (int i = 0; i < count && (read == 0 || read + order[i].Size <= MaximumRead); i++)
        {
            read += order[i].Size;
            int match = order[i].Match, key = query.MatchKey(match);
            float weight = index.Weight(key) * query.MatchSimilarity(match);
            foreach (int name in index.NamesWith(key)) Add(name, weight);
        }
    }

    private void AddGrams(QueryProfile query)
    {
        const float WeightOfGram = 0.16f;
        Span<char> core = stackalloc char[CoreText.MaximumLetters];
        Span<ushort> hashes = stackalloc ushort[CoreText.MaximumLetters];
        int count = CoreText.Grams(core[..CoreText.Write(query.Tokens, query.Units, uint.MaxValue, core)], hashes), rare = 0;
        for (int i = 0; i < count; i++)
        {
            int size = index.NamesWithGram(hashes[i]).Length;
            if (size is > 0 and <= MostCommonGram) grams[rare++] = (size, hashes[i]);
        }

        grams.AsSpan(0, rare).Sort();
        for (int i = 0; i < Math.Min(rare, RareGrams); i++)
        {
            // Never 0: a sum of 0 means that a name was not met yet.
            float weight = WeightOfGram * MathF.Log2(1 + ((float)index.RowCount / grams[i].Size));
            foreach (int name in index.NamesWithGram(grams[i].Gram)) Add(name, weight);
        }
    }

    private void Add(int name, float weight)
    {
        if (sums[name] == 0) touched[touchedCount++] = name;
        sums[name] += weight;
    }

    private ReadOnlySpan<int> Select(ReadOnlySpan<char> wanted)
    {
        const float ShortNameGuard = 6;
        int count = 0;
        float least = 0;
        for (int i = 0; i < touchedCount; i++)
        {
            int name = touched[i];
            float rank = sums[name] / MathF.Sqrt(index.Information(name) + ShortNameGuard);
            sums[name] = 0;
            if ((count == Maximum && rank <= least) || !index.IsFor(name, wanted)) continue;
            int at = count < Maximum ? count++ : Weakest(count);
            best[at] = name;
            bestRanks[at] = rank;
            if (count == Maximum) least = bestRanks[Weakest(count)];
        }

        return best.AsSpan(0, count);
    }

    private int Weakest(int count)
    {
        int weakest = 0;
        for (int i = 1; i < count; i++) weakest = bestRanks[i] < bestRanks[weakest] ? i : weakest;
        return weakest;
    }
}
