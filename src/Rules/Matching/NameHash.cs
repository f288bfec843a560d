namespace Risk.Rules.Matching;

/// <summary>Hashes by which parts of names are compared for equality. Stable between runs.</summary>
internal static class NameHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Of all folded words in order.</summary>
    public static ulong Folded(TokenizedName name)
    {
        ulong hash = Offset;
        for (int i = 0; i < name.Count; i++) hash = (Add(hash, name.Word(i)) ^ ' ') * Prime;
        return hash;
    }

    /// <summary>Of how a unit is spelled, differences of romanisation aside.</summary>
    public static int Surface(TokenizedName name, in NameUnit unit)
    {
        if (unit.Kind == UnitKind.Number) return unit.Number;
        ulong hash = Offset;
        for (int i = unit.First; i < unit.First + unit.Words; i++) hash = (Add(hash, name.Skeleton(i)) ^ ' ') * Prime;
        return (int)(hash ^ (hash >> 32));
    }

    /// <summary>Of the consonants of a skeleton.</summary>
    public static uint Consonants(ReadOnlySpan<char> skeleton)
    {
        ulong hash = Offset;
        char last = '\0';
        foreach (char c in skeleton)
        {
            if (c is 'a' or 'e' or 'i' or 'o' or 'u' or 'h' or 'v' || c == last) continue;
            hash = (hash ^ c) * Prime;
            last = c;
        }

        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (char c in text) hash = (hash ^ c) * Prime;
        return hash;
    }
}
