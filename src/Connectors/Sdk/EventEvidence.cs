using System.Security.Cryptography;
using System.Text;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk;

/// <summary>Evidence of an event from a record that has no document of its own.</summary>
internal static class EventEvidence
{
    private const int MaximumExcerpt = 1000;

    /// <param name="words">What the record says; cut to what evidence holds, and hashed whole.</param>
    /// <param name="snapshot">The list that it stands in, or null.</param>
    public static Evidence Of(string url, string words, DateTimeOffset fetchedAt, Snapshot? snapshot = null)
    {
        string excerpt = words.Length <= MaximumExcerpt ? words : words[..(char.IsHighSurrogate(words[MaximumExcerpt - 1]) ? MaximumExcerpt - 1 : MaximumExcerpt)];
        return new Evidence(url, excerpt, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words))), snapshot?.FetchedAt ?? fetchedAt, snapshot?.Sha256 ?? "");
    }
}
