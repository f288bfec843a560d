using System.Numerics;

namespace Risk.Rules.Matching;

/// <summary>Finds words one or two slips away: words and look-ups share a key when at most one letter is left out on each side.</summary>
internal sealed class DeletionIndex
{
    private readonly int shift;
    private readonly int[] bucketStarts;
    private readonly uint[] hashes;
    private readonly int[] keys;

    public DeletionIndex(UnitKeys words)
    {
        var allHashes = new List<uint>(words.WordCount * 9);
        var allKeys = new List<int>(words.WordCount * 9);
        Span<uint> variants = stackalloc uint[TokenizedName.MaximumLetters + 1];
        for (int key = words.FirstWord; key < words.Count; key++)
        {
            int count = Variants(words.Skeleton(key), variants);
            for (int i = 0; i < count; i++)
            {
                allHashes.Add(variants[i]);
                allKeys.Add(key);
            }
        }

        hashes = [.. allHashes];
        keys = [.. allKeys];
        Array.Sort(hashes, keys);

        // As many buckets as entries: few, that the processor keeps at hand, for a short list.
        int bits = Math.Clamp(BitOperations.Log2((uint)hashes.Length | 1) + 1, 8, 20);
        shift = 32 - bits;
        bucketStarts = new int[(1 << bits) + 1];
        foreach (uint hash in hashes) bucketStarts[(hash >> shift) + 1]++;
        for (int i = 1; i < bucketStarts.Length; i++) bucketStarts[i] += bucketStarts[i - 1];
    }

    /// <summary>The hashes of a skeleton and, when it is long enough, of the skeleton with each letter left out, and its stem.</summary>
    public static int Variants(ReadOnlySpan<char> skeleton, Span<uint> variants)
    {
        variants[0] = Hash(skeleton, -1);
        if (skeleton.Length is < 4 or > 40) return 1;
        int count = 1, stem = WordStem.Length(skeleton);
        for (int i = 0; i < skeleton.Length; i++) variants[count++] = Hash(skeleton, i);
        if (stem < skeleton.Length) variants[count++] = Hash(skeleton[..stem], -1);
        return count;
    }

    /// <summary>The words that share a variant.</summary>
    public ReadOnlySpan<int> Find(uint variant)
    {
        int bucket = (int)(variant >> shift);
        int start = bucketStarts[bucket], end = bucketStarts[bucket + 1];
        while (start < end && hashes[start] < variant) start++;
        int stop = start;
        while (stop < end && hashes[stop] == variant) stop++;
        return keys.AsSpan(start, stop - start);
    }

    private static uint Hash(ReadOnlySpan<char> text, int without)
    {
        uint hash = 2166136261;
        for (int i = 0; i < text.Length; i++)
        {
            if (i != without) hash = (hash ^ text[i]) * 16777619;
        }

        hash ^= hash >> 15;
        hash *= 0x85EBCA6B;
        return hash ^ (hash >> 13);
    }
}
