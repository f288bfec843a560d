namespace Risk.Rules.Matching;

/// <summary>The words of one name, folded, in buffers that are used again for the next name.</summary>
/// <remarks>Bounded: what lies beyond <see cref="MaximumWords"/> words or <see cref="MaximumLetters"/> letters is not compared.</remarks>
internal sealed class TokenizedName
{
    public const int MaximumWords = 32;
    public const int MaximumLetters = 400;
    private readonly char[] letters = new char[MaximumLetters];
    private readonly char[] skeletons = new char[2 * MaximumLetters];
    private readonly int[] starts = new int[MaximumWords + 1];
    private readonly int[] skeletonStarts = new int[MaximumWords + 1];
    private readonly byte[] segments = new byte[MaximumWords];
    private readonly bool[] abjad = new bool[MaximumWords];

    public int Count { get; private set; }

    /// <summary>Segments: the part before, inside and after brackets or a spaced slash are numbered apart.</summary>
    public int SegmentOf(int word) => segments[word];

    public bool IsAbjad(int word) => abjad[word];

    public ReadOnlySpan<char> Word(int word) => letters.AsSpan(starts[word], starts[word + 1] - starts[word]);

    public ReadOnlySpan<char> Skeleton(int word) => skeletons.AsSpan(skeletonStarts[word], skeletonStarts[word + 1] - skeletonStarts[word]);

    public void Clear() => Count = 0;

    /// <summary>Adds a word; false when there is no more room.</summary>
    public bool Add(ReadOnlySpan<char> word, int segment, bool isAbjad)
    {
        if (Count == MaximumWords || starts[Count] + word.Length > MaximumLetters) return false;
        int start = starts[Count], skeletonStart = skeletonStarts[Count];
        word.CopyTo(letters.AsSpan(start));
        segments[Count] = (byte)Math.Min(segment, byte.MaxValue);
        abjad[Count] = isAbjad;
        skeletonStarts[Count + 1] = skeletonStart + SpellingSkeleton.Write(word, skeletons.AsSpan(skeletonStart));
        starts[++Count] = start + word.Length;
        return true;
    }

    /// <summary>Puts the letters of a one-letter word behind the word before it.</summary>
    public void JoinToLast(char letter)
    {
        if (starts[Count] == MaximumLetters) return;
        letters[starts[Count]++] = letter;
        skeletonStarts[Count] = skeletonStarts[Count - 1] + SpellingSkeleton.Write(Word(Count - 1), skeletons.AsSpan(skeletonStarts[Count - 1]));
    }
}
