using System.Collections.Immutable;
using Risk.Rules.Matching;

namespace Risk.Connectors.Sdk.News;

/// <summary>What went wrong, by the words of a headline: <c>insolvency</c>, <c>fire</c>, <c>cyber</c> ... Read from <c>Data/adverse-words.txt</c>; safe for all threads.</summary>
internal static class AdverseWords
{
    private const string Mask = "mask", English = "en";
    private const int PrefixLength = 3;

    /// <summary>Languages whose alphabet keeps their words from being taken for English ones: they are looked for where the language is not known.</summary>
    private static readonly string[] Unmistakable = ["ru", "zh", "ja"];

    private static readonly List<string> Order = [];
    private static readonly Dictionary<string, List<Phrase>> ByWord = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, List<Phrase>> ByPrefix = new(StringComparer.Ordinal);

    static AdverseWords()
    {
        foreach ((string head, string rest) in NewsData.Read("adverse-words.txt"))
        {
            string[] parts = head.Split(' ');
            if (parts[0] != Mask && !Order.Contains(parts[0])) Order.Add(parts[0]);
            foreach (string phrase in rest.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) Add(parts[0], parts[1], phrase);
        }
    }

    /// <summary>All there are, the weightiest first.</summary>
    public static IReadOnlyList<string> Categories => Order;

    /// <summary>The categories of a text, the weightiest first; none when it tells of nothing bad.</summary>
    /// <param name="language">ISO 639-1; "" reads English words, and those of scripts that tell their language.</param>
    public static ImmutableArray<string> Of(string text, string language)
    {
        ImmutableArray<SentenceWord> words = Sentence.Read(text);
        var masked = new bool[words.Length];
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (bool isMask in (bool[])[true, false])
        {
            for (int at = 0; at < words.Length; at++)
            {
                foreach (Phrase phrase in Candidates(words[at].Letters))
                {
                    if (phrase.Category == Mask != isMask || !Speaks(phrase.Language, language) || phrase.Length(words, at) is not (> 0 and var length)) continue;
                    if (isMask) Array.Fill(masked, true, at, length);
                    else if (!masked.AsSpan(at, length).Contains(true)) found.Add(phrase.Category);
                }
            }
        }

        return [.. Order.Where(found.Contains)];
    }

    /// <summary>Whether the word is one that tells a category: it says what happened, not in which story.</summary>
    public static bool IsTelling(string word) => Candidates(word).Any(p => p.Category != Mask && p.Words.Length == 1 && Phrase.Fits(p.Words[0], word));

    private static bool Speaks(string phrase, string language) => language.Length == 0 ? phrase == English || Unmistakable.Contains(phrase) : phrase == language || (phrase == English && language is not ("de" or "nl" or "sv"));

    private static IEnumerable<Phrase> Candidates(string word) =>
        ByWord.GetValueOrDefault(word, []).Concat(word.Length >= PrefixLength ? ByPrefix.GetValueOrDefault(word[..PrefixLength], []) : []);

    private static void Add(string category, string language, string text)
    {
        var words = new List<(string, bool)>();
        foreach (string part in text.Split(' '))
        {
            ImmutableArray<SentenceWord> read = Sentence.Read(part);
            for (int i = 0; i < read.Length; i++) words.Add((read[i].Letters, part.EndsWith('*') && i == read.Length - 1));
        }

        var phrase = new Phrase(category, language, [.. words]);
        (string first, bool isPrefix) = words[0];
        Dictionary<string, List<Phrase>> index = isPrefix && first.Length >= PrefixLength ? ByPrefix : ByWord;
        string key = index == ByPrefix ? first[..PrefixLength] : first;
        if (!index.TryGetValue(key, out List<Phrase>? phrases)) index.Add(key, phrases = []);
        phrases.Add(phrase);
    }

    private sealed record Phrase(string Category, string Language, ImmutableArray<(string Letters, bool IsPrefix)> Words)
    {
        public static bool Fits((string Letters, bool IsPrefix) word, string letters) => word.IsPrefix ? letters.StartsWith(word.Letters, StringComparison.Ordinal) : letters == word.Letters;

        /// <summary>How many words of the text the phrase takes from there; 0 when it does not stand there.</summary>
        public int Length(ImmutableArray<SentenceWord> words, int at)
        {
            if (at + Words.Length > words.Length) return 0;
            for (int i = 0; i < Words.Length; i++)
            {
                if (!Fits(Words[i], words[at + i].Letters)) return 0;
            }

            return Words.Length;
        }
    }
}
