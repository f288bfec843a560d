using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Risk.Rules.Matching;

/// <summary>Brings company names into a form in which spellings of one name are equal.</summary>
/// <remarks>
/// Compatibility decomposition without marks, lower case, <c>&amp;</c> as <c>and</c>, punctuation as space, runs of single letters joined (<c>S.p.A.</c> is
/// <c>spa</c>), a leading <c>the</c> and legal forms at the end dropped. A name is never reduced to nothing, nor to legal forms only: <c>Corp</c> stays <c>corp</c>.
/// </remarks>
public static class NameNormalizer
{
    private static readonly FrozenSet<string> LegalForms = FrozenSet.ToFrozenSet(
        [
            // English
            "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp", "plc", "pty", "pte", "pvt", "private", "bhd", "sdn", "pllc", "cic",
            // German, Dutch, Nordic, Baltic
            "gmbh", "ag", "kg", "kgaa", "se", "ohg", "ug", "mbh", "ev", "bv", "nv", "cv", "vof", "ab", "as", "asa", "aps", "oy", "oyj", "hf", "ehf", "ou", "sia", "uab",
            // Romance
            "sa", "sas", "sasu", "sarl", "sca", "snc", "srl", "srls", "spa", "sapa", "sl", "slu", "slne", "ltda", "lda", "eirl", "rl", "eurl", "sab", "cia",
            // Central and eastern European, Turkish
            "sro", "spol", "zoo", "spzoo", "kft", "zrt", "nyrt", "bt", "doo", "dd", "ad", "ead", "eood", "ood", "ooo", "oao", "zao", "pao", "ao", "jsc", "pjsc", "ojsc", "cjsc", "tov", "sti",
            // Asian and Arab
            "kk", "gk", "yk", "tbk", "pt", "pcl", "fze", "fzco", "fzc", "fzllc", "dmcc", "wll", "psc", "pjs", "saoc", "saog", "bsc", "jv",
        ],
        StringComparer.Ordinal);

    /// <summary>Forms of several words, the longest first; their words alone may be ordinary ones.</summary>
    private static readonly string[][] LongLegalForms =
    [
        ["limited", "liability", "company"], ["limited", "liability", "partnership"], ["public", "joint", "stock", "company"], ["open", "joint", "stock", "company"],
        ["closed", "joint", "stock", "company"], ["joint", "stock", "company"], ["public", "limited", "company"], ["s", "de", "rl", "de", "cv"], ["sa", "de", "cv"], ["sab", "de", "cv"],
        ["gmbh", "and", "co", "kg"], ["gmbh", "and", "co"], ["ag", "and", "co"], ["and", "co"], ["sp", "z", "oo"], ["sp", "zoo"], ["free", "zone", "establishment"],
    ];

    private static readonly FrozenDictionary<char, string> Letters = new Dictionary<char, string>
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ı'] = "i", ['ħ'] = "h", ['ŧ'] = "t",
    }.ToFrozenDictionary();

    /// <summary>The words of the normalised name joined by single spaces; "" only when the name holds no letter or digit.</summary>
    public static string Normalize(string name) => string.Join(' ', Core(Words(name)));

    /// <summary>Upper and lower case, and runs of white space, made equal; nothing else.</summary>
    public static string Literal(string name) => string.Join(' ', name.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The normalised words with legal forms still there.</summary>
    public static IReadOnlyList<string> Words(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (char letter in name.Replace("&", " and ", StringComparison.Ordinal).Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark || letter is '\'' or '’' or '`') continue;
            char lower = char.ToLowerInvariant(letter);
            if (Letters.TryGetValue(lower, out string? spelt)) word.Append(spelt);
            else if (char.IsLetterOrDigit(letter) || char.IsSurrogate(letter)) word.Append(lower);
            else EndWord(words, word);
        }

        EndWord(words, word);
        return JoinInitials(words);
    }

    private static void EndWord(List<string> words, StringBuilder word)
    {
        if (word.Length == 0) return;
        words.Add(word.ToString());
        word.Clear();
    }

    private static List<string> JoinInitials(List<string> words)
    {
        var joined = new List<string>(words.Count);
        bool lastWasInitial = false;
        foreach (string word in words)
        {
            bool initial = word.Length == 1 && char.IsLetter(word[0]);
            if (initial && lastWasInitial) joined[^1] += word;
            else joined.Add(word);
            lastWasInitial = initial;
        }

        return joined;
    }

    private static IEnumerable<string> Core(IReadOnlyList<string> words)
    {
        int start = words.Count > 1 && words[0] == "the" ? 1 : 0;
        int end = words.Count;
        while (FormLength(words, start, end) is var length and > 0 && end - length > start) end -= length;
        bool onlyForms = words.Skip(start).Take(end - start).All(LegalForms.Contains);
        return onlyForms ? words : words.Skip(start).Take(end - start);
    }

    /// <summary>How many words at the end are a legal form.</summary>
    private static int FormLength(IReadOnlyList<string> words, int start, int end)
    {
        foreach (string[] form in LongLegalForms)
        {
            if (form.Length <= end - start && form.Select((word, i) => words[end - form.Length + i] == word).All(equal => equal)) return form.Length;
        }

        return end > start && LegalForms.Contains(words[end - 1]) ? 1 : 0;
    }
}
