namespace Risk.Rules.Matching;

/// <summary>A word of the name beside the listed word it was matched with.</summary>
/// <param name="QueryUnit">Unit of the name.</param>
/// <param name="ListedUnit">Unit of the listed name.</param>
/// <param name="Bits">What the pair is worth if it matched in full.</param>
internal readonly record struct AlignedPair(int QueryUnit, int ListedUnit, float Similarity, float Bits);

/// <summary>Measures a name beside one listed name: aligns the words one to one, best first, and fills the features.</summary>
internal sealed class PairScorer(ScreeningIndex index)
{
    /// <summary>A translation or an abbreviation of a word.</summary>
    private const float OtherSpellingOfConcept = 0.88f;
    private const float LeastSimilarity = 0.72f;
    private const float SpelledAlike = 0.965f;

    /// <summary>Shorter known words are other words with one slip.</summary>
    private const int ShortestKnown = 5;
    private const int MaximumPairs = 256;

    /// <summary>Letters of a whole name that are compared one by one.</summary>
    private const int LongestWhole = 64;
    private readonly AlignedPair[] pairs = new AlignedPair[MaximumPairs];
    private readonly AlignedPair[] aligned = new AlignedPair[QueryProfile.MaximumUnits];
    private readonly byte[] gramCounts = new byte[CoreText.GramSpace];
    private readonly ushort[] queryGrams = new ushort[CoreText.MaximumLetters];
    private readonly char[] queryCore = new char[CoreText.MaximumLetters];
    private readonly ulong[] queryPositions = new ulong[WordSimilarity.Letters];
    private int queryGramCount;
    private int queryCoreLength;
    private int pairCount;
    private QueryProfile query = null!;
    private uint mask;

    public int AlignedCount { get; private set; }

    public ReadOnlySpan<AlignedPair> Aligned => aligned.AsSpan(0, AlignedCount);

    private ReadOnlySpan<char> WholeQuery => queryCore.AsSpan(0, Math.Min(queryCoreLength, LongestWhole));

    /// <summary>Sets the name, or a part of it, that the next listed names are measured against.</summary>
    /// <param name="unitMask">Bit by unit: which of them belong to the part.</param>
    public void Begin(QueryProfile profile, uint unitMask)
    {
        for (int i = 0; i < queryGramCount; i++) gramCounts[queryGrams[i]] = 0;
        query = profile;
        mask = unitMask;
        queryCoreLength = CoreText.Write(profile.Tokens, profile.Units, unitMask, queryCore);
        queryGramCount = CoreText.Grams(queryCore.AsSpan(0, queryCoreLength), queryGrams);
        Array.Clear(queryPositions);
        WordSimilarity.FillPositions(WholeQuery, queryPositions);
    }

    /// <param name="skipGeneric">Stop when only generic words are found: <see cref="ScorePolicy.IsGeneric"/>.</param>
    /// <returns>Whether all features were filled.</returns>
    public bool Measure(int name, Span<float> features, bool skipGeneric = false)
    {
        features.Clear();
        Collect(name);
        Align();
        AddJoined(name);
        AlignLeftOver(name);
        return Fill(name, features, skipGeneric);
    }

