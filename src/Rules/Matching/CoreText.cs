namespace Risk.Rules.Matching;

/// <summary>A name without its legal form, spaces and noise, as one run of letters: words that were joined or split are equal in it.</summary>
internal static class CoreText
{
    public const int MaximumLetters = 96;
    public const int GramLength = 3;
    public const int GramSpace = 1 << 16;

    /// <summary>Writes the skeletons of the units that count; returns the length.</summary>
    /// <param name="lengths">Gets the letters of each unit that counts, in order; may be empty.</param>
    public static int Write(TokenizedName name, ReadOnlySpan<NameUnit> units, uint mask, Span<char> text, Span<byte> lengths = default)
    {
        int length = 0, counted = 0;
        for (int i = 0; i < units.Length; i++)
        {
            if (!units[i].Counts || (mask & (1u << i)) == 0) continue;
            int start = length;
            for (int word = units[i].First; word < units[i].First + units[i].Words; word++)
            {
                ReadOnlySpan<char> skeleton = name.Skeleton(word);
                int taken = Math.Min(skeleton.Length, MaximumLetters - length);
                skeleton[..taken].CopyTo(text[length..]);
                length += taken;
            }

            if (!lengths.IsEmpty) lengths[counted++] = (byte)(length - start);
        }

        return length;
    }

    /// <summary>Hashes of the runs of three letters, in order; returns how many.</summary>
    public static int Grams(ReadOnlySpan<char> text, Span<ushort> grams)
    {
        int count = Math.Max(0, text.Length - GramLength + 1);
        for (int i = 0; i < count; i++)
        {
            uint hash = (text[i] * 0x9E3779B1u) ^ (text[i + 1] * 0x85EBCA77u) ^ (text[i + 2] * 0xC2B2AE3Du);
            hash ^= hash >> 15;
            hash *= 0x2C1B3C6Du;
            grams[i] = (ushort)(hash >> 16);
        }

        return count;
    }
}
