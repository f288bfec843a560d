namespace Risk.Rules.Matching;

/// <summary>The similarity of Jaro (1989) with Winkler's (1990) bonus for a common beginning of up to four letters.</summary>
public static class JaroWinkler
{
    private const float PrefixWeight = 0.1f;
    private const int LongestPrefix = 4;
    private const int Longest = 256;

    /// <summary>0 to 1. What lies beyond 256 letters is not compared.</summary>
    /// <param name="bonusFrom">The Jaro similarity from which the bonus counts; 0.7 in Winkler's paper, 0 where there is no such gate.</param>
    public static float Similarity(ReadOnlySpan<char> a, ReadOnlySpan<char> b, float bonusFrom = 0.7f)
    {
        a = a[..Math.Min(a.Length, Longest)];
        b = b[..Math.Min(b.Length, Longest)];
        if (a.Length == 0 || b.Length == 0) return a.Length == b.Length ? 1 : 0;
        int window = Math.Max(0, (Math.Max(a.Length, b.Length) / 2) - 1), matches = 0;
        Span<bool> takenA = stackalloc bool[Longest];
        Span<bool> takenB = stackalloc bool[Longest];
        takenA.Clear();
        takenB.Clear();
        for (int i = 0; i < a.Length; i++)
        {
            for (int j = Math.Max(0, i - window); j < Math.Min(b.Length, i + window + 1); j++)
            {
                if (takenB[j] || a[i] != b[j]) continue;
                takenA[i] = takenB[j] = true;
                matches++;
                break;
            }
        }

        if (matches == 0) return 0;
        int swapped = 0;
        for (int i = 0, j = 0; i < a.Length; i++)
        {
            if (!takenA[i]) continue;
            while (!takenB[j]) j++;
            swapped += a[i] != b[j++] ? 1 : 0;
        }

        float jaro = (((float)matches / a.Length) + ((float)matches / b.Length) + ((matches - (swapped / 2f)) / matches)) / 3;
        int prefix = 0;
        while (prefix < Math.Min(LongestPrefix, Math.Min(a.Length, b.Length)) && a[prefix] == b[prefix]) prefix++;
        return jaro >= bonusFrom ? jaro + (prefix * PrefixWeight * (1 - jaro)) : jaro;
    }
}
