using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Risk.Worker.Hosting;

/// <summary>Serves the demo's recordings on loopback, at <c>/HOST/PATH</c> as a mirror does. What was added last wins.</summary>
internal sealed class RecordedUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, BundledFile> files = new(StringComparer.Ordinal);
    private readonly WebApplication web;

    private RecordedUpstream(WebApplication web) => this.web = web;

    /// <summary>Base address, with a slash at its end.</summary>
    public string Address => web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";

    public static async Task<RecordedUpstream> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var upstream = new RecordedUpstream(builder.Build());
        upstream.web.Run(upstream.AnswerAsync);
        await upstream.web.StartAsync(cancellationToken);
        return upstream;
    }

    public void Add(ImmutableArray<BundledFile> recordings)
    {
        foreach (BundledFile recording in recordings) files[recording.Path] = recording;
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!.TrimStart('/');
        if (!files.TryGetValue(path, out BundledFile? file) && !files.TryGetValue(path + "/index.json", out file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await using Stream content = file.Open();
        context.Response.ContentLength = content.Length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
