using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Risk.Testing;

public sealed record SunkHook(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A webhook receiver on loopback that keeps what it gets and answers as it is told.</summary>
public sealed class WebhookSink : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookSink(WebApplication app) => this.app = app;

    public ConcurrentQueue<SunkHook> Hooks { get; } = new();

    /// <summary>Makes the answer; the default is an empty 200.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static _ => Task.CompletedTask;

    public Uri Url => new(app.Urls.First());

    public static async Task<WebhookSink> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var sink = new WebhookSink(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body).ConfigureAwait(false);
            sink.Hooks.Enqueue(new SunkHook(context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
            await sink.Answer(context).ConfigureAwait(false);
        });
        await app.StartAsync().ConfigureAwait(false);
        return sink;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync().ConfigureAwait(false);
}
