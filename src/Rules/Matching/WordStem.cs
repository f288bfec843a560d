namespace Risk.Rules.Matching;

/// <summary>What is left of a skeleton without the endings of Slavic adjectives and nouns: <c>androidnaia</c> and <c>android</c>, <c>skolkovo</c> and <c>skolkovski</c> meet.</summary>
internal static class WordStem
{
    /// <summary>Shorter stems are too many things.</summary>
    public const int Shortest = 5;

    // The longest first; skeletons, so -yy, -iy and -ii are all -i.
    private static readonly string[] Endings = ["ovskaia", "ovskogo", "ovskoe", "ovskih", "ovski", "skaia", "skogo", "skomu", "skoe", "skoi", "skih", "naia", "nogo", "noe", "noi", "nih", "ski", "aia", "ogo", "ovo", "oe", "oi", "ih", "ni", "ov", "ev", "ii", "ia", "in", "a", "e", "i", "o", "u", "s"];

    /// <summary>Length of the stem.</summary>
    public static int Length(ReadOnlySpan<char> skeleton)
    {
        foreach (string ending in Endings)
        {
            if (skeleton.Length - ending.Length >= Shortest && skeleton.EndsWith(ending)) return skeleton.Length - ending.Length;
        }

        return skeleton.Length;
    }
}
