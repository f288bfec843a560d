using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;

namespace Risk.Worker.Ingestion;

/// <summary>One connection pool and one set of limiters for all sources of the process.</summary>
internal sealed class UpstreamAccess(UpstreamOptions options, HostLimiters limiters, TimeProvider clock, AnswerMemory? memory) : IDisposable
{
    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();

    public SourceHttp For(SourceManifest manifest) => new(manifest, options, limiters, clock, handler) { Memory = memory };

    public void Dispose()
    {
        limiters.Dispose();
        handler.Dispose();
    }
}
