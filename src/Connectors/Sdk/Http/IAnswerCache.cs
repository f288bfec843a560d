using System.Security.Cryptography;
using System.Text;

namespace Risk.Connectors.Sdk.Http;

/// <summary>An answer that upstream may confirm with a 304.</summary>
/// <param name="ETag">Or "".</param>
/// <param name="LastModified">As the server wrote it, or "".</param>
/// <param name="Link">The Link header, or "".</param>
public sealed record CachedAnswer(string ETag, string LastModified, string ContentType, string Link, ReadOnlyMemory<byte> Body);

/// <summary>Keeps answers with their validators, so that what has not changed is not sent again. Thread-safe.</summary>
/// <remarks>A cache that fails is an empty one: no member throws for that.</remarks>
public interface IAnswerCache
{
    Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken);

    Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken);

    Task RemoveAsync(string key, CancellationToken cancellationToken);
}

/// <summary>Caches nothing.</summary>
internal sealed class NoAnswerCache : IAnswerCache
{
    public static readonly NoAnswerCache Instance = new();

    public Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken) => Task.FromResult<CachedAnswer?>(null);

    public Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The written form of a cached answer: a hash over all of it, four texts, the body. What does not add up is no answer.</summary>
public static class CachedAnswerFormat
{
    /// <summary>Lower-case hex; of the address and of the request's own headers, so that what one key may see is not shown to another.</summary>
    public static string KeyOf(Uri url, IReadOnlyDictionary<string, string>? headers)
    {
        var text = new StringBuilder(url.AbsoluteUri);
        foreach ((string name, string value) in (headers ?? new Dictionary<string, string>()).OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase)) text.Append('\n').Append(name.ToLowerInvariant()).Append(':').Append(value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    public static byte[] Write(CachedAnswer answer)
    {
        using var content = new MemoryStream();
        content.Write(new byte[SHA256.HashSizeInBytes]);
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(answer.ETag);
            writer.Write(answer.LastModified);
            writer.Write(answer.ContentType);
            writer.Write(answer.Link);
            writer.Write(answer.Body.Span);
        }

        byte[] bytes = content.ToArray();
        SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes), bytes);
        return bytes;
    }

    public static CachedAnswer? Read(byte[] bytes)
    {
        if (bytes.Length < SHA256.HashSizeInBytes || !SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))) return null;
        using var content = new MemoryStream(bytes, SHA256.HashSizeInBytes, bytes.Length - SHA256.HashSizeInBytes, writable: false);
        using var reader = new BinaryReader(content, Encoding.UTF8);
        string tag = reader.ReadString(), modified = reader.ReadString(), type = reader.ReadString(), link = reader.ReadString();
        return new CachedAnswer(tag, modified, type, link, bytes.AsMemory(SHA256.HashSizeInBytes + (int)content.Position));
    }
}
