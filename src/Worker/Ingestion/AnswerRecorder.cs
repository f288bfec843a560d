using System.Net;

namespace Risk.Worker.Ingestion;

/// <summary>One answer of an upstream, written down.</summary>
/// <param name="Url">At the real upstream, whatever mirror was asked; without secrets.</param>
/// <param name="Link">The Link header, or "".</param>
internal sealed record RecordedAnswer(string Url, int Status, string ContentType, string Link, byte[] Body);

/// <summary>Takes down what upstreams answer.</summary>
/// <param name="mirror">The mirror that is asked in their place, or null.</param>
internal sealed class AnswerRecorder(Uri? mirror, string secretParameter) : DelegatingHandler
{
    /// <summary>Of all answers together.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private int bytes;

    public List<RecordedAnswer> Answers { get; } = [];

    /// <summary>True when there was more than a recording may hold.</summary>
    public bool IsCut => bytes > MostBytes;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Unpacked, so that people can read and shorten it.
        request.Headers.Remove("Accept-Encoding");
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        using var body = new MemoryStream();
        await using (Stream content = await response.Content.ReadAsStreamAsync(cancellationToken))
        {
            byte[] buffer = new byte[16 * 1024];
            for (int read; !IsCut && (read = await content.ReadAsync(buffer, cancellationToken)) > 0; bytes += read) body.Write(buffer, 0, read);
        }

        string link = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? string.Join(", ", values) : "";
        Answers.Add(new RecordedAnswer(Upstream(request.RequestUri!), (int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", link, body.ToArray()));
        var same = new ByteArrayContent(body.ToArray());
        foreach ((string name, IEnumerable<string> value) in response.Content.Headers) same.Headers.TryAddWithoutValidation(name, value);
        response.Content = same;
        return response;
    }

    private string Upstream(Uri called)
    {
        string root = mirror?.AbsoluteUri.TrimEnd('/') + "/";
        string url = mirror is not null && called.AbsoluteUri.StartsWith(root, StringComparison.Ordinal) ? "https://" + called.AbsoluteUri[root.Length..] : called.AbsoluteUri;
        return WithoutSecret(new Uri(url), secretParameter);
    }

    /// <summary>The address with the secret's value left out.</summary>
    public static string WithoutSecret(Uri url, string parameter)
    {
        if (parameter.Length == 0) return url.AbsoluteUri;
        string begins = Uri.EscapeDataString(parameter) + "=";
        return new UriBuilder(url) { Query = string.Join('&', url.Query.TrimStart('?').Split('&').Select(p => p.StartsWith(begins, StringComparison.Ordinal) ? begins + "secret" : p)) }.Uri.AbsoluteUri;
    }
}

/// <summary>Answers from a recording; an address that is not in it is a failure.</summary>
internal sealed class AnswerPlayer(IReadOnlyList<RecordedAnswer> answers, string secretParameter) : HttpMessageHandler
{
    /// <summary>Addresses that were asked for and are not in the recording.</summary>
    public List<string> Unknown { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string url = AnswerRecorder.WithoutSecret(request.RequestUri!, secretParameter);
        RecordedAnswer? answer = answers.FirstOrDefault(a => a.Url == url);
        if (answer is null) Unknown.Add(url);
        var response = new HttpResponseMessage(answer is null ? HttpStatusCode.Gone : (HttpStatusCode)answer.Status) { Content = new ByteArrayContent(answer?.Body ?? []) };
        if (answer is { ContentType.Length: > 0 }) response.Content.Headers.TryAddWithoutValidation("Content-Type", answer.ContentType);
        if (answer is { Link.Length: > 0 }) response.Headers.TryAddWithoutValidation("Link", answer.Link);
        return Task.FromResult(response);
    }
}
