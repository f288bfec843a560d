using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Polly;
using Polly.Retry;

namespace Risk.Connectors.Sdk.Http;

/// <summary>A response that was read whole, within its bound.</summary>
/// <param name="Status">2xx, or a status the caller said it expects.</param>
public sealed record SourceResponse(int Status, ReadOnlyMemory<byte> Body, string ContentType, string ETag, string LastModified, Uri Url)
{
    /// <summary>The Link header (RFC 8288) as it came, or "".</summary>
    public string Link { get; init; } = "";
}

/// <summary>Calls one source's upstream hosts: limits, retries, deadlines, bounds, mirror. Thread-safe.</summary>
/// <remarks>
/// Retried, at most three times and within a minute: no connection, a body cut short, 408, 425, 429 and 5xx, and 403 where the manifest says that it means
/// "too fast". Redirects are followed by hand, at most five, within the manifest's hosts.
/// </remarks>
public sealed class SourceHttp
{
    private const int MaximumRedirects = 5;
    private const int NotModified = 304;
    private static readonly ResiliencePropertyKey<long> FirstTryAt = new("first-try-at");
    private static readonly string Product = "SupplierRiskMonitor/" + typeof(SourceHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly SourceManifest manifest;
    private readonly UpstreamOptions options;
    private readonly string contact;
    private readonly HostLimiters limiters;
    private readonly TimeProvider clock;
    private readonly HttpMessageHandler handler;
    private readonly HttpPatience patience;
    private readonly UpstreamAddresses addresses;
    private readonly HttpFailures failures;
    private readonly ResiliencePipeline pipeline;
    private readonly IAnswerCache cache;

    /// <param name="handler">Shared by all sources and owned by the caller; see <see cref="CreateHandler"/>.</param>
    /// <param name="cache">Answers of earlier runs; null: none are kept.</param>
    public SourceHttp(SourceManifest manifest, UpstreamOptions options, HostLimiters limiters, TimeProvider clock, HttpMessageHandler handler, IAnswerCache? cache = null)
        : this(manifest, options, limiters, clock, handler, HttpPatience.Default, cache)
    {
    }

    internal SourceHttp(SourceManifest manifest, UpstreamOptions options, HostLimiters limiters, TimeProvider clock, HttpMessageHandler handler, HttpPatience patience, IAnswerCache? cache = null)
    {
        this.manifest = manifest;
        this.options = options;
        contact = new string([.. options.Contact.Where(c => c is >= ' ' and <= '~' and not ('(' or ')' or '\\'))]);
        this.limiters = limiters;
        this.clock = clock;
        this.handler = handler;
        this.patience = patience;
        this.cache = cache ?? NoAnswerCache.Instance;
        addresses = new UpstreamAddresses(manifest, options.Mirror);
        failures = new HttpFailures(manifest);
        pipeline = BuildPipeline();
    }

    /// <summary>Answers that were got before and are given again without a request; null: every request goes out.</summary>
    public AnswerMemory? Memory { get; init; }

    /// <summary>For sources whose hosts the workspace names: calls those, and no others, under their own limit.</summary>
    internal SourceHttp To(HostLimit limit) => new(manifest with { Limit = limit }, options, limiters, clock, handler, patience, cache) { Memory = Memory };

    /// <summary>The handler that <see cref="SourceHttp"/> needs: no automatic redirects, cookies or unpacking.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    /// <summary>The same for sources whose hosts the portfolio names: it connects to public addresses only, and through no proxy, which would resolve the name again.</summary>
    public static SocketsHttpHandler CreatePublicHandler()
    {
        SocketsHttpHandler handler = CreateHandler();
        handler.UseProxy = false;
        handler.ConnectCallback = static async (context, cancellationToken) =>
            await PublicHosts.BySystem.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
        return handler;
    }

    /// <summary>GET, read whole.</summary>
    /// <param name="url">At the real upstream, also when a mirror is set.</param>
    /// <param name="maximumBytes">Of the unpacked body.</param>
    /// <param name="expected">Statuses besides 200 that are answers, not failures (404 where it means "none").</param>
    /// <param name="headers">Further request headers; not sent on to another host by a redirect.</param>
    /// <exception cref="SourceFailureException">After retries.</exception>
    public async Task<SourceResponse> GetAsync(Uri url, long maximumBytes, CancellationToken cancellationToken, IReadOnlyCollection<int>? expected = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        if (Memory?.Find(url) is { } known) return known;
        SourceResponse answer = await CurrentAsync(url, maximumBytes, expected ?? [], headers, cancellationToken).ConfigureAwait(false);
        Memory?.Keep(url, answer);
        return answer;
    }

    /// <summary>As kept from an earlier run where the upstream confirms it, else anew.</summary>
    private async Task<SourceResponse> CurrentAsync(Uri url, long maximumBytes, IReadOnlyCollection<int> expected, IReadOnlyDictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        string key = CachedAnswerFormat.KeyOf(url, headers);
        CachedAnswer? kept = await cache.FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (kept is not null && kept.Body.Length > maximumBytes) kept = null;
        var request = kept is null
            ? new SourceRequest(url, maximumBytes, expected, headers)
            : new SourceRequest(url, maximumBytes, [.. expected, NotModified], WithValidators(headers, kept));
        using var body = new MemoryStream();
        ResponseHead head = await GetIntoAsync(body, request, cancellationToken).ConfigureAwait(false);
        if (kept is not null && head.Status == NotModified) return new SourceResponse(200, kept.Body, kept.ContentType, kept.ETag, kept.LastModified, head.Url) { Link = kept.Link };
        if (head.Status == 200 && head.ETag.Length + head.LastModified.Length > 0)
            await cache.StoreAsync(key, new CachedAnswer(head.ETag, head.LastModified, head.ContentType, head.Link, body.ToArray()), cancellationToken).ConfigureAwait(false);
        return new SourceResponse(head.Status, body.ToArray(), head.ContentType, head.ETag, head.LastModified, head.Url) { Link = head.Link };
    }

    private static Dictionary<string, string> WithValidators(IReadOnlyDictionary<string, string>? headers, CachedAnswer kept)
    {
        var all = new Dictionary<string, string>(headers ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        if (kept.ETag.Length > 0) all.TryAdd("If-None-Match", kept.ETag);
        if (kept.LastModified.Length > 0) all.TryAdd("If-Modified-Since", kept.LastModified);
        return all;
    }

    /// <summary>POST of a question to an upstream that takes questions no other way; read whole. Sent again by retries and redirects, so nothing may be changed by it.</summary>
    /// <param name="content">The question, with its media type.</param>
    /// <exception cref="SourceFailureException">After retries.</exception>
    public async Task<SourceResponse> PostAsync(
        Uri url, (ReadOnlyMemory<byte> Bytes, string MediaType) content, long maximumBytes, CancellationToken cancellationToken, IReadOnlyCollection<int>? expected = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        using var body = new MemoryStream();
        ResponseHead head = await GetIntoAsync(body, new SourceRequest(url, maximumBytes, expected ?? [], headers) { Content = content }, cancellationToken).ConfigureAwait(false);
        return new SourceResponse(head.Status, body.ToArray(), head.ContentType, head.ETag, head.LastModified, head.Url);
    }

    /// <summary>POST without a body, read whole; otherwise as <see cref="GetAsync"/>. Retried like a GET, so only for calls that may be repeated.</summary>
    public async Task<SourceResponse> PostAsync(Uri url, long maximumBytes, CancellationToken cancellationToken, IReadOnlyCollection<int>? expected = null)
    {
        using var body = new MemoryStream();
        ResponseHead head = await GetIntoAsync(body, new SourceRequest(url, maximumBytes, expected ?? [], null) { Content = (ReadOnlyMemory<byte>.Empty, "") }, cancellationToken).ConfigureAwait(false);
        return new SourceResponse(head.Status, body.ToArray(), head.ContentType, head.ETag, head.LastModified, head.Url);
    }

    /// <summary>The answer, unpacked into a seekable stream, which is emptied before each try.</summary>
    internal async Task<ResponseHead> GetIntoAsync(Stream sink, SourceRequest request, CancellationToken cancellationToken)
    {
        if (manifest.NeedsContact && contact.Length == 0)
            throw new SourceFailureException(FailureKind.Misconfigured, $"{manifest.Title} refuses callers without a contact: set Risk:Upstreams:Contact to an e-mail address or URL.");
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(FirstTryAt, clock.GetTimestamp());
            return await pipeline.ExecuteAsync(
                static async (context, call) =>
                {
                    call.sink.SetLength(0);
                    return await call.self.TryAsync(call.sink, call.request, context.CancellationToken).ConfigureAwait(false);
                },
                context,
                (self: this, sink, request)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<ResponseHead> TryAsync(Stream sink, SourceRequest request, CancellationToken cancellationToken)
    {
        Uri upstream = request.Url;
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        for (int redirects = 0; redirects <= MaximumRedirects; redirects++)
        {
            Uri called = addresses.Resolve(upstream);
            await limiters.WaitAsync(manifest.Limit!, cancellationToken).ConfigureAwait(false);
            using var deadline = new CancellationTokenSource(patience.Header, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                using HttpRequestMessage message = Message(called, request, sameHost: upstream.Host == request.Url.Host);
                using HttpResponseMessage response = await invoker.SendAsync(message, either.Token).ConfigureAwait(false);
                if (response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                    && response.Headers.Location is { } location)
                {
                    upstream = addresses.Follow(called, location);
                    continue;
                }

                int status = (int)response.StatusCode;
                if (status != 200 && !request.Expected.Contains(status)) throw failures.OfStatus(upstream, response, clock.GetUtcNow());
                if (status != (int)HttpStatusCode.NotModified) await CopyBodyAsync(response, sink, upstream, request.MaximumBytes, deadline, either.Token).ConfigureAwait(false);
                return ResponseHead.Of(response, upstream);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SourceFailureException(FailureKind.Timeout, $"{upstream.Host} went silent while answering {upstream.AbsolutePath}; it is tried again at the next run.");
            }
            catch (HttpRequestException e)
            {
                throw e.InnerException as SourceFailureException ?? HttpFailures.OfConnection(upstream, e);
            }
        }

        throw new SourceFailureException(FailureKind.Unreachable, $"{request.Url.Host} redirects more than {MaximumRedirects} times for {request.Url.AbsolutePath}; check the address in a browser.");
    }

    private HttpRequestMessage Message(Uri called, SourceRequest request, bool sameHost)
    {
        var message = new HttpRequestMessage(request.Content is null ? HttpMethod.Get : HttpMethod.Post, called);
        if (request.Content is { MediaType.Length: > 0 } content) message.Content = new ReadOnlyMemoryContent(content.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue(content.MediaType) } };
        message.Headers.TryAddWithoutValidation("User-Agent", contact.Length == 0 ? Product : $"{Product} ({contact})");
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
        if (request.Headers is not null && sameHost)
        {
            foreach ((string name, string value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private async Task CopyBodyAsync(HttpResponseMessage response, Stream sink, Uri upstream, long maximumBytes, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        long startedAt = clock.GetTimestamp();
        using Stream wire = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using Stream body = Unpacked(wire, response, upstream);
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        while (true)
        {
            deadline.CancelAfter(patience.Idle);
            int read = await ReadAsync(body, buffer, upstream, cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            total += read;
            if (total > maximumBytes) throw HttpFailures.TooLarge(upstream, maximumBytes);
            ThrowIfTrickle(total, clock.GetElapsedTime(startedAt), upstream);
            await sink.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        if (response.Content.Headers.ContentLength is { } promised && response.Content.Headers.ContentEncoding.Count == 0 && total < promised)
            throw HttpFailures.Truncated(upstream, null);
    }

    // Reading alone is guarded: a full disk on our side is not the upstream's truncation.
    private static async ValueTask<int> ReadAsync(Stream body, byte[] buffer, Uri upstream, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw HttpFailures.Unpackable(upstream, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw HttpFailures.Truncated(upstream, e);
        }
    }

    private void ThrowIfTrickle(long bytes, TimeSpan elapsed, Uri upstream)
    {
        if (elapsed > patience.ThroughputGrace && bytes < elapsed.TotalSeconds * patience.MinimumBytesPerSecond)
            throw new SourceFailureException(FailureKind.Timeout, string.Create(CultureInfo.InvariantCulture, $"{upstream.Host} sent only {bytes} bytes of {upstream.AbsolutePath} in {elapsed.TotalSeconds:0} s; given up so that the run can go on."));
    }

    private static Stream Unpacked(Stream wire, HttpResponseMessage response, Uri upstream)
    {
        Stream body = wire;
        foreach (string coding in response.Content.Headers.ContentEncoding.Reverse())
        {
            body = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
                "deflate" => new ZLibStream(body, CompressionMode.Decompress),
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                "identity" => body,
                _ => throw HttpFailures.Unpackable(upstream, null),
            };
        }

        return body;
    }

    private ResiliencePipeline BuildPipeline() => new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = patience.Tries - 1,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is SourceFailureException failure && HttpFailures.IsPassing(failure)
                && clock.GetElapsedTime(args.Context.Properties.GetValue(FirstTryAt, 0)) + LongestDelay(failure, args.AttemptNumber) <= patience.RetryBudget),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Delay((SourceFailureException)args.Outcome.Exception!, args.AttemptNumber)),
        })
        .Build();

    // Jitter only shortens a wait of our own choosing; what the upstream asked for is waited in full.
    private TimeSpan Delay(SourceFailureException failure, int attempt) =>
        failure.RetryAfter ?? LongestDelay(failure, attempt) * (0.5 + (Random.Shared.NextDouble() / 2));

    private TimeSpan LongestDelay(SourceFailureException failure, int attempt)
    {
        TimeSpan first = failure.Kind == FailureKind.RateLimited && manifest.Limit!.ForbiddenMeansThrottled ? patience.FirstDelayWhenThrottled : patience.FirstDelay;
        return failure.RetryAfter ?? first * (1 << attempt);
    }
}

/// <summary>One request as its caller wants it.</summary>
internal sealed record SourceRequest(Uri Url, long MaximumBytes, IReadOnlyCollection<int> Expected, IReadOnlyDictionary<string, string>? Headers)
{
    /// <summary>What is posted (no media type: a POST without a body); null: a GET.</summary>
    public (ReadOnlyMemory<byte> Bytes, string MediaType)? Content { get; init; }
}

/// <summary>What came before the body.</summary>
internal sealed record ResponseHead(int Status, string ContentType, string ETag, string LastModified, Uri Url)
{
    public string Link { get; private init; } = "";

    public static ResponseHead Of(HttpResponseMessage response, Uri url) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.MediaType ?? "",
        response.Headers.ETag?.ToString() ?? "",
        response.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var modified) ? modified.ToString() : "",
        url)
    {
        Link = response.Headers.NonValidated.TryGetValues("Link", out var link) ? string.Join(", ", link) : "",
    };
}
