namespace Risk.Rules.Matching;

/// <summary>How common concepts are among ordinary companies: all their one-word spellings together.</summary>
internal static class ConceptShares
{
    private const float LargestShare = 0.5f;
    private static readonly float[] Shares = Load();

    public static float Of(int concept) => Shares[concept];

    private static float[] Load()
    {
        NameLexicon lexicon = NameLexicon.Default;
        var shares = new float[lexicon.Concepts.Count];
        foreach ((string word, float share) in BackgroundWords.All)
        {
            int concept = lexicon.ConceptOf(word, SpellingSkeleton.Of(word));
            if (concept >= 0) shares[concept] = Math.Min(LargestShare, shares[concept] + share);
        }

        return shares;
    }
}
