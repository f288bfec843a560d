using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;

namespace Risk.Worker.Ingestion;

/// <summary>One connection pool and one set of limiters for all sources of the process.</summary>
internal sealed class UpstreamAccess(UpstreamOptions options, HostLimiters limiters, TimeProvider clock) : IDisposable
{
    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();
    private readonly SocketsHttpHandler publicHandler = SourceHttp.CreatePublicHandler();

    /// <summary>A mirror is the user's own choice of address, and the only one that is then called.</summary>
    public SourceHttp For(SourceManifest manifest) =>
        new(manifest, options, limiters, clock, manifest.Limit is { AllowsAnyHost: true } && options.Mirror is null ? publicHandler : handler);

    public void Dispose()
    {
        limiters.Dispose();
        handler.Dispose();
        publicHandler.Dispose();
    }
}
