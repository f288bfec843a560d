using System.Globalization;
using System.Text;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>A message in parts, before it is bytes.</summary>
/// <param name="Headers">In order; values are plain text and are encoded where they must be.</param>
/// <param name="Boundary">Of the alternatives; must occur in neither part, which base 64 sees to.</param>
internal sealed record MailMessageParts(IReadOnlyList<(string Name, string Value)> Headers, string Text, string Html, string Boundary);

/// <summary>Writes RFC 5322 / MIME bytes: ASCII only, CRLF, lines of at most 78 characters, text and HTML as base 64 of UTF-8. The same parts give the same bytes.</summary>
/// <remarks>
/// Base 64 and not quoted-printable: no line can begin with a dot, no relay rewraps it, and bytes do not depend on the text's line lengths.
/// </remarks>
internal static class MimeComposer
{
    private const int LineLength = 76;

    public static byte[] Compose(MailMessageParts parts)
    {
        var message = new StringBuilder();
        foreach ((string name, string value) in parts.Headers) Header(message, name, value);
        message.Append("MIME-Version: 1.0\r\n");
        message.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/alternative; boundary=\"{parts.Boundary}\"\r\n\r\n");
        Part(message, parts.Boundary, "text/plain", parts.Text);
        Part(message, parts.Boundary, "text/html", parts.Html);
        message.Append("--").Append(parts.Boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(message.ToString());
    }

    /// <summary>The header lines of a part, without the blank line.</summary>
    internal static string PartHead(string type) => $"Content-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: base64";

    /// <summary>An address header's value; the name as encoded word or quoted string.</summary>
    public static string AddressOf(Mailbox address) => address.Name.Length == 0
        ? address.Address
        : $"{(address.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? address.Name : EncodedWords(address.Name))} <{address.Address}>";

    /// <summary><c>Sun, 22 Nov 2026 05:00:00 +0000</c>.</summary>
    public static string DateOf(DateTimeOffset at) => at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    /// <summary>RFC 2047: at most 75 characters each, never a character cut in two; joined by spaces that readers drop.</summary>
    internal static string EncodedWords(string text)
    {
        var words = new List<string>();
        var bytes = new List<byte>();
        foreach (Rune rune in text.EnumerateRunes())
        {
            byte[] next = Encoding.UTF8.GetBytes(rune.ToString());
            if (bytes.Count + next.Length > 42) Flush();
            bytes.AddRange(next);
        }

        Flush();
        return string.Join(' ', words);

        void Flush()
        {
            if (bytes.Count > 0) words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }

    private static void Header(StringBuilder message, string name, string value)
    {
        // Whatever a name from outside holds, it cannot start another header: control characters end here.
        string oneLine = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        string safe = oneLine.All(c => c is >= ' ' and < '\x7f') && !oneLine.Contains("=?", StringComparison.Ordinal) || name is "From" or "To" ? oneLine : EncodedWords(oneLine);
        int column = name.Length + 1;
        message.Append(name).Append(':');
        foreach (string word in safe.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > name.Length + 1 && column + 1 + word.Length > LineLength)
            {
                message.Append("\r\n");
                column = 0;
            }

            message.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        message.Append("\r\n");
    }

    private static void Part(StringBuilder message, string boundary, string type, string content)
    {
        message.Append("--").Append(boundary).Append("\r\n").Append(PartHead(type)).Append("\r\n\r\n");
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(content.ReplaceLineEndings("\r\n")));
        for (int i = 0; i < encoded.Length; i += LineLength) message.Append(encoded, i, Math.Min(LineLength, encoded.Length - i)).Append("\r\n");
    }
}
