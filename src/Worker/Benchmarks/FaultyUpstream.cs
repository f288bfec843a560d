using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Risk.Worker.Benchmarks;

/// <summary>The ways in which upstreams go wrong.</summary>
internal enum UpstreamFault { None, Status500, Status429, Status404, Status403, Html, Empty, Truncated, Reset, Hang, Corrupt, Bomb, Shrunk }

/// <summary>Stands between the sources and their upstream and damages every answer in one way.</summary>
internal sealed class FaultyUpstream : DelegatingHandler
{
    /// <summary>More than any list may unpack to.</summary>
    private const int BombMegabytes = 300;

    private static readonly byte[] Page = [.. "<html><body><h1>Scheduled maintenance</h1></body></html>"u8];
    private static readonly Lazy<byte[]> Bomb = new(MakeBomb);

    private int touched;

    /// <summary>What happens to the answers from now on.</summary>
    public UpstreamFault Fault { get; set; }

    /// <summary>Answers that were damaged so far.</summary>
    public int Touched => touched;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Fault == UpstreamFault.None) return await base.SendAsync(request, cancellationToken);

        // Whole, so that there is something to damage.
        request.Headers.Remove("If-None-Match");
        request.Headers.Remove("If-Modified-Since");
        request.Headers.Remove("Accept-Encoding");
        Interlocked.Increment(ref touched);
        switch (Fault)
        {
            case UpstreamFault.Status500: return Answer(HttpStatusCode.InternalServerError, "upstream fault\n"u8.ToArray(), "text/plain");
            case UpstreamFault.Status404: return Answer(HttpStatusCode.NotFound, Page, "text/html");
            case UpstreamFault.Status403: return Answer(HttpStatusCode.Forbidden, "forbidden\n"u8.ToArray(), "text/plain");
            case UpstreamFault.Status429:
                HttpResponseMessage busy = Answer(HttpStatusCode.TooManyRequests, [], "text/plain");
                busy.Headers.TryAddWithoutValidation("Retry-After", "3600");
                return busy;
            case UpstreamFault.Html: return Answer(HttpStatusCode.OK, Page, "text/html");
            case UpstreamFault.Empty: return Answer(HttpStatusCode.OK, [], "application/octet-stream");
            case UpstreamFault.Reset: throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset");
            case UpstreamFault.Hang:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case UpstreamFault.Bomb:
                HttpResponseMessage bomb = Answer(HttpStatusCode.OK, Bomb.Value, "application/json");
                bomb.Content.Headers.ContentEncoding.Add("gzip");
                return bomb;
        }

        return await DamageAsync(await base.SendAsync(request, cancellationToken), cancellationToken);
    }

    /// <summary>A file of the buyer's own, damaged in the same way; null: gone. The same bytes where files do not go wrong in that way.</summary>
    public static byte[]? Damaged(byte[] file, UpstreamFault fault) => fault switch
    {
        UpstreamFault.Status404 => null,
        UpstreamFault.Html => Page,
        UpstreamFault.Empty => [],
        UpstreamFault.Truncated => file[..(file.Length / 2)],
        UpstreamFault.Corrupt => Corrupted(file),
        UpstreamFault.Shrunk => Halved(file),
        _ => file,
    };

    private async Task<HttpResponseMessage> DamageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK) return response;
        using var body = new MemoryStream();
        await using (Stream content = await response.Content.ReadAsStreamAsync(cancellationToken)) await content.CopyToAsync(body, cancellationToken);
        byte[] bytes = body.ToArray();
        byte[] damaged = Fault switch { UpstreamFault.Corrupt => Corrupted(bytes), UpstreamFault.Shrunk => Halved(bytes), _ => bytes };
        if (Fault == UpstreamFault.Shrunk && ReferenceEquals(damaged, bytes)) Interlocked.Decrement(ref touched);
        HttpContent same = Fault == UpstreamFault.Truncated ? new StreamContent(new CutStream(bytes.AsMemory(0, bytes.Length / 2))) : new ByteArrayContent(damaged);
        foreach ((string name, IEnumerable<string> value) in response.Content.Headers.Where(h => h.Key != "Content-Length")) same.Headers.TryAddWithoutValidation(name, value);
        if (Fault == UpstreamFault.Truncated) same.Headers.ContentLength = bytes.Length;
        response.Headers.ETag = null;
        response.Content = same;
        return response;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, byte[] body, string type)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return response;
    }

    private static byte[] Corrupted(byte[] bytes)
    {
        byte[] damaged = [.. bytes];
        ReadOnlySpan<byte> junk = [0, 0xFF, (byte)'<', (byte)'}', 0];
        if (damaged.Length > junk.Length) junk.CopyTo(damaged.AsSpan((damaged.Length - junk.Length) / 2));
        return damaged;
    }

    /// <summary>The same with half of its rows, in good order; as it was where no rows can be told.</summary>
    private static byte[] Halved(byte[] bytes)
    {
        int first = Array.FindIndex(bytes, b => b > ' ' && b < 0x80);
        try
        {
            return first < 0 ? bytes : bytes[first] switch { (byte)'{' or (byte)'[' => HalfOfJson(bytes.AsSpan(first)), (byte)'<' => HalfOfXml(bytes), (byte)'P' when bytes.AsSpan().StartsWith("PK"u8) => HalfOfZip(bytes), _ => HalfOfLines(bytes) };
        }
        catch (Exception e) when (e is JsonException or XmlException or InvalidDataException)
        {
            return bytes;
        }
    }

    private static byte[] HalfOfJson(ReadOnlySpan<byte> json)
    {
        JsonNode root = JsonNode.Parse(json)!;
        // By size, not by count: rows are what most of the answer is.
        JsonArray? largest = Arrays(root).Where(a => a.Count > 1).MaxBy(a => a.ToJsonString().Length);
        for (int keep = (largest?.Count ?? 0) / 2; largest is not null && largest.Count > keep;) largest.RemoveAt(largest.Count - 1);

        // A list that states its count states the right one.
        if (root is JsonObject owner && owner["count"] is JsonValue && largest is not null) owner["count"] = largest.Count;
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static IEnumerable<JsonArray> Arrays(JsonNode? node) => node switch
    {
        JsonArray array => array.SelectMany(Arrays).Prepend(array),
        JsonObject owner => owner.SelectMany(m => Arrays(m.Value)),
        _ => [],
    };

    private static byte[] HalfOfXml(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        XDocument document = XDocument.Load(reader);
        XElement? largest = document.Descendants().MaxBy(e => e.Elements().Count());
        XElement[] rows = [.. largest?.Elements() ?? []];
        foreach (XElement row in rows.Skip(rows.Length / 2)) row.Remove();
        return Encoding.UTF8.GetBytes(document.ToString());
    }

    private static byte[] HalfOfZip(byte[] bytes)
    {
        using var halved = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(bytes)))
        using (var to = new ZipArchive(halved, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in from.Entries)
            {
                using var member = new MemoryStream();
                using (Stream packed = entry.Open()) packed.CopyTo(member);
                using Stream half = to.CreateEntry(entry.FullName).Open();
                half.Write(Halved(member.ToArray()));
            }
        }

        return halved.ToArray();
    }

    private static byte[] HalfOfLines(byte[] bytes)
    {
        int lines = bytes.Count(b => b == '\n'), end = 0;
        for (int seen = 0; seen < (lines + 1) / 2 && end < bytes.Length; end++) seen += bytes[end] == '\n' ? 1 : 0;
        return bytes[..end];
    }

    private static byte[] MakeBomb()
    {
        using var packed = new MemoryStream();
        byte[] block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'[');
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < BombMegabytes; i++) gzip.Write(block);
        }

        return packed.ToArray();
    }

    /// <summary>Gives its bytes, and then ends as a closed connection does.</summary>
    private sealed class CutStream(ReadOnlyMemory<byte> bytes) : MemoryStream(bytes.ToArray(), writable: false)
    {
        public override int Read(Span<byte> buffer) => Ended(base.Read(buffer));

        public override int Read(byte[] buffer, int offset, int count) => Ended(base.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Ended(await base.ReadAsync(buffer, cancellationToken));

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Ended(await base.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

        private static int Ended(int read) => read > 0 ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, string.Create(CultureInfo.InvariantCulture, $"closed"));
    }
}

/// <summary>A clock that runs faster than time, so that deadlines and retries of minutes take seconds.</summary>
internal sealed class FastTimeProvider(DateTimeOffset start, int factor) : TimeProvider
{
    private readonly long startedAt = System.GetTimestamp();
    private long skipped;

    public override long TimestampFrequency => System.TimestampFrequency / factor;

    public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(startedAt) * factor) + TimeSpan.FromTicks(Interlocked.Read(ref skipped));

    /// <summary>Goes on that much later. Timers that run are not moved.</summary>
    public void Skip(TimeSpan time) => Interlocked.Add(ref skipped, time.Ticks);

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    private TimeSpan Faster(TimeSpan span) => span <= TimeSpan.Zero ? span : TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds / factor));
}
