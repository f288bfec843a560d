using System.Buffers;

namespace Risk.Rules.Matching;

internal enum WordScript : byte
{
    Unmixed,
    Latin,
    Cyrillic,
}

/// <summary>Letters of the other script that look alike, as copied lists hold them: a Latin C in ОБЩЕСТВО C ОГРАНИЧЕННОЙ, a Cyrillic А in a Latin name.</summary>
internal static class Homoglyphs
{
    private const string Latin = "ABCEHKMOPTXYaceopxyk";
    private const string Cyrillic = "АВСЕНКМОРТХУасеорхук";
    private static readonly SearchValues<char> Shared = SearchValues.Create(Cyrillic + "іІ");

    /// <summary>The script of the word that begins here, when both scripts are in it or it is one Latin letter behind a Cyrillic word.</summary>
    public static WordScript ScriptOf(ReadOnlySpan<char> rest, WordScript before)
    {
        bool latin = false, cyrillic = false, onlyCyrillic = false;
        int length = 0;
        while (length < rest.Length && char.IsLetter(rest[length]))
        {
            char c = rest[length++];
            latin |= char.IsAsciiLetter(c);
            if (c is < '\u0400' or > '\u04FF') continue;
            cyrillic = true;
            onlyCyrillic |= !Shared.Contains(c);
        }

        if (length == 0) return before;
        if (cyrillic) return !latin || onlyCyrillic ? WordScript.Cyrillic : WordScript.Latin;
        return length == 1 && before == WordScript.Cyrillic && Latin.Contains(rest[0], StringComparison.Ordinal) ? WordScript.Cyrillic : WordScript.Unmixed;
    }

    public static char In(WordScript script, char letter) => script switch
    {
        WordScript.Cyrillic when Latin.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i => Cyrillic[i],
        WordScript.Latin when Cyrillic.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i => Latin[i],
        _ => letter,
    };
}
