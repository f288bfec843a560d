using System.Globalization;
using System.Text;

namespace Risk.Worker.Alerting.Receivers;

/// <summary>Text from outside, made fit to stand among our own: one line, nothing invisible, nothing that turns the reading direction.</summary>
internal static class PlainText
{
    /// <summary>
    /// Line breaks, tabs and runs of spaces become one space. Control and format characters go: bidirectional marks, overrides and isolates (a name could otherwise
    /// make the rest of the line read backwards), zero-width characters, soft hyphens, tags; and so do halves of surrogate pairs. Cut at <paramref name="most"/> characters.
    /// </summary>
    public static string Line(string text, int most = 400)
    {
        var line = new StringBuilder(Math.Min(text.Length, most));
        bool space = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                space = line.Length > 0;
                continue;
            }

            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse || rune == Rune.ReplacementChar) continue;
            if (line.Length + rune.Utf16SequenceLength + (space ? 1 : 0) > most)
            {
                while (line.Length > 0 && line.Length > most - 3) line.Length -= line.Length > 1 && char.IsLowSurrogate(line[^1]) ? 2 : 1;
                return line.Append("...").ToString();
            }

            if (space) line.Append(' ');
            space = false;
            line.Append(rune);
        }

        return line.ToString();
    }

    /// <summary>The address when it is absolute http or https without user names in it; else "".</summary>
    public static string Link(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https" && parsed.UserInfo.Length == 0 ? parsed.AbsoluteUri : "";
}