    /// <summary>What is left over on both sides is the same letters and only spaces differ: every word matched, whatever the words are.</summary>
    private void AlignLeftOver(int name)
    {
        const int Shortest = 5;
        ReadOnlySpan<int> listed = index.Units(name);
        ulong queryTaken = 0, listedTaken = 0;
        foreach (AlignedPair pair in Aligned)
        {
            queryTaken |= 1UL << pair.QueryUnit;
            listedTaken |= 1UL << pair.ListedUnit;
        }

        Span<char> letters = stackalloc char[CoreText.MaximumLetters];
        int length = 0, anyQuery = -1, anyListed = -1;
        for (int t = 0; t < listed.Length; t++)
        {
            if ((listedTaken & (1UL << t)) != 0) continue;
            ReadOnlySpan<char> part = index.CoreOfUnit(name, t);
            part.CopyTo(letters[length..]);
            length += part.Length;
            anyListed = t;
        }

        if (length < Shortest) return;
        ReadOnlySpan<char> left = letters[..length];
        for (int q = 0; q < query.Count; q++)
        {
            if (!IsIn(q) || !query.Unit(q).Counts || (queryTaken & (1UL << q)) != 0) continue;
            for (int word = query.Unit(q).First; word < query.Unit(q).First + query.Unit(q).Words; word++)
            {
                ReadOnlySpan<char> skeleton = query.Tokens.Skeleton(word);
                if (!left.StartsWith(skeleton)) return;
                left = left[skeleton.Length..];
            }

            anyQuery = q;
        }

        if (left.Length > 0) return;
        for (int t = 0; t < listed.Length && AlignedCount < aligned.Length; t++)
        {
            if ((listedTaken & (1UL << t)) == 0) aligned[AlignedCount++] = new AlignedPair(anyQuery, t, WordSimilarity.SameSkeleton, index.Weight(listed[t]));
        }

        for (int q = 0; q < anyQuery && AlignedCount < aligned.Length; q++)
        {
            if (IsIn(q) && query.Unit(q).Counts && (queryTaken & (1UL << q)) == 0) aligned[AlignedCount++] = new AlignedPair(q, anyListed, WordSimilarity.SameSkeleton, 0);
        }
    }

    private bool IsIn(int unit) => (mask & (1u << unit)) != 0;

    private void Collect(int name)
    {
        ReadOnlySpan<int> listed = index.Units(name), surfaces = index.Surfaces(name);
        pairCount = 0;
        for (int t = 0; t < listed.Length; t++)
        {
            int key = listed[t];
            bool found = false;
            for (int match = query.FirstMatch(key); match >= 0; match = query.NextMatch(match))
            {
                int q = query.MatchUnit(match);
                if (!IsIn(q)) continue;
                float similarity = query.MatchSimilarity(match);
                bool sameConcept = !index.Keys.IsWord(key) && query.Surface(q) != surfaces[t];
                AddPair(q, t, sameConcept ? OtherSpellingOfConcept : similarity, index.Weight(key));
                found = true;
            }

            if (!found) AddUnforeseen(name, t, key);
        }
    }

    /// <summary>Words with two slips, and known words with one, were not looked up; here there are few to compare.</summary>
    private void AddUnforeseen(int name, int listedUnit, int key)
    {
        UnitKind kind = index.Kind(key);
        bool isPlain = kind == UnitKind.Plain;
        ReadOnlySpan<char> skeleton = index.CoreOfUnit(name, listedUnit);
        if (kind == UnitKind.Number || skeleton.Length < (isPlain ? 3 : ShortestKnown)) return;
        for (int q = 0; q < query.Count; q++)
        {
            NameUnit unit = query.Unit(q);
            if (!IsIn(q) || !unit.Counts || unit.Words > 1 || !(isPlain || unit.Kind == UnitKind.Plain)) continue;
            ReadOnlySpan<char> mine = query.Tokens.Skeleton(unit.First);
            float similarity = isPlain && unit.Kind == UnitKind.Plain ? WordSimilarity.Of(query.Tokens.Word(unit.First), mine, index.Keys.Word(key), skeleton)
                : unit.Kind == UnitKind.Number || mine.Length < ShortestKnown ? 0 : WordSimilarity.OfSounds(mine, skeleton);
            if (similarity >= LeastSimilarity) AddPair(q, listedUnit, similarity, index.Weight(key));
        }
    }

    private void AddPair(int queryUnit, int listedUnit, float similarity, float bits)
    {
        if (pairCount < MaximumPairs) pairs[pairCount++] = new AlignedPair(queryUnit, listedUnit, similarity, bits);
    }

