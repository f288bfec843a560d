using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Rules.Matching;

/// <summary>A word of running text.</summary>
/// <param name="Letters">Folded as names are: lower-case ASCII in whatever alphabet; of scripts that put no spaces between words each character stands alone, as it is.</param>
/// <param name="IsCapital">Begins with a capital letter, or its script has none.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">Behind its last unit.</param>
public readonly record struct SentenceWord(string Letters, bool IsCapital, int Start, int End);

/// <summary>Running text as words that are comparable over languages and spellings: headlines and sentences, where names have capitals and no edges.</summary>
public static class Sentence
{
    /// <summary>UTF-16 units of a text that are looked at.</summary>
    public const int MaximumRead = 2000;

    /// <remarks>Apostrophes part words (<c>Macy's</c> is two), <c>&amp;</c> is <c>and</c>.</remarks>
    public static ImmutableArray<SentenceWord> Read(string text)
    {
        var words = ImmutableArray.CreateBuilder<SentenceWord>();
        var folded = new TokenizedName();
        int length = Math.Min(text.Length, MaximumRead), start = -1;
        for (int i = 0; i <= length; i++)
        {
            bool isLetter = i < length && (char.IsLetterOrDigit(text[i]) || (start >= 0 && IsMark(text[i])));
            bool standsAlone = isLetter && IsUnspaced(text[i]);
            if (start >= 0 && (!isLetter || standsAlone))
            {
                Add(text[start..i], start);
                start = -1;
            }

            if (standsAlone) words.Add(new SentenceWord(text[i].ToString(), true, i, i + 1));
            else if (isLetter && start < 0) start = i;
            else if (i < length && text[i] == '&') words.Add(new SentenceWord("and", true, i, i + 1));
        }

        return words.ToImmutable();

        void Add(string word, int at)
        {
            string letters = Fold(word, folded);
            if (letters.Length > 0) words.Add(new SentenceWord(letters, !char.IsLower(word[0]), at, at + word.Length));
        }
    }

    /// <summary>Sentences of a text, each at most as long as is read of one.</summary>
    public static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool ends = text[i] is '。' or '！' or '？' or '\n' || (text[i] is '.' or '!' or '?' && i + 1 < text.Length && char.IsWhiteSpace(text[i + 1]));
            if (!ends) continue;
            if (i > start) yield return text[start..(i + 1)].Trim();
            start = i + 1;
        }

        if (start < text.Length) yield return text[start..].Trim();
    }

    /// <summary>Scripts that are written without spaces between words: Thai, Lao, Khmer, Han, Kana, Hangul (which has spaces, and endings).</summary>
    internal static bool IsUnspaced(char letter) => letter is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1780' and <= '\u17FF') or (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7AF');

    internal static string Fold(string word, TokenizedName buffer)
    {
        if (Ascii.IsValid(word)) return word.ToLowerInvariant();
        buffer.Clear();
        NameFolder.Fold(word, buffer);
        var letters = new StringBuilder();
        for (int i = 0; i < buffer.Count; i++) letters.Append(buffer.Word(i));
        return letters.ToString();
    }

    private static bool IsMark(char letter) => CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
