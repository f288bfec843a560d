using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;

namespace Risk.Worker.Ingestion;

/// <summary>One connection pool and one set of limiters for all sources of the process; sources that a file declares have a pool that leads to public addresses only.</summary>
internal sealed class UpstreamAccess : IDisposable
{
    private readonly UpstreamOptions options;
    private readonly HostLimiters limiters;
    private readonly TimeProvider clock;
    private readonly IAnswerCache cache;
    private readonly AnswerMemory? memory;
    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();
    private readonly SocketsHttpHandler publicHandler = SourceHttp.CreatePublicHandler();
    private readonly HttpMessageHandler outer;

    /// <param name="memory">Answers that are given again without a request; null: every request goes out.</param>
    /// <param name="between">Gets every request and answer in between; null: nothing does.</param>
    public UpstreamAccess(UpstreamOptions options, HostLimiters limiters, TimeProvider clock, IAnswerCache cache, AnswerMemory? memory = null, DelegatingHandler? between = null)
    {
        (this.options, this.limiters, this.clock, this.cache, this.memory) = (options, limiters, clock, cache, memory);
        if (between is not null) between.InnerHandler = handler;
        outer = (HttpMessageHandler?)between ?? handler;
    }

    /// <summary>What is kept of earlier runs, for one run.</summary>
    public UsedAnswers Answers() => new(cache);

    /// <param name="answers">Null: nothing is kept, and nothing kept is used.</param>
    public SourceHttp For(SourceManifest manifest, UsedAnswers? answers = null) => new(manifest, options, limiters, clock, HandlerOf(manifest), answers) { Memory = memory };

    /// <summary>The same, telling a recorder of every answer; nothing of earlier runs is used.</summary>
    public SourceHttp Recorded(SourceManifest manifest, AnswerRecorder recorder)
    {
        recorder.InnerHandler = HandlerOf(manifest);
        return new SourceHttp(manifest, options, limiters, clock, recorder);
    }

    public void Dispose()
    {
        limiters.Dispose();
        handler.Dispose();
        publicHandler.Dispose();
    }

    /// <summary>A mirror is the operator's own choice of address, mostly one inside, and the only one that is then called.</summary>
    private HttpMessageHandler HandlerOf(SourceManifest manifest) => manifest.NeedsPublicHosts && options.Mirror is null ? publicHandler : outer;
}
