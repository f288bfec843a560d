using System.Collections.Frozen;
using System.Globalization;

namespace Risk.Rules.Matching;

/// <summary>How common words are among ordinary companies, from the tables that come with the program.</summary>
/// <remarks>Read from <c>Data/word-counts.txt</c> (counted) and <c>Data/common-words.txt</c> (estimated). Lists alone mislead: ORION is rare on them and common elsewhere.</remarks>
internal static class BackgroundWords
{
    private static readonly FrozenDictionary<string, float> Shares = Load();
    public static readonly HashSet<string> Ordinary = DataLines.Read("ordinary-words.txt").SelectMany(line => line.Split(' ')).ToHashSet(StringComparer.Ordinal);
    private static readonly HashSet<string> Brands = DataLines.Read("brand-words.txt").SelectMany(line => line.Split(' ')).ToHashSet(StringComparer.Ordinal);
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> OrdinaryLookup = Ordinary.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, float>.AlternateLookup<ReadOnlySpan<char>> Lookup = Shares.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The share of company names that hold the word or its plural; 0 when it was not seen.</summary>
    public static float Share(ReadOnlySpan<char> word)
    {
        const int Longest = 40;
        float share = Seen(word);
        if (word.Length is < 4 or >= Longest) return share;
        if (word[^1] == 's') return Math.Max(share, Seen(word[..^1]));
        Span<char> plural = stackalloc char[Longest];
        word.CopyTo(plural);
        plural[word.Length] = 's';
        return Math.Max(share, Seen(plural[..(word.Length + 1)]));
    }

    /// <summary>Whether it is a word or a name of English, or its plural: another company may well have taken it.</summary>
    public static bool IsOrdinary(ReadOnlySpan<char> word) => OrdinaryLookup.Contains(word) || (word.Length > 3 && word[^1] == 's' && OrdinaryLookup.Contains(word[..^1]));

    /// <summary>Whether the word means one group of companies, though dictionaries have it.</summary>
    public static bool IsBrand(string word) => Brands.Contains(word);

    private static float Seen(ReadOnlySpan<char> word) => Lookup.TryGetValue(word, out float share) ? share : 0;

    public static IEnumerable<KeyValuePair<string, float>> All => Shares;

    private static FrozenDictionary<string, float> Load()
    {
        var shares = new Dictionary<string, float>(StringComparer.Ordinal);
        float names = 0;
        foreach (string[] parts in DataLines.Read("word-counts.txt").Select(line => line.Split(' ')))
        {
            if (parts[0] == "names") names = float.Parse(parts[1], CultureInfo.InvariantCulture);
            else Take(shares, parts, names);
        }

        foreach (string[] parts in DataLines.Read("common-words.txt").Select(line => line.Split(' '))) Take(shares, parts, 100_000);
        return shares.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Take(Dictionary<string, float> shares, string[] parts, float names)
    {
        float share = float.Parse(parts[0], CultureInfo.InvariantCulture) / names;
        foreach (string word in parts.Skip(1)) shares[word] = Math.Max(share, shares.GetValueOrDefault(word));
    }
}
