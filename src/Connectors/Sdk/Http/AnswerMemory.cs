using System.Collections.Concurrent;
using System.IO.Compression;

namespace Risk.Connectors.Sdk.Http;

/// <summary>Keeps every answer of one process, packed, for work that asks the same again and again for different instants. Thread-safe.</summary>
public sealed class AnswerMemory
{
    private readonly ConcurrentDictionary<Uri, SourceResponse> packed = new();

    /// <summary>The same answer as before, or null.</summary>
    public SourceResponse? Find(Uri url)
    {
        if (!packed.TryGetValue(url, out SourceResponse? known)) return null;
        using var body = new MemoryStream();
        using (var unpacker = new BrotliStream(new MemoryStream(known.Body.ToArray()), CompressionMode.Decompress)) unpacker.CopyTo(body);
        return known with { Body = body.ToArray() };
    }

    public void Keep(Uri url, SourceResponse answer)
    {
        using var body = new MemoryStream();
        using (var packer = new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true)) packer.Write(answer.Body.Span);
        packed[url] = answer with { Body = body.ToArray() };
    }
}
