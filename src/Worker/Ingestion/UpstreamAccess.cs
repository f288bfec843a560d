using System.Net;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Ingestion;

/// <summary>One connection pool and one set of limiters for all sources of the process; sources that a file declares have a pool that leads to public addresses only.</summary>
internal sealed class UpstreamAccess : IDisposable
{
    private readonly UpstreamOptions options;
    private readonly HostLimiters limiters;
    private readonly TimeProvider clock;
    private readonly IAnswerCache cache;
    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();
    private readonly HttpMessageHandler outer;
    private readonly SocketsHttpHandler guarded = SourceHttp.CreateHandler();

    /// <param name="between">Gets every request and answer in between; null: nothing does.</param>
    public UpstreamAccess(UpstreamOptions options, HostLimiters limiters, TimeProvider clock, IAnswerCache cache, DelegatingHandler? between = null)
    {
        (this.options, this.limiters, this.clock, this.cache) = (options, limiters, clock, cache);
        guarded.ConnectCallback = ConnectAsync;
        if (between is not null) between.InnerHandler = handler;
        outer = (HttpMessageHandler?)between ?? handler;

        // A proxy would resolve the name again, behind the check.
        guarded.UseProxy = false;
    }

    // The mirror is the operator's own setting, and mostly an address inside.
    public SourceHttp For(SourceManifest manifest) => new(manifest, options, limiters, clock, manifest.NeedsPublicHosts && options.Mirror is null ? guarded : outer, cache);

    /// <summary>The same, telling a recorder of every answer; nothing of earlier runs is used.</summary>
    public SourceHttp Recorded(SourceManifest manifest, AnswerRecorder recorder)
    {
        recorder.InnerHandler = manifest.NeedsPublicHosts && options.Mirror is null ? guarded : handler;
        return new SourceHttp(manifest, options, limiters, clock, recorder);
    }

    public void Dispose()
    {
        limiters.Dispose();
        handler.Dispose();
        guarded.Dispose();
    }

    /// <summary>Connects to the address that was checked, not to what the name leads to a moment later.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        return await PublicAddress.ConnectAsync(addresses, [], context.DnsEndPoint.Port, cancellationToken)
            ?? throw new SourceFailureException(FailureKind.Misconfigured, $"{context.DnsEndPoint.Host} leads into a private network; if it is meant, write 'internal: true' in the source's file.");
    }
}
