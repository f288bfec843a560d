using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Signals;
using Risk.Testing;

namespace Risk.Connectors.Tests.Sdk;

public sealed class SnapshotDownloadsTests : ISnapshotCatalog, IAsyncLifetime, IDisposable
{
    private const string Address = "data.example.org/list.csv";
    private static readonly Uri Url = new("https://data.example.org/list.csv");
    private static readonly DateTimeOffset At = new(2026, 8, 1, 6, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("risk-snapshots-").FullName;
    private readonly SocketsHttpHandler handler = SourceHttp.CreateHandler();
    private readonly HostLimiters limiters = new(static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 10, QueueLimit = 10 }));
    private UpstreamStub stub = null!;
    private Snapshot? lastGood;

    public async Task InitializeAsync() => stub = await UpstreamStub.StartAsync();

    public async Task DisposeAsync() => await stub.DisposeAsync();

    public void Dispose()
    {
        handler.Dispose();
        limiters.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    public Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken) => Task.FromResult(lastGood);

    [Fact]
    public async Task GetAsync_First_KeepsTheFileUnderItsHash()
    {
        stub.Serve(Address, "a,b\n");
        Download download = await GetAsync();
        string sha256 = Convert.ToHexStringLower(SHA256.HashData("a,b\n"u8));
        Assert.False(download.IsUnchanged);
        Assert.Equal((sha256, 4L, At), (download.Snapshot.Sha256, download.Snapshot.Bytes, download.Snapshot.FetchedAt));
        Assert.Equal(Path.Combine(folder, "test-source", sha256), download.Snapshot.File);
        Assert.Equal("a,b\n", await File.ReadAllTextAsync(download.Snapshot.File));
        Assert.Equal([download.Snapshot.File], Files());
    }

    [Fact]
    public async Task GetAsync_NotModified_GivesLastGoodAgain()
    {
        stub.Serve(Address, "a,b\n");
        lastGood = (await GetAsync()).Snapshot with { Rows = 1 };
        Download again = await GetAsync();
        Assert.True(again.IsUnchanged);
        Assert.Equal(lastGood, again.Snapshot);
        Assert.Equal(lastGood.ETag, stub.Requests[1].Headers["If-None-Match"]);
        Assert.Equal([lastGood.File], Files());
    }

    [Fact]
    public async Task GetAsync_SameBytesUnderAnotherETag_IsUnchanged()
    {
        stub.Serve(Address, "a,b\n");
        lastGood = (await GetAsync()).Snapshot with { Rows = 1, ETag = "\"other\"" };
        Download again = await GetAsync();
        Assert.True(again.IsUnchanged);
        Assert.Equal(1, again.Snapshot.Rows);
        Assert.NotEqual("\"other\"", again.Snapshot.ETag);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAsync_LastGoodGoneOrAltered_IsDownloadedAnew(bool gone)
    {
        stub.Serve(Address, "a,b\n");
        lastGood = (await GetAsync()).Snapshot;
        if (gone) File.Delete(lastGood.File);
        else await File.WriteAllTextAsync(lastGood.File, "a,c\n");
        Download again = await GetAsync();
        Assert.True(again.IsUnchanged);
        Assert.False(stub.Requests[1].Headers.ContainsKey("If-None-Match"));
        Assert.Equal("a,b\n", await File.ReadAllTextAsync(again.Snapshot.File));
    }

    [Fact]
    public async Task GetAsync_Failure_LeavesNoFile()
    {
        stub.Serve(Address, new string('x', 5000));
        stub.Fail(Address, Faults.Truncate(1000));
        await Assert.ThrowsAsync<SourceFailureException>(GetAsync);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task GetAsync_RetryAfterTruncation_HoldsOnlyTheLastBody()
    {
        stub.Serve(Address, new string('x', 5000));
        stub.Fail(Address, Faults.Truncate(4000), times: 1);
        Assert.Equal(5000, (await GetAsync()).Snapshot.Bytes);
    }

    [Theory]
    [InlineData(0, null, FailureKind.Malformed)]
    [InlineData(949, null, FailureKind.Shrunk)]
    [InlineData(1000, "2026-07-30", FailureKind.Outdated)]
    public async Task AcceptAsync_Worse_IsQuarantinedAndLastGoodStays(long rows, string? published, FailureKind kind)
    {
        stub.Serve(Address, "old");
        lastGood = (await GetAsync()).Snapshot with { Rows = 1000, PublishedAt = At.AddDays(-1) };
        stub.Serve(Address, "new");
        Download download = await GetAsync();
        var failure = await Assert.ThrowsAsync<SourceFailureException>(() => Downloads().AcceptAsync(download, rows, published is null ? null : DateTimeOffset.Parse(published + "Z", null), 0.05, default));
        Assert.Equal(kind, failure.Kind);
        Assert.True(failure.IsQuarantine);
        Assert.Equal(new[] { download.Snapshot.File + ".quarantined", lastGood.File }.Order(StringComparer.Ordinal), Files());
    }

    [Fact]
    public async Task AcceptAsync_WithinTheGuard_GivesRowsAndDate()
    {
        stub.Serve(Address, "old");
        lastGood = (await GetAsync()).Snapshot with { Rows = 1000, PublishedAt = At.AddDays(-1) };
        stub.Serve(Address, "new");
        Snapshot accepted = await Downloads().AcceptAsync(await GetAsync(), 950, At, 0.05, default);
        Assert.Equal((950L, (DateTimeOffset?)At), (accepted.Rows, accepted.PublishedAt));
        Assert.True(File.Exists(accepted.File));
    }

    [Fact]
    public async Task GetAsync_CannotWrite_SaysWhereAndHowToMend()
    {
        stub.Serve(Address, "new");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "test-source"), "a file where the folder should be");

        var failure = await Assert.ThrowsAsync<SourceFailureException>(GetAsync);

        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Contains("free some space", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tidy_LeavesLastGoodRecentQuarantineAndForeignFiles()
    {
        string home = Directory.CreateDirectory(Path.Combine(folder, "test-source")).FullName;
        string good = Place(new string('a', 64), 90), old = Place(new string('b', 64), 1), fresh = Place(new string('c', 64) + ".quarantined", 29);
        string stale = Place(new string('d', 64) + ".quarantined", 31), cut = Place("list.csv.0123.tmp", 0), foreign = Place("notes.txt", 400);

        Assert.Equal(3, SnapshotDownloads.Tidy(folder, new HashSet<string> { good }, At));

        Assert.Equal(new[] { good, fresh, foreign }.Order(StringComparer.Ordinal), Files());
        Assert.DoesNotContain(Files(), f => f == old || f == stale || f == cut);
        Assert.Equal(0, SnapshotDownloads.Tidy(Path.Combine(folder, "none"), new HashSet<string>(), At));

        string Place(string name, int days)
        {
            string path = Path.Combine(home, name);
            File.WriteAllText(path, "x");
            File.SetLastWriteTimeUtc(path, At.AddDays(-days).UtcDateTime);
            return path;
        }
    }

    private Task<Download> GetAsync() => Downloads().GetAsync("list.csv", Url, 1_000_000, default);

    private SnapshotDownloads Downloads()
    {
        var manifest = new SourceManifest
        {
            Id = new SourceId("test-source"),
            Title = "Test source",
            Publisher = "Tests",
            Terms = "none",
            Homepage = "https://data.example.org/",
            Cron = "0 0 6 * * ?",
            Cadence = TimeSpan.FromDays(1),
            Limit = new HostLimit(["data.example.org"], "test", 10, TimeSpan.FromSeconds(1)),
        };
        var patience = new HttpPatience { Header = TimeSpan.FromHours(1), Idle = TimeSpan.FromHours(1) };
        var http = new SourceHttp(manifest, new UpstreamOptions(stub.Mirror, ""), limiters, new HurriedTimeProvider(At), handler, patience);
        return new SnapshotDownloads(manifest, http, this, folder, At);
    }

    private string[] Files() => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