    private void Align()
    {
        AlignedCount = 0;
        ulong queryTaken = 0, listedTaken = 0;
        while (true)
        {
            int best = -1;
            float gain = 0;
            for (int i = 0; i < pairCount; i++)
            {
                AlignedPair pair = pairs[i];
                if ((queryTaken & (1UL << pair.QueryUnit)) != 0 || (listedTaken & (1UL << pair.ListedUnit)) != 0) continue;

                // Of equal pairs the one at the same place wins, so that order is seen as it is.
                float value = (pair.Similarity * pair.Similarity * pair.Bits) - (0.001f * Math.Abs(pair.QueryUnit - pair.ListedUnit));
                if (value > gain || best < 0) (best, gain) = (i, value);
            }

            if (best < 0 || AlignedCount == aligned.Length) return;
            aligned[AlignedCount++] = pairs[best];
            queryTaken |= 1UL << pairs[best].QueryUnit;
            listedTaken |= 1UL << pairs[best].ListedUnit;
        }
    }

    /// <summary>Two words that are one on the other side.</summary>
    private void AddJoined(int name)
    {
        ulong queryTaken = 0, listedTaken = 0;
        foreach (AlignedPair pair in Aligned)
        {
            queryTaken |= 1UL << pair.QueryUnit;
            listedTaken |= 1UL << pair.ListedUnit;
        }

        ReadOnlySpan<int> listed = index.Units(name);
        Span<char> joined = stackalloc char[64];
        for (int t = 0; t < listed.Length; t++)
        {
            if ((listedTaken & (1UL << t)) != 0 || !index.Keys.IsWord(listed[t])) continue;
            for (int q = 0; q + 1 < query.Count && (listedTaken & (1UL << t)) == 0; q++)
            {
                if ((queryTaken & (3UL << q)) != 0 || !IsIn(q) || !IsIn(q + 1)) continue;
                float similarity = Joined(query.Tokens.Skeleton(query.Unit(q).First), query.Tokens.Skeleton(query.Unit(q + 1).First), index.Keys.Skeleton(listed[t]), joined);
                if (similarity < LeastSimilarity || AlignedCount + 1 >= aligned.Length) continue;
                aligned[AlignedCount++] = new AlignedPair(q, t, similarity, index.Weight(listed[t]));
                aligned[AlignedCount++] = new AlignedPair(q + 1, t, similarity, 0);
                queryTaken |= 3UL << q;
                listedTaken |= 1UL << t;
            }
        }

        for (int q = 0; q < query.Count; q++)
        {
            if ((queryTaken & (1UL << q)) != 0 || !IsIn(q) || query.Unit(q).Kind != UnitKind.Plain) continue;
            for (int t = 0; t + 1 < listed.Length && (queryTaken & (1UL << q)) == 0; t++)
            {
                if ((listedTaken & (3UL << t)) != 0 || !index.Keys.IsWord(listed[t]) || !index.Keys.IsWord(listed[t + 1])) continue;
                float similarity = Joined(index.Keys.Skeleton(listed[t]), index.Keys.Skeleton(listed[t + 1]), query.Tokens.Skeleton(query.Unit(q).First), joined);
                if (similarity < LeastSimilarity || AlignedCount + 1 >= aligned.Length) continue;
                aligned[AlignedCount++] = new AlignedPair(q, t, similarity, index.Weight(listed[t]));
                aligned[AlignedCount++] = new AlignedPair(q, t + 1, similarity, index.Weight(listed[t + 1]));
                queryTaken |= 1UL << q;
                listedTaken |= 3UL << t;
            }
        }
    }

    private static float Joined(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> whole, Span<char> buffer)
    {
        int length = first.Length + second.Length;
        if (length > buffer.Length || whole.Length > buffer.Length || Math.Abs(length - whole.Length) > 1 || length < 4) return 0;
        first.CopyTo(buffer);
        second.CopyTo(buffer[first.Length..]);
        return WordSimilarity.SameSkeleton * (1 - ((float)WordSimilarity.Edits(buffer[..length], whole) / Math.Max(length, whole.Length)));
    }

