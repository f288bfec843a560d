using System.Globalization;

namespace Risk.Connectors.Sdk.Http;

/// <summary>Turns what went wrong on the wire into a failure that says what to do. Texts name host and path, never the query: it may hold a key.</summary>
internal sealed class HttpFailures(SourceManifest manifest)
{
    /// <summary>True for failures that may be gone at the next try.</summary>
    public static bool IsPassing(SourceFailureException failure) =>
        failure.Kind is FailureKind.Unreachable or FailureKind.Timeout or FailureKind.Truncated or FailureKind.ServerError or FailureKind.RateLimited;

    public SourceFailureException OfStatus(Uri url, HttpResponseMessage response, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        TimeSpan? retryAfter = RetryAfter(response, now);
        bool throttled = status == 429 || (status == 403 && manifest.Limit is { ForbiddenMeansThrottled: true });
        (FailureKind kind, string advice) = status switch
        {
            _ when throttled => (FailureKind.RateLimited, "we are calling too often" + Wait(retryAfter)),
            401 or 403 or 407 => (FailureKind.Forbidden, Access()),
            404 or 410 => (FailureKind.NotFound, "the publisher may have moved it; check the source's homepage " + manifest.Homepage),
            408 => (FailureKind.Timeout, "it is tried again at the next run"),
            425 or >= 500 => (FailureKind.ServerError, "the publisher has a problem" + Wait(retryAfter)),
            >= 400 => (FailureKind.Misconfigured, "the upstream does not understand our request; check the source's options"),
            _ => (FailureKind.Malformed, "200 was expected; it may be an interception page"),
        };
        return new SourceFailureException(kind, string.Create(CultureInfo.InvariantCulture, $"{url.Host} answered {status}{Said(response)} for {url.AbsolutePath}: {advice}."), retryAfter: retryAfter);
    }

    public static SourceFailureException OfConnection(Uri url, HttpRequestException e) => new(
        FailureKind.Unreachable,
        e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"{url.Host} cannot be found: check DNS and the proxy.",
            HttpRequestError.SecureConnectionError => $"{url.Host} offers no trusted TLS connection: check the system clock and the trusted certificates.",
            HttpRequestError.ConnectionError => $"{url.Host} does not accept connections: check firewall and proxy.",
            _ => $"{url.Host} closed the connection without an answer for {url.AbsolutePath}.",
        },
        e);

    public static SourceFailureException Truncated(Uri url, Exception? inner) =>
        new(FailureKind.Truncated, $"{url.Host} closed the connection before all of {url.AbsolutePath} had come.", inner);

    public static SourceFailureException Unpackable(Uri url, Exception? inner) =>
        new(FailureKind.Malformed, $"{url.Host}{url.AbsolutePath} is not packed the way its Content-Encoding says.", inner);

    public static SourceFailureException TooLarge(Uri url, long maximumBytes) => new(
        FailureKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{url.Host}{url.AbsolutePath} unpacks to more than {maximumBytes} bytes; reading stopped there."));

    private string Access() => manifest switch
    {
        { NeedsKey: { } key } => $"check the key in Risk:Sources:{manifest.Id}:{key}",
        { NeedsContact: true } => "it wants a reachable contact; check Risk:Upstreams:Contact",
        _ => "this address may be blocked; set Risk:Upstreams:Contact, or fetch through another network with Risk:Upstreams:Mirror",
    };

    /// <summary>The NVD says in a header of this name what it does not like; its body is empty.</summary>
    private static string Said(HttpResponseMessage response) =>
        response.Headers.TryGetValues("message", out IEnumerable<string>? said) && Observation.Line(string.Join(' ', said), 100).TrimEnd('.') is { Length: > 0 } line ? $" ({line})" : "";

    private static string Wait(TimeSpan? retryAfter) =>
        retryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $"; it asks to wait {wait.TotalSeconds:0} s") : "; it is tried again at the next run";

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        TimeSpan? wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date is { } date ? date - now : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
