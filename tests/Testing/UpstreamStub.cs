using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Risk.Testing;

/// <summary>One request as the stub saw it.</summary>
public sealed record StubRequest(string Host, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>When it came, by <see cref="TimeProvider.System"/>'s timestamps.</summary>
    public long At { get; init; }

    public string Method { get; init; } = "GET";

    /// <summary>What was posted, or "".</summary>
    public string Body { get; init; } = "";

    public override string ToString() => Host + Path + Query;
}

/// <summary>
/// Stands in for every upstream on loopback, the way a mirror does: <c>HOST/PATH</c> answers for <c>https://HOST/PATH</c>. Hand <see cref="Mirror"/> to
/// <see cref="Connectors.Sdk.Http.UpstreamOptions"/>. Routes answer with ETags and 304s; what is not served is 404.
/// </summary>
public sealed class UpstreamStub : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, StubAnswer> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<StubRequest, string>> computed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Fault> lastingFaults = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StubRequest> requests = new();
    private readonly SemaphoreSlim arrived = new(0);

    private UpstreamStub()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
            // A trickle is slower than Kestrel's own minimum.
            kestrel.Limits.MinResponseDataRate = null;
        });
        application = builder.Build();
        application.Run(AnswerAsync);
    }

    public static async Task<UpstreamStub> StartAsync()
    {
        var stub = new UpstreamStub();
        await stub.application.StartAsync();
        return stub;
    }

    public Uri Mirror => new(application.Urls.First());

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<StubRequest> Requests => [.. requests];

    /// <summary>Serves a body at <c>host/path</c> or, more specific, <c>host/path?query</c>.</summary>
    public void Serve(string address, byte[] body, string contentType = "application/octet-stream", params (string Name, string Value)[] headers) =>
        answers[address] = new StubAnswer(200, body, contentType, headers);

    public void Serve(string address, string body, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        Serve(address, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>Serves JSON that depends on what was asked; "" is status 400.</summary>
    public void Serve(string address, Func<StubRequest, string> answer) => computed[address] = answer;

    /// <summary>Serves a file.</summary>
    public void ServeFile(string address, string file, string contentType = "application/json") => Serve(address, File.ReadAllBytes(file), contentType);

    /// <summary>Answers with the status and a body, without a fault's passing nature (a real 404 with a JSON text, say).</summary>
    public void ServeStatus(string address, int status, string body = "", string contentType = "application/json") =>
        answers[address] = new StubAnswer(status, Encoding.UTF8.GetBytes(body), contentType, []);

    public void Redirect(string address, string location, int status = 302) => answers[address] = new StubAnswer(status, [], "", [("Location", location)]);

    /// <summary>Goes wrong the next <paramref name="times"/> times at the address, before what is served there.</summary>
    public void Fail(string address, Fault fault, int times)
    {
        ConcurrentQueue<Fault> queue = faults.GetOrAdd(address, _ => new ConcurrentQueue<Fault>());
        for (int i = 0; i < times; i++) queue.Enqueue(fault);
    }

    /// <summary>Goes wrong at the address until <see cref="Mend"/>.</summary>
    public void Fail(string address, Fault fault) => lastingFaults[address] = fault;

    public void Mend(string address)
    {
        lastingFaults.TryRemove(address, out _);
        faults.TryRemove(address, out _);
    }

    /// <summary>Waits until one more request has arrived than was waited for so far.</summary>
    public Task RequestArrivedAsync() => arrived.WaitAsync();

    public async ValueTask DisposeAsync()
    {
        // Hanging answers end with their connections; nothing here waits for them.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
        arrived.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string address = context.Request.Path.Value!.TrimStart('/');
        string query = context.Request.QueryString.Value ?? "";
        int slash = address.IndexOf('/', StringComparison.Ordinal);
        using var posted = new StreamReader(context.Request.Body);
        string body = await posted.ReadToEndAsync(context.RequestAborted);
        var request = new StubRequest(
            slash < 0 ? address : address[..slash],
            slash < 0 ? "" : address[slash..],
            query,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)) { At = TimeProvider.System.GetTimestamp(), Method = context.Request.Method, Body = body };
        requests.Enqueue(request);
        arrived.Release();

        StubAnswer answer = Computed(address, request) ?? answers.GetValueOrDefault(address + query) ?? answers.GetValueOrDefault(address) ?? new StubAnswer(404, "not served"u8.ToArray(), "text/plain", []);
        if ((FaultFor(address + query) ?? FaultFor(address)) is { } fault) await fault(context, answer.Body);
        else await answer.WriteAsync(context);
    }

    private StubAnswer? Computed(string address, StubRequest request) =>
        !computed.TryGetValue(address, out Func<StubRequest, string>? answer) ? null : answer(request) is { Length: > 0 } body ? new StubAnswer(200, Encoding.UTF8.GetBytes(body), "application/json", []) : new StubAnswer(400, [], "", []);

    private Fault? FaultFor(string address) =>
        faults.TryGetValue(address, out ConcurrentQueue<Fault>? queue) && queue.TryDequeue(out Fault? next) ? next : lastingFaults.GetValueOrDefault(address);

    private sealed record StubAnswer(int Status, byte[] Body, string ContentType, (string Name, string Value)[] Headers)
    {
        public async Task WriteAsync(HttpContext context)
        {
            string etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Body))[..16]}\"";
            foreach ((string name, string value) in Headers) context.Response.Headers[name] = value;
            if (Status == 200)
            {
                context.Response.Headers.ETag = etag;
                if (context.Request.Headers.IfNoneMatch == etag)
                {
                    context.Response.StatusCode = 304;
                    return;
                }
            }

            context.Response.StatusCode = Status;
            context.Response.ContentType = ContentType;
            context.Response.ContentLength = Body.Length;
            await context.Response.Body.WriteAsync(Body);
        }
    }
}