    private bool Fill(int name, Span<float> features, bool skipGeneric)
    {
        var relations = new NameRelations(index, query, mask);
        float letters = 0, coined = 0, plainWords = 0, longest = 0, specificWords = 0, surprise = 0;
        float matched = 0, exact = 0, distinctive = 0, strongest = 0, specific = 0, ordered = 0;
        ulong queryTaken = 0, listedTaken = 0;
        int previous = -1, pairsInOrder = 0;
        ReadOnlySpan<int> listed = index.Units(name);
        Span<int> places = stackalloc int[QueryProfile.MaximumUnits];
        places.Fill(-1);
        float queryMatched = 0, queryDistinctive = 0;
        foreach (AlignedPair pair in Aligned)
        {
            float bits = pair.Similarity * pair.Bits;
            int key = listed[pair.ListedUnit];
            matched += bits;
            if (pair.Similarity >= SpelledAlike) exact += bits;
            if (index.Keys.IsWord(key))
            {
                float found = pair.Similarity * index.Keys.Word(key).Length;
                if (index.IsCoined(key)) coined += bits;
                if (index.Kind(key) == UnitKind.Plain)
                {
                    plainWords++;
                    surprise += pair.Similarity * pair.Similarity * index.Surprise(key);
                    longest = Math.Max(longest, found);
                }

                distinctive += bits;
                letters += pair.Similarity * index.Keys.Word(key).Length;
            }

            float credit = pair.Similarity * query.Weight(pair.QueryUnit);
            queryMatched += credit;
            if (query.Unit(pair.QueryUnit).IsDistinctive) queryDistinctive += credit;
            strongest = Math.Max(strongest, bits);
            if (index.Kind(key) != UnitKind.Generic)
            {
                specific += bits;
                specificWords += (listedTaken & (1UL << pair.ListedUnit)) == 0 ? 1 : 0;
            }

            queryTaken |= 1UL << pair.QueryUnit;
            listedTaken |= 1UL << pair.ListedUnit;
            places[pair.QueryUnit] = pair.ListedUnit;
        }

        features[(int)MatchFeature.MatchedBits] = matched;
        features[(int)MatchFeature.SpecificBits] = specific;
        features[(int)MatchFeature.MatchedWords] = Math.Min(System.Numerics.BitOperations.PopCount(listedTaken), System.Numerics.BitOperations.PopCount(queryTaken));
        if (skipGeneric && ScorePolicy.IsGeneric(features)) return false;
        float listedBits = index.Information(name), queryBits = 0, distinctiveListed = 0, distinctiveQuery = 0;
        for (int q = 0; q < query.Count; q++)
        {
            if (!IsIn(q)) continue;
            queryBits += query.Weight(q);
            if (query.Unit(q).IsDistinctive) distinctiveQuery += query.Weight(q);
            if (places[q] < 0) continue;
            if (previous >= 0) ordered += places[q] > previous ? 1 : 0;
            if (previous >= 0) pairsInOrder++;
            previous = places[q];
        }

        foreach (int key in listed) distinctiveListed += index.Keys.IsWord(key) ? index.Weight(key) : 0;
        float knownQuery = 0, knownListed = 0;
        for (int q = 0; q < query.Count; q++) knownQuery += IsIn(q) && (queryTaken & (1UL << q)) == 0 && query.Unit(q).Kind is UnitKind.Domain or UnitKind.Body ? query.Weight(q) : 0;
        for (int t = 0; t < listed.Length; t++) knownListed += (listedTaken & (1UL << t)) == 0 && index.Kind(listed[t]) is UnitKind.Domain or UnitKind.Body ? index.Weight(listed[t]) : 0;
        features[(int)MatchFeature.SurprisingLetters] = surprise;
        features[(int)MatchFeature.FormCountry] = relations.FormCountry(name);
        features[(int)MatchFeature.SpecificWords] = specificWords;
        features[(int)MatchFeature.CoinedBits] = coined;
        features[(int)MatchFeature.PlainWords] = plainWords;
        features[(int)MatchFeature.LongestWord] = longest;
        features[(int)MatchFeature.ConflictingBits] = Math.Min(knownQuery, knownListed);
        features[(int)MatchFeature.ExactBits] = exact;
        features[(int)MatchFeature.UnmatchedQueryBits] = Math.Max(0, queryBits - queryMatched);
        features[(int)MatchFeature.UnmatchedListedBits] = Math.Max(0, listedBits - matched);
        features[(int)MatchFeature.QueryCoverage] = queryBits > 0 ? Math.Min(1, queryMatched / queryBits) : 0;
        features[(int)MatchFeature.ListedCoverage] = listedBits > 0 ? Math.Min(1, matched / listedBits) : 0;
        features[(int)MatchFeature.DistinctiveBits] = distinctive;
        features[(int)MatchFeature.UnmatchedDistinctiveQueryBits] = Math.Max(0, distinctiveQuery - queryDistinctive);
        features[(int)MatchFeature.UnmatchedDistinctiveListedBits] = Math.Max(0, distinctiveListed - distinctive);
        features[(int)MatchFeature.StrongestWordBits] = strongest;
        features[(int)MatchFeature.SameWords] = AreSameWords(listed) ? 1 : 0;
        features[(int)MatchFeature.DistinctiveLetters] = letters;
        features[(int)MatchFeature.LetterRuns] = LetterRuns(name);
        features[(int)MatchFeature.WholeText] = WholeText(name);
        (features[(int)MatchFeature.LegalForm], features[(int)MatchFeature.SharedFormBits]) = relations.LegalForm(name);
        features[(int)MatchFeature.Numbers] = relations.Numbers(listed, queryTaken, listedTaken);
        features[(int)MatchFeature.Places] = relations.Places(listed, queryTaken, listedTaken);
        features[(int)MatchFeature.Order] = pairsInOrder == 0 ? 1 : ordered / pairsInOrder;
        features[(int)MatchFeature.Organization] = index.Name(name).Kind == PartyKind.Organization ? 1 : 0;
        features[(int)MatchFeature.Strength] = index.Name(name).Strength == NameStrength.WeakAlias ? 0 : 1;
        features[(int)MatchFeature.Cosine] = queryBits > 0 && listedBits > 0 ? Math.Min(1, matched / MathF.Sqrt(queryBits * listedBits)) : 0;
        return true;
    }

