namespace Risk.Rules.Matching;

/// <summary>How surprising a word's letters are to a speaker of English, in bits: RADIOPRIBORSNAB more than CARVANA. The more, the less likely it is that two companies came upon the word.</summary>
/// <remarks>Each letter from the two before it, counted over the words of <c>Data/ordinary-words.txt</c>.</remarks>
internal static class LetterModel
{
    private const int Letters = 27;
    private const float Smoothing = 0.1f;
    private const float Most = 64;
    private static readonly float[] Bits = Count();

    /// <summary>0 to 64; a word in other letters than a to z has the most.</summary>
    public static float Surprise(ReadOnlySpan<char> word)
    {
        int first = 0, second = 0;
        float sum = 0;
        foreach (char c in word)
        {
            if (c is < 'a' or > 'z') return Most;
            sum += Bits[(((first * Letters) + second) * Letters) + c - 'a' + 1];
            (first, second) = (second, c - 'a' + 1);
        }

        return Math.Min(Most, sum + Bits[((first * Letters) + second) * Letters]);
    }

    private static float[] Count()
    {
        var counts = new float[Letters * Letters * Letters];
        foreach (string word in BackgroundWords.Ordinary)
        {
            int first = 0, second = 0;
            foreach (char c in word)
            {
                counts[(((first * Letters) + second) * Letters) + c - 'a' + 1]++;
                (first, second) = (second, c - 'a' + 1);
            }

            counts[((first * Letters) + second) * Letters]++;
        }

        for (int start = 0; start < counts.Length; start += Letters)
        {
            float all = 0;
            for (int i = 0; i < Letters; i++) all += counts[start + i] += Smoothing;
            for (int i = 0; i < Letters; i++) counts[start + i] = -MathF.Log2(counts[start + i] / all);
        }

        return counts;
    }
}
