namespace Risk.Worker.Cli;

/// <summary>Prose within 80 columns.</summary>
internal static class TextLayout
{
    public const int Width = 80;

    /// <summary>The text in lines; what cannot be broken (an address) stays whole.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        int start = 0;
        while (text.Length - start > width)
        {
            int end = text.LastIndexOf(' ', start + width, width);
            if (end <= start) end = text.IndexOf(' ', start + width);
            if (end < 0) break;
            yield return text[start..end];
            start = end + 1;
        }

        yield return text[start..];
    }

    /// <summary>A paragraph that hangs behind its first line's beginning.</summary>
    public static void Paragraph(CommandOutput output, string lead, string text)
    {
        string indent = new(' ', lead.Length);
        foreach (string line in Wrap(text, Math.Max(20, Width - lead.Length)))
        {
            output.Line(lead + line);
            lead = indent;
        }
    }
}
