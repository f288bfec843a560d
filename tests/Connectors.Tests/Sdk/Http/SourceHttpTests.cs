using System.IO.Compression;
using System.Text;
using System.Threading.RateLimiting;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk.Http;

public sealed class SourceHttpTests : IAsyncLifetime, IDisposable
{
    private const string Address = "data.example.org/list.json";
    private static readonly Uri Url = new("https://data.example.org/list.json");
    private static readonly DateTimeOffset Start = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);
    private static readonly HttpPatience NeverTimesOut = new() { Header = TimeSpan.FromHours(1), Idle = TimeSpan.FromHours(1) };

    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();
    private readonly HostLimiters limiters = new(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 10, QueueLimit = 10 }));
    private readonly HurriedTimeProvider hurried = new(Start);
    private UpstreamStub stub = null!;

    public async Task InitializeAsync() => stub = await UpstreamStub.StartAsync();

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose()
    {
        handler.Dispose();
        limiters.Dispose();
    }

    [Fact]
    public async Task GetAsync_Mirror_CallsHostAndPathBelowItWithProductAndContact()
    {
        stub.Serve(Address, "{}");
        SourceResponse response = await Http().GetAsync(new Uri(Url + "?key=a%20b"), 100, default);

        Assert.Equal("{}", Encoding.UTF8.GetString(response.Body.Span));
        StubRequest request = Assert.Single(stub.Requests);
        Assert.Equal("data.example.org/list.json?key=a%20b", request.ToString());
        Assert.Equal("SupplierRiskMonitor/0.1.0 (risk@example.com)", request.Headers["User-Agent"]);
    }

    [Fact]
    public async Task PostAsync_Json_IsPostedAndTriedAgainWhole()
    {
        stub.Serve(Address, "{}");
        stub.Fail(Address, Faults.Status(503), times: 1);
        SourceResponse response = await Http().PostAsync(Url, ("{\"queries\":[]}"u8.ToArray(), "application/json"), 100, default);

        Assert.Equal("{}", Encoding.UTF8.GetString(response.Body.Span));
        Assert.Equal(["POST {\"queries\":[]}", "POST {\"queries\":[]}"], stub.Requests.Select(r => $"{r.Method} {r.Body}"));
        Assert.Equal("application/json", stub.Requests[0].Headers["Content-Type"]);
        await Assert.ThrowsAsync<SourceFailureException>(() => Http().PostAsync(new Uri("https://other.example.org/"), ("{}"u8.ToArray(), "application/json"), 100, default));
    }

    [Fact]
    public async Task GetAsync_MirrorBelowAFolder_KeepsTheFolder()
    {
        stub.Serve("mirror/" + Address, "{}");
        await Http(mirror: new Uri(stub.Mirror, "/mirror/")).GetAsync(Url, 100, default);
        Assert.Equal("mirror", Assert.Single(stub.Requests).Host);
    }

    [Theory]
    [InlineData("https://other.example.org/list.json")]
    [InlineData("http://data.example.org/list.json")]
    [InlineData("https://example.net/")]
    public async Task GetAsync_HostOrSchemeOutsideManifest_IsRefusedWithoutACall(string url)
    {
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(new Uri(url), 100, default));
        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task GetAsync_NoContactWhereNeeded_SaysWhichSetting()
    {
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http(Manifest with { NeedsContact = true }, contact: "").GetAsync(Url, 100, default));
        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Contains("Risk:Upstreams:Contact", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(425)]
    public async Task GetAsync_PassingStatus_IsRetriedUntilItAnswers(int status)
    {
        stub.Serve(Address, "[1]");
        stub.Fail(Address, Faults.Status(status), times: 3);
        SourceResponse response = await Http().GetAsync(Url, 100, default);
        Assert.Equal(200, response.Status);
        Assert.Equal(4, stub.Requests.Count);
    }

    [Theory]
    [InlineData(503, FailureKind.ServerError, 4)]
    [InlineData(429, FailureKind.RateLimited, 4)]
    [InlineData(403, FailureKind.Forbidden, 1)]
    [InlineData(401, FailureKind.Forbidden, 1)]
    [InlineData(404, FailureKind.NotFound, 1)]
    [InlineData(400, FailureKind.Misconfigured, 1)]
    [InlineData(202, FailureKind.Malformed, 1)]
    public async Task GetAsync_StatusThatStays_FailsAsItsKindAfterSoManyTries(int status, FailureKind kind, int tries)
    {
        stub.Fail(Address, Faults.Status(status));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(new Uri(Url + "?token=s3cret"), 100, default));
        Assert.Equal(kind, failure.Kind);
        Assert.Equal(tries, stub.Requests.Count);
        Assert.Contains("data.example.org", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    // X16: SEC EDGAR says 403 where it means "too fast" (py-xbrl#144).
    [Fact]
    [Trait("Defect", "X16")]
    public async Task GetAsync_ForbiddenWhereItMeansTooFast_WaitsLongerThanUsualAndRetries()
    {
        stub.Serve(Address, "[1]");
        stub.Fail(Address, Faults.Status(403), times: 2);
        await Http(Manifest with { Limit = Manifest.Limit! with { ForbiddenMeansThrottled = true } }).GetAsync(Url, 100, default);
        Assert.InRange(hurried.GetUtcNow() - Start, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("Sat, 01 Aug 2026 06:00:30 GMT")]
    public async Task GetAsync_RetryAfterWithinTheBudget_IsWaitedInFull(string retryAfter)
    {
        stub.Serve(Address, "[1]");
        stub.Fail(Address, Faults.Status(429, retryAfter), times: 1);
        await Http().GetAsync(Url, 100, default);
        Assert.Equal(TimeSpan.FromSeconds(30), hurried.GetUtcNow() - Start);
    }

    [Fact]
    public async Task GetAsync_RetryAfterBeyondTheBudget_IsHandedToTheCaller()
    {
        stub.Fail(Address, Faults.Status(503, "600"));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 100, default));
        Assert.Equal(TimeSpan.FromMinutes(10), failure.RetryAfter);
        Assert.Single(stub.Requests);
        Assert.Equal(Start, hurried.GetUtcNow());
    }

    [Fact]
    public async Task GetAsync_ExpectedStatus_IsAnAnswer()
    {
        stub.ServeStatus(Address, 404, "{\"none\":true}");
        SourceResponse response = await Http().GetAsync(Url, 100, default, expected: [404]);
        Assert.Equal(404, response.Status);
        Assert.Contains("none", Encoding.UTF8.GetString(response.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_TruncatedOnce_GivesTheWholeBodyOnly()
    {
        stub.Serve(Address, new string('x', 5000));
        stub.Fail(Address, Faults.Truncate(1000), times: 1);
        SourceResponse response = await Http().GetAsync(Url, 10_000, default);
        Assert.Equal(new string('x', 5000), Encoding.UTF8.GetString(response.Body.Span));
    }

    [Fact]
    public async Task GetAsync_TruncatedAlways_IsNeverSuccess()
    {
        stub.Serve(Address, new string('x', 5000));
        stub.Fail(Address, Faults.Truncate(1000));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 10_000, default));
        Assert.Equal(FailureKind.Truncated, failure.Kind);
        Assert.Equal(4, stub.Requests.Count);
    }

    [Fact]
    public async Task GetAsync_ResetAlways_IsUnreachable()
    {
        stub.Fail(Address, Faults.Reset);
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 100, default));
        Assert.Equal(FailureKind.Unreachable, failure.Kind);
    }

    [Fact]
    public async Task GetAsync_NobodyListens_IsUnreachable()
    {
        Uri mirror = stub.Mirror;
        await stub.DisposeAsync();
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http(mirror: mirror).GetAsync(Url, 100, default));
        Assert.Equal(FailureKind.Unreachable, failure.Kind);
    }

    [Fact]
    public async Task GetAsync_Bomb_StopsReadingAtTheBound()
    {
        stub.Fail(Address, Faults.Bomb(megabytes: 500));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 1_000_000, default));
        Assert.Equal(FailureKind.TooLarge, failure.Kind);
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task GetAsync_PackedBody_IsUnpacked(string coding)
    {
        string text = string.Concat(Enumerable.Repeat("supplier,", 500));
        stub.Serve(Address, Pack(coding, text), "text/csv", ("Content-Encoding", coding));
        SourceResponse response = await Http().GetAsync(Url, 10_000, default);
        Assert.Equal(text, Encoding.UTF8.GetString(response.Body.Span));
    }

    [Fact]
    public async Task GetAsync_PackedBodyThatIsNot_IsMalformed()
    {
        stub.Serve(Address, "not gzip at all"u8.ToArray(), "text/csv", ("Content-Encoding", "gzip"));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 10_000, default));
        Assert.Equal(FailureKind.Malformed, failure.Kind);
    }

    [Theory]
    [InlineData("https://files.example.org/a")]
    [InlineData("/files.example.org/a")]
    public async Task GetAsync_RedirectToAnAllowedHost_IsFollowedThroughTheMirror(string location)
    {
        stub.Redirect(Address, location);
        stub.Serve("files.example.org/a", "here");
        SourceResponse response = await Http().GetAsync(Url, 100, default, headers: new Dictionary<string, string> { ["Authorization"] = "Basic c2VjcmV0" });
        Assert.Equal(new Uri("https://files.example.org/a"), response.Url);
        Assert.Equal(["data.example.org/list.json", "files.example.org/a"], stub.Requests.Select(r => r.ToString()));
        Assert.Equal("Basic c2VjcmV0", stub.Requests[0].Headers["Authorization"]);
        Assert.False(stub.Requests[1].Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("https://evil.example.net/a")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    public async Task GetAsync_RedirectElsewhere_IsRefused(string location)
    {
        stub.Redirect(Address, location);
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Http().GetAsync(Url, 100, default));
        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task GetAsync_RedirectLoop_EndsAfterFive()
    {
        stub.Redirect(Address, "https://data.example.org/list.json");
        await Assert.ThrowsAsync<SourceFailureException>(() => Http(patience: NeverTimesOut with { Tries = 2 }).GetAsync(Url, 100, default));
        Assert.Equal(12, stub.Requests.Count);
    }

    [Fact]
    public async Task GetAsync_Hang_TimesOutAtTheHeaderDeadline()
    {
        var clock = new ManualTimeProvider(Start);
        stub.Fail(Address, Faults.Hang);
        Task<SourceResponse> call = Http(clock: clock, patience: new HttpPatience { RetryBudget = TimeSpan.Zero }).GetAsync(Url, 100, default);
        await stub.RequestArrivedAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => call);
        Assert.Equal(FailureKind.Timeout, failure.Kind);
    }

    [Fact]
    public async Task GetAsync_StallInTheBody_TimesOut()
    {
        var clock = new ManualTimeProvider(Start);
        stub.Serve(Address, new string('x', 5000));
        stub.Fail(Address, Faults.Stall(1000));
        Task<SourceResponse> call = Http(clock: clock, patience: new HttpPatience { RetryBudget = TimeSpan.Zero }).GetAsync(Url, 10_000, default);
        await stub.RequestArrivedAsync();
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(FailureKind.Timeout, (await Assert.ThrowsAsync<SourceFailureException>(() => call)).Kind);
    }

    // X21: One stuck worker stopped everything, silently (huginn#1036).
    [Fact]
    [Trait("Defect", "X21")]
    public async Task GetAsync_Trickle_EndsThoughEveryReadComesInTime()
    {
        // Every read moves the clock by ten seconds: less than the idle limit, yet ten bytes in ten seconds hold the run for ever.
        using var trickle = new TrickleHandler(new SteppingClock(Start, TimeSpan.FromSeconds(10)));
        var http = new SourceHttp(Manifest, new UpstreamOptions(stub.Mirror, "risk@example.com"), limiters, trickle.Clock, trickle, new HttpPatience { RetryBudget = TimeSpan.Zero });
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => http.GetAsync(Url, long.MaxValue, default));
        Assert.Equal(FailureKind.Timeout, failure.Kind);
        Assert.Contains("bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_CancelledWhileQueuedForAPermit_IsNoFailure()
    {
        using var one = new HostLimiters();
        SourceHttp http = Http(Manifest with { Limit = Manifest.Limit! with { Permits = 1, Window = TimeSpan.FromHours(1) } }, sharedLimiters: one);
        stub.Serve(Address, "{}");
        await http.GetAsync(Url, 100, default);
        using var cancel = new CancellationTokenSource();
        Task<SourceResponse> second = http.GetAsync(Url, 100, cancel.Token);
        Assert.False(second.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Single(stub.Requests);
    }

    private static SourceManifest Manifest { get; } = new()
    {
        Id = new SourceId("test-source"),
        Title = "Test source",
        Publisher = "Tests",
        Terms = "none",
        Homepage = "https://data.example.org/",
        Cron = "0 0 6 * * ?",
        Cadence = TimeSpan.FromDays(1),
        Limit = new HostLimit(["data.example.org", "files.example.org"], "test", 10, TimeSpan.FromSeconds(1)),
    };

    private SourceHttp Http(
        SourceManifest? manifest = null, string contact = "risk@example.com", Uri? mirror = null, TimeProvider? clock = null, HttpPatience? patience = null, HostLimiters? sharedLimiters = null) =>
        new(manifest ?? Manifest, new UpstreamOptions(mirror ?? stub.Mirror, contact), sharedLimiters ?? limiters, clock ?? hurried, handler, patience ?? NeverTimesOut);

    private static byte[] Pack(string coding, string text)
    {
        using var packed = new MemoryStream();
        using (Stream packer = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress),
            "deflate" => new ZLibStream(packed, CompressionMode.Compress),
            _ => new BrotliStream(packed, CompressionMode.Compress),
        })
        {
            packer.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
