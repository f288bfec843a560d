using System.Collections.Frozen;

namespace Risk.Rules.Matching;

/// <summary>Reads Han characters: the words of company names in translation, the rest as Mandarin syllables in one word.</summary>
/// <remarks>Terms are in <c>Data/han.txt</c>, readings in <c>Data/han-readings.txt</c>. A rarer character stays as it is and is compared as such; Japanese names are read as Mandarin unless they are a term.</remarks>
internal static class HanReader
{
    private const int LongestTerm = 6;
    private const char First = '\u3400';
    private const char Last = '\u9FFF';
    private static readonly FrozenDictionary<string, string> Terms = DataLines.Read("han.txt").Select(line => line.Split(' ', 2)).ToFrozenDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Terms.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string?[] Readings = LoadReadings();

    public static bool Starts(char character) => character is >= First and <= Last and not (>= '\u4DC0' and <= '\u4DFF');

    /// <summary>Adds the words of a run of Han characters; returns how many characters it took.</summary>
    public static int Read(ReadOnlySpan<char> text, TokenizedName into, int segment)
    {
        int length = 1;
        while (length < text.Length && Starts(text[length])) length++;
        Span<char> word = stackalloc char[TokenizedName.MaximumLetters];
        int letters = 0;
        for (int i = 0; i < length;)
        {
            int taken = Math.Min(LongestTerm, length - i);
            string? spelling = null;
            while (taken > 0 && !Lookup.TryGetValue(text.Slice(i, taken), out spelling)) taken--;
            if (spelling is null || taken == 1)
            {
                ReadOnlySpan<char> syllable = spelling ?? Readings[text[i] - First] ?? text.Slice(i, 1);
                if (letters + syllable.Length > word.Length) break;
                syllable.CopyTo(word[letters..]);
                letters += syllable.Length;
                i++;
                continue;
            }

            if (letters > 0) into.Add(word[..letters], segment, isAbjad: false);
            letters = 0;
            foreach (Range part in spelling.AsSpan().Split(' ')) into.Add(spelling.AsSpan()[part], segment, isAbjad: false);
            i += taken;
        }

        if (letters > 0) into.Add(word[..letters], segment, isAbjad: false);
        return length;
    }

    private static string?[] LoadReadings()
    {
        var readings = new string?[Last - First + 1];
        foreach (string[] parts in DataLines.Read("han-readings.txt").Select(line => line.Split(' ', 2)))
        {
            foreach (char character in parts[1]) readings[character - First] = parts[0];
        }

        return readings;
    }
}
