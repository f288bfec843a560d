namespace Risk.Rules.Matching;

/// <summary>Searches an index. Holds buffers: one for each thread.</summary>
public sealed class NameSearcher
{
    private const int MaximumParts = 4;

    /// <summary>Names that get the exact score; the rest of the candidates are far behind them. A search that finds as many may not have found all.</summary>
    public const int Finalists = 14;
    private const int Features = (int)MatchFeature.Count;
    private readonly ScreeningIndex index;
    private readonly QueryProfile query;
    private readonly CandidateFinder finder;
    private readonly PairScorer scorer;
    private readonly ScreeningHit[] found = new ScreeningHit[CandidateFinder.Maximum];
    private readonly int[] foundEntities = new int[CandidateFinder.Maximum];
    private readonly float[] finalistRanks = new float[CandidateFinder.Maximum];
    private readonly int[] finalistRows = new int[CandidateFinder.Maximum];
    private readonly float[] finalistFeatures = new float[CandidateFinder.Maximum * Features];
    private int finalists;

    public NameSearcher(ScreeningIndex index)
    {
        this.index = index;
        query = new QueryProfile(index);
        finder = new CandidateFinder(index);
        scorer = new PairScorer(index);
    }

    /// <summary>Finds the parties that a company may be, the most likely first, each once with its best name. Equal inputs give equal results.</summary>
    /// <param name="wanted">The company.</param>
    /// <param name="threshold">Least score.</param>
    /// <param name="hits">Filled from the front; as many as are wanted.</param>
    /// <returns>How many were found.</returns>
    public int Search(in ScreeningQuery wanted, float threshold, Span<ScreeningHit> hits)
    {
        int count = 0;
        string country = wanted.Country.Length == 0 ? "" : Countries.Key(wanted.Country);
        Span<uint> parts = stackalloc uint[MaximumParts];
        ReadOnlySpan<int> candidates = Candidates(wanted.Name, ref parts);
        foreach (uint part in parts)
        {
            MeasurePart(part, candidates, skipGeneric: threshold > ScorePolicy.MostGeneric);
            for (int i = 0; i < finalists; i++) Keep(finalistRows[i], Score(finalistRows[i], finalistFeatures.AsSpan(i * Features, Features), country), ref count);
        }

        AddIdentified(wanted.Identifiers, ref count);
        found.AsSpan(0, count).Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.NameIndex.CompareTo(b.NameIndex));
        int kept = 0;
        while (kept < Math.Min(count, hits.Length) && found[kept].Score >= threshold) kept++;
        found.AsSpan(0, kept).CopyTo(hits);
        return kept;
    }

    /// <summary>Why a hit has its score. Allocates; meant for what is shown.</summary>
    public MatchExplanation Explain(in ScreeningQuery wanted, in ScreeningHit hit)
    {
        query.Read(wanted.Name);
        Span<uint> parts = stackalloc uint[MaximumParts];
        Span<float> features = stackalloc float[Features];
        int partCount = NameParts.Of(query, parts), bestPart = 0, bestRow = hit.NameIndex;
        float best = -1;
        string country = Countries.Key(wanted.Country);
        foreach (int row in index.RowsOf(hit.NameIndex))
        {
            if (!index.IsFor(row, wanted.Name.AsSpan().Trim())) continue;
            for (int part = 0; part < partCount; part++)
            {
                scorer.Begin(query, parts[part]);
                scorer.Measure(row, features);
                float score = Score(row, features, country);
                if (score > best) (best, bestPart, bestRow) = (score, part, row);
            }
        }

        scorer.Begin(query, parts[bestPart]);
        scorer.Measure(bestRow, features);
        return MatchExplanation.Of(index, query, parts[bestPart], bestRow, scorer.Aligned, features, wanted, hit.Score);
    }

    /// <summary>What the score is made from: every finalist's features, for those who train or examine the model.</summary>
    internal void Examine(string name, Action<int, bool, float[]> see)
    {
        Span<uint> parts = stackalloc uint[MaximumParts];
        ReadOnlySpan<int> candidates = Candidates(name, ref parts);
        foreach (uint part in parts)
        {
            MeasurePart(part, candidates, skipGeneric: false);
            for (int i = 0; i < finalists; i++) see(finalistRows[i], index.FoldedHash(finalistRows[i]) == query.Folded, finalistFeatures.AsSpan(i * Features, Features).ToArray());
        }
    }

    private ReadOnlySpan<int> Candidates(string name, ref Span<uint> parts)
    {
        query.Read(name);
        parts = parts[..NameParts.Of(query, parts)];
        return finder.Find(query, name.AsSpan().Trim());
    }

    /// <param name="skipGeneric">Leave out names that no threshold above <see cref="ScorePolicy.MostGeneric"/> lets through.</param>
    private void MeasurePart(uint part, ReadOnlySpan<int> candidates, bool skipGeneric)
    {
        Span<float> features = stackalloc float[Features];
        scorer.Begin(query, part);
        finalists = 0;
        foreach (int row in candidates)
        {
            if (scorer.Measure(row, features, skipGeneric && index.FoldedHash(row) != query.Folded)) Enter(row, features);
        }
    }

    private float Score(int row, ReadOnlySpan<float> features, string country) => ScorePolicy.Apply(
        index.FoldedHash(row) == query.Folded ? ScorePolicy.SameName : ScoreModel.Default.Score(features), features, index.Name(row).Strength, Countries.Agree(country, index.Country(row)));

    /// <summary>Keeps the features of the best by rough order, and of every party that has the very name.</summary>
    private void Enter(int row, ReadOnlySpan<float> features)
    {
        float rank = index.FoldedHash(row) == query.Folded ? float.MaxValue : ScoreModel.Rank(features);
        int at = finalists;
        if (finalists >= Finalists)
        {
            at = 0;
            for (int i = 1; i < finalists; i++) at = finalistRanks[i] < finalistRanks[at] ? i : at;
            if (finalistRanks[at] == float.MaxValue && rank == float.MaxValue) at = finalists++;
            else if (finalistRanks[at] >= rank) return;
        }
        else
        {
            finalists++;
        }

        finalistRanks[at] = rank;
        finalistRows[at] = row;
        features.CopyTo(finalistFeatures.AsSpan(at * Features));
    }

    private void AddIdentified(IReadOnlyList<string>? identifiers, ref int count)
    {
        for (int i = 0; identifiers is not null && i < identifiers.Count; i++)
        {
            foreach (int name in index.NamesIdentifiedBy(identifiers[i])) Keep(name, ScorePolicy.SameIdentifier, ref count);
        }
    }

    private void Keep(int row, float score, ref int count)
    {
        int entity = index.Entity(row);
        for (int i = 0; i < count; i++)
        {
            if (foundEntities[i] != entity) continue;
            // Of equally good names of a party the first: not the one that happened to be measured first.
            var hit = new ScreeningHit(index.NameIndex(row), score);
            if (score > found[i].Score || (score == found[i].Score && hit.NameIndex < found[i].NameIndex)) found[i] = hit;
            return;
        }

        // Full: the weakest gives way, so that an identifier is never lost.
        int at = count < found.Length ? count++ : Weakest();
        if (at == count - 1 || score > found[at].Score)
        {
            foundEntities[at] = entity;
            found[at] = new ScreeningHit(index.NameIndex(row), score);
        }
    }

    private int Weakest()
    {
        int weakest = 0;
        for (int i = 1; i < found.Length; i++) weakest = found[i].Score < found[weakest].Score ? i : weakest;
        return weakest;
    }
}
