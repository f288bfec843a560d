namespace Risk.Connectors.Sdk.Http;

/// <summary>Settings shared by all upstream calls.</summary>
/// <param name="Mirror">Every call goes to MIRROR/HOST/PATH instead of the real host; null: the real hosts.</param>
/// <param name="Contact">E-mail or URL that goes into the User-Agent, or "".</param>
public sealed record UpstreamOptions(Uri? Mirror, string Contact);

/// <summary>A response that was read whole, within its bound.</summary>
/// <param name="Status">2xx, or a status the caller said it expects.</param>
public sealed record SourceResponse(int Status, ReadOnlyMemory<byte> Body, string ContentType, string ETag, string LastModified, Uri Url);

/// <summary>Calls one source's upstream hosts: limits, retries, deadlines, bounds, mirror. Thread-safe.</summary>
public sealed class SourceHttp
{
    /// <summary>GET, read whole.</summary>
    /// <param name="expected">Statuses besides 200 that are answers, not failures (404 where it means "none").</param>
    /// <exception cref="SourceFailureException">After retries.</exception>
    public Task<SourceResponse> GetAsync(Uri url, long maximumBytes, CancellationToken cancellationToken, IReadOnlyCollection<int>? expected = null, IReadOnlyDictionary<string, string>? headers = null) =>
        throw new NotImplementedException();
}