    /// <summary>Every word of each is the other's, in order; legal forms aside.</summary>
    private bool AreSameWords(ReadOnlySpan<int> listed)
    {
        int counting = 0;
        for (int q = 0; q < query.Count; q++) counting += IsIn(q) && query.Unit(q).Counts ? 1 : 0;
        if (AlignedCount != listed.Length || AlignedCount != counting) return false;
        foreach (AlignedPair pair in Aligned)
        {
            if (pair.Similarity < 1) return false;
            foreach (AlignedPair other in Aligned)
            {
                if (pair.QueryUnit < other.QueryUnit && pair.ListedUnit >= other.ListedUnit) return false;
            }
        }

        return AlignedCount > 0;
    }

    private float LetterRuns(int name)
    {
        Span<ushort> grams = stackalloc ushort[CoreText.MaximumLetters];
        int count = CoreText.Grams(index.Core(name), grams), common = 0;
        if (count + queryGramCount == 0) return 0;
        for (int i = 0; i < queryGramCount; i++) gramCounts[queryGrams[i]]++;
        for (int i = 0; i < count; i++)
        {
            if (gramCounts[grams[i]] == 0) continue;
            gramCounts[grams[i]]--;
            common++;
        }

        for (int i = 0; i < queryGramCount; i++) gramCounts[queryGrams[i]] = 0;
        return 2f * common / (count + queryGramCount);
    }

    private float WholeText(int name)
    {
        ReadOnlySpan<char> a = WholeQuery, b = index.Core(name);
        b = b[..Math.Min(b.Length, LongestWhole)];
        int longer = Math.Max(a.Length, b.Length);
        return longer == 0 ? 0 : 1 - ((float)WordSimilarity.Edits(a, queryPositions, b) / longer);
    }
}
