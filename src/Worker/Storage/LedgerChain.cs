using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Risk.Worker.Storage;

/// <summary>
/// The ledger's arithmetic, the same for every provider: hash = sha256 over the six fields, each as <c>LENGTH:BYTES</c> (UTF-8, length in bytes), in the order
/// previous hash, sequence, instant, kind, subject, content. The lengths keep text from moving between fields unseen.
/// </summary>
internal static class LedgerChain
{
    /// <summary>What the first entry follows.</summary>
    public static readonly string Root = new('0', 64);

    public static string Hash(string previousHash, long sequence, DateTimeOffset at, string kind, string subject, string content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, previousHash);
        Append(hash, sequence.ToString(CultureInfo.InvariantCulture));
        Append(hash, Text(at));
        Append(hash, kind);
        Append(hash, subject);
        Append(hash, content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary><c>2026-03-31T00:00:00.0000000Z</c>.</summary>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Lower-case hex sha256 of a text's UTF-8 bytes; "" stays "".</summary>
    public static string HashOf(string text) => text.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Walks entries in the order of their sequence, against the head that the last append left.</summary>
    public static async Task<LedgerVerification> VerifyAsync(IAsyncEnumerable<LedgerEntry> entries, long headEntries, string headHash, CancellationToken cancellationToken)
    {
        string previous = Root;
        long count = 0;
        await foreach (LedgerEntry entry in entries.WithCancellation(cancellationToken))
        {
            long expected = count + 1;
            if (entry.Sequence != expected) return new(count, expected, $"entry {expected} is missing; the next one there is {entry.Sequence}", previous);
            if (entry.PreviousHash != previous) return new(count, expected, $"entry {expected} does not follow the entry before it", previous);
            if (Hash(previous, entry.Sequence, entry.At, entry.Kind, entry.Subject, entry.Content) != entry.Hash)
                return new(count, expected, $"entry {expected} was changed after it was written: its content does not fit its hash", previous);
            previous = entry.Hash;
            count++;
        }

        if (count != headEntries) return new(count, count + 1, $"{headEntries} entries were written, {count} are there", previous);
        if (previous != headHash) return new(count, count, $"entry {count} is not the one that was written last", previous);
        return new(count, null, "", previous);
    }

    private static void Append(IncrementalHash hash, string field)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(field);
        hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture)));
        hash.AppendData(":"u8);
        hash.AppendData(bytes);
    }
}
