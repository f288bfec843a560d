using System.Text;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>A message that <see cref="MimeComposer"/> made, taken apart again: what was meant, not how it was written.</summary>
/// <param name="Headers">In order, unfolded and decoded; without those that only describe the MIME structure.</param>
/// <param name="Text">The plain text alternative.</param>
/// <param name="Html">The HTML alternative.</param>
internal sealed record StoredMail(IReadOnlyList<(string Name, string Value)> Headers, string Text, string Html)
{
    private const string BlankLine = "\r\n\r\n";

    /// <returns>Null when it is not what the composer writes.</returns>
    public static StoredMail? TryRead(byte[] message)
    {
        try
        {
            return Read(message);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The header's value, or "".</summary>
    public string this[string name] => Headers.FirstOrDefault(h => h.Name == name).Value ?? "";

    private static StoredMail Read(byte[] message)
    {
        string text = Encoding.ASCII.GetString(message);
        int end = text.IndexOf(BlankLine, StringComparison.Ordinal);
        if (end < 0) throw new FormatException("The headers have no end.");
        var headers = new List<(string, string)>();
        foreach (string line in text[..end].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new FormatException("A header line has no name.");
            if (line[..colon] is not ("MIME-Version" or "Content-Type")) headers.Add((line[..colon], Decoded(line[(colon + 1)..].Trim())));
        }

        return new StoredMail(headers, Part(text, "text/plain"), Part(text, "text/html"));
    }

    private static string Part(string message, string type)
    {
        string mark = $"{MimeComposer.PartHead(type)}{BlankLine}";
        int from = message.IndexOf(mark, StringComparison.Ordinal), to = from < 0 ? -1 : message.IndexOf("\r\n--", from, StringComparison.Ordinal);
        return to < 0 ? throw new FormatException($"There is no {type} part.") : Utf8(message[(from + mark.Length)..to]);
    }

    /// <summary>RFC 2047 as the composer writes it: words of UTF-8 in base 64; spaces between two of them mean nothing.</summary>
    private static string Decoded(string value)
    {
        const string start = "=?utf-8?B?", end = "?=";
        var text = new StringBuilder();
        bool afterEncoded = false;
        foreach (string word in value.Split(' '))
        {
            bool isEncoded = word.StartsWith(start, StringComparison.Ordinal) && word.EndsWith(end, StringComparison.Ordinal);
            if (text.Length > 0 && !(isEncoded && afterEncoded)) text.Append(' ');
            text.Append(isEncoded ? Utf8(word[start.Length..^end.Length]) : word);
            afterEncoded = isEncoded;
        }

        return text.ToString();
    }

    private static string Utf8(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
