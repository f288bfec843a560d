using System.Net;

namespace Risk.Connectors.Tests.Sdk.Http;

/// <summary>A clock that a trickling body moves on; its timers never fire.</summary>
internal sealed class SteppingClock(DateTimeOffset start, TimeSpan step) : TimeProvider
{
    private DateTimeOffset now = start;

    public void Step() => now += step;

    public override DateTimeOffset GetUtcNow() => now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.UtcTicks;
}

/// <summary>Answers 200 with a body that never ends and gives ten bytes a read.</summary>
internal sealed class TrickleHandler(SteppingClock clock) : HttpMessageHandler
{
    public SteppingClock Clock { get; } = clock;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new TrickleStream(Clock)) });

    private sealed class TrickleStream(SteppingClock clock) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Step();
            return ValueTask.FromResult(Math.Min(10, buffer.Length));
        }
    }
}
