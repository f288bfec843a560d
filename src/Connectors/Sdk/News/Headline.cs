using Risk.Rules.Matching;

namespace Risk.Connectors.Sdk.News;

/// <summary>Headlines as sets of words, to be compared.</summary>
internal static class Headline
{
    /// <summary>Alike as the copies of one agency text are.</summary>
    public const double Copy = 0.7;

    private const int ShortestWord = 3, LeastWords = 4;

    private static readonly string[] Separators = [" - ", " – ", " — ", " | ", " _ ", " :: "];

    /// <summary>Without the name of the outlet that many put behind it.</summary>
    public static string WithoutOutlet(string title)
    {
        string rest = title.Trim();
        while (Separators.Max(s => rest.LastIndexOf(s, StringComparison.Ordinal)) is > 0 and var at && Sentence.Read(rest[..at]).Length >= LeastWords) rest = rest[..at].TrimEnd();
        return rest;
    }

    public static HashSet<string> Words(string title)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        string last = "";
        foreach (SentenceWord word in Sentence.Read(WithoutOutlet(title)))
        {
            // A single character of a script without spaces says little: pairs of them do.
            bool isCharacter = word.Letters.Length == 1 && word.Letters[0] > '\u007F';
            if (isCharacter && last.Length == 1 && last[0] > '\u007F') words.Add(last + word.Letters);
            else if (word.Letters.Length >= ShortestWord || word.Letters.Any(char.IsAsciiDigit)) words.Add(word.Letters);
            last = word.Letters;
        }

        return words;
    }

    /// <summary>0 to 1: words that both have, of all that either has.</summary>
    public static double Likeness(HashSet<string> one, HashSet<string> other)
    {
        if (one.Count == 0 || other.Count == 0) return 0;
        int shared = one.Count(other.Contains);
        return (double)shared / (one.Count + other.Count - shared);
    }
}
