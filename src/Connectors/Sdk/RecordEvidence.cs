using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>Evidence that is one record's words.</summary>
internal static class RecordEvidence
{
    private const int MaximumExcerpt = 1000;

    /// <param name="words">What the record says and how it was joined; the hash is theirs, so that fetching the same words again is no new revision.</param>
    public static Evidence Of(string url, string words, DateTimeOffset fetchedAt, string snapshot = "") => new(
        url, Shorten(words, MaximumExcerpt), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words))), fetchedAt, snapshot);

    /// <param name="list">The list that the record stands in; null: none.</param>
    public static Evidence Of(string url, string words, DateTimeOffset fetchedAt, Snapshot? list) => Of(url, words, list?.FetchedAt ?? fetchedAt, list?.Sha256 ?? "");

    /// <summary>On one line, runs of blanks and control characters as one blank, cut with an ellipsis.</summary>
    public static string Shorten(string text, int most)
    {
        var line = new StringBuilder(Math.Min(text.Length, most + 1));
        foreach (char c in text)
        {
            bool blank = char.IsWhiteSpace(c) || char.IsControl(c);
            if (blank && (line.Length == 0 || line[^1] == ' ')) continue;
            if (line.Length > most) break;
            line.Append(blank ? ' ' : c);
        }

        if (line.Length <= most) return line.ToString().TrimEnd();
        line.Length = char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1;
        return line.ToString().TrimEnd() + "…";
    }
}
