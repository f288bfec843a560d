using System.Numerics;

namespace Risk.Rules.Matching;

/// <summary>How alike two words are: 1 for equal, 0.97 when only the romanisation differs, else by edits for their length.</summary>
/// <remarks>Edits are insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), counted bit-parallel after Hyyrö 2003.</remarks>
internal static class WordSimilarity
{
    public const float SameSkeleton = 0.97f;
    public const int Letters = 128;
    private const int Longest = 64;

    /// <summary>Abbreviations that only sound alike are other abbreviations more often than not: AUK, AUC.</summary>
    private const int ShortWord = 4;
    private const float ShortSameSkeleton = 0.8f;
    private const float SameStem = 0.9f;

    /// <summary>Between 0 and 1; symmetric.</summary>
    public static float Of(ReadOnlySpan<char> a, ReadOnlySpan<char> skeletonA, ReadOnlySpan<char> b, ReadOnlySpan<char> skeletonB)
    {
        if (a.SequenceEqual(b)) return 1;
        if (skeletonA.SequenceEqual(skeletonB)) return Math.Min(a.Length, b.Length) <= ShortWord ? ShortSameSkeleton : SameSkeleton;
        int shorter = Math.Min(skeletonA.Length, skeletonB.Length), longer = Math.Max(skeletonA.Length, skeletonB.Length);
        if (shorter < 3 || longer > Longest || shorter * 3 < longer * 2) return 0;
        int common = skeletonA.CommonPrefixLength(skeletonB);
        bool sameStem = common >= WordStem.Shortest && WordStem.Length(skeletonA) is var stem && stem <= common && stem == WordStem.Length(skeletonB);
        if (!sameStem && AreFar(skeletonA, skeletonB, longer) && AreFar(a, b, longer)) return 0;
        float sounds = SameSkeleton * (1 - ((float)Edits(skeletonA, skeletonB) / longer));
        if (sameStem) sounds = Math.Max(sounds, SameStem);
        int letters = Math.Max(a.Length, b.Length);
        if (letters > Longest) return sounds;
        float spelling = 1 - ((float)Edits(a, b) / letters);
        return Math.Max(sounds, spelling);
    }

    /// <summary>The same of what is heard only.</summary>
    public static float OfSounds(ReadOnlySpan<char> skeletonA, ReadOnlySpan<char> skeletonB)
    {
        int shorter = Math.Min(skeletonA.Length, skeletonB.Length), longer = Math.Max(skeletonA.Length, skeletonB.Length);
        return longer > Longest || shorter * 3 < longer * 2 || AreFar(skeletonA, skeletonB, longer) ? 0 : SameSkeleton * (1 - ((float)Edits(skeletonA, skeletonB) / longer));
    }

    /// <summary>Whether the letters alone show that more than two in five are edits: each edit brings in or takes out one letter at most.</summary>
    private static bool AreFar(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int longer)
    {
        ulong first = 0, second = 0;
        foreach (char c in a) first |= 1UL << (c & 63);
        foreach (char c in b) second |= 1UL << (c & 63);
        return 5 * Math.Max(BitOperations.PopCount(first & ~second), BitOperations.PopCount(second & ~first)) > 2 * longer;
    }

    /// <summary>Edits between two texts of at most 64 characters.</summary>
    public static int Edits(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<ulong> positions = stackalloc ulong[Letters];
        FillPositions(a, positions);
        return Edits(a, positions, b);
    }

    /// <summary>For a text that is compared with many: where each ASCII letter stands in it, as bits.</summary>
    /// <param name="positions">All 0 before; <see cref="Letters"/> long.</param>
    public static void FillPositions(ReadOnlySpan<char> text, Span<ulong> positions)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] < positions.Length) positions[text[i]] |= 1UL << i;
        }
    }

    /// <param name="positions">Of <paramref name="a"/>.</param>
    public static int Edits(ReadOnlySpan<char> a, ReadOnlySpan<ulong> positions, ReadOnlySpan<char> b)
    {
        if (a.Length == 0 || b.Length == 0) return Math.Max(a.Length, b.Length);
        ulong last = 1UL << (a.Length - 1), positive = ulong.MaxValue, negative = 0, diagonal = 0, previousMatch = 0;
        int score = a.Length;
        foreach (char c in b)
        {
            ulong match = c < positions.Length ? positions[c] : Positions(a, c);
            ulong swapped = (((~diagonal & match) << 1) & previousMatch);
            diagonal = ((((match & positive) + positive) ^ positive) | match | negative) | swapped;
            ulong up = negative | ~(diagonal | positive);
            ulong down = diagonal & positive;
            if ((up & last) != 0) score++;
            else if ((down & last) != 0) score--;
            up = (up << 1) | 1;
            down <<= 1;
            positive = down | ~(diagonal | up);
            negative = up & diagonal;
            previousMatch = match;
        }

        return score;
    }

    private static ulong Positions(ReadOnlySpan<char> text, char letter)
    {
        ulong positions = 0;
        for (int i = 0; i < text.Length; i++) positions |= text[i] == letter ? 1UL << i : 0;
        return positions;
    }
}
