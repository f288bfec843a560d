using System.Text;

namespace Risk.Rules.Language.Library;

/// <summary>Texts counted in Unicode code points.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (!char.IsSurrogatePair(text[i], text[i + 1])) continue;
            count--;
            i++;
        }

        return count;
    }

    /// <summary>UTF-16 offset of the code point with the number; -1 when the text has fewer. The number after the last is the end.</summary>
    public static int Offset(string text, long number)
    {
        if (number < 0 || number > text.Length) return -1;
        int offset = 0;
        for (; number > 0 && offset < text.Length; number--) offset += Width(text, offset);
        return number == 0 ? offset : -1;
    }

    /// <summary>Number of the code point at a UTF-16 offset.</summary>
    public static int Number(string text, int offset) => Count(text[..offset]);

    /// <summary>UTF-16 units of the code point at the offset: 1 or 2.</summary>
    public static int Width(string text, int offset) => offset + 1 < text.Length && char.IsSurrogatePair(text[offset], text[offset + 1]) ? 2 : 1;

    public static string Reverse(string text)
    {
        var reversed = new StringBuilder(text.Length);
        for (int at = text.Length; at > 0;)
        {
            int width = at > 1 && char.IsSurrogatePair(text[at - 2], text[at - 1]) ? 2 : 1;
            at -= width;
            reversed.Append(text, at, width);
        }

        return reversed.ToString();
    }
}
