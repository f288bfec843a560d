using System.Globalization;
using System.Text;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Redis;
using Risk.Worker.Tests.Hosting;
using Risk.Worker.Tests.Process;

namespace Risk.Worker.Tests.Storage.Redis;

/// <summary>Against a real redis-server: limits hold whatever becomes of it.</summary>
public sealed class RedisTests
{
    private static readonly HostLimit Limit = new(["api.example.org"], "example", 50, TimeSpan.FromSeconds(1));

    [RedisFact]
    public async Task Limit_RedisKilledAndStartedAgain_IsKeptByTwoWorkers()
    {
        using RedisServer redis = RedisServer.Start();
        await using RedisLink first = new(redis.Address, TimeProvider.System), second = new(redis.Address, TimeProvider.System);
        var lost = new List<string>();
        int found = 0;
        first.WhenLost = lost.Add;
        first.WhenFound = () => found++;
        using RedisRateLimiter one = new(Limit, first, TimeProvider.System, "one"), two = new(Limit, second, TimeProvider.System, "two");
        var permits = new List<long>();
        async Task TakeAsync(RedisRateLimiter limiter, int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var lease = await limiter.AcquireAsync();
                Assert.True(lease.IsAcquired);
                lock (permits) permits.Add(TimeProvider.System.GetTimestamp());
            }
        }

        async Task BothAsync(int each) => await Task.WhenAll(TakeAsync(one, each), TakeAsync(two, each));
        await BothAsync(20);
        redis.Kill();
        await BothAsync(5);
        Assert.Single(lost);
        redis.StartAgain();
        await BothAsync(30);
        Assert.Equal(110, permits.Count);
        Assert.Equal(1, found);
        AssertKept(permits, Limit);
    }

    [RedisFact]
    public async Task Pull_ByTwoWorkersWithRedisKilled_KeepsTheLimitAndLosesNothing()
    {
        const int Suppliers = 40;
        using RedisServer redis = RedisServer.Start();
        await using Workbench one = await Workbench.StartAsync(), two = await Workbench.StartAsync();
        foreach (Workbench bench in (Workbench[])[one, two])
        {
            bench.Write("suppliers.csv", Workbench.Suppliers(Suppliers));
            bench.Write("sources/own.yaml", """
                schema: source/1
                id: own-scores
                title: Scores
                publisher: Example
                terms: none
                format: json
                ask: each-supplier
                url: https://api.example.org/scores/{supplier.id}
                every: 1d
                limit: {requests: 40, per: 1s}
                fields: {score: double}
                gives: [{metric: own_score, range: [0, 100], max_age: 30d, value: row.score, at: now}]
                """);
            bench.Settings["Risk:Sources:Enabled"] = "own-scores";
            bench.Settings["Risk:Redis"] = redis.Address;
            bench.Settings["Risk:Upstreams:Mirror"] = one.Upstream.Mirror.AbsoluteUri;
            Assert.Equal(0, (await RiskProcess.RunAsync(bench, "suppliers", "import", "--allow-mass-retire")).ExitCode);
        }

        for (int i = 1; i <= Suppliers; i++) one.Upstream.Serve(FormattableString.Invariant($"api.example.org/scores/S-{i}"), """{"score": 7}""");
        Task<CommandResult> pulls = RiskProcess.RunAsync(one, "sources", "pull", "own-scores", "--json"), others = RiskProcess.RunAsync(two, "sources", "pull", "own-scores", "--json");
        for (int i = 0; i < Suppliers / 2; i++) await one.Upstream.RequestArrivedAsync();
        redis.Kill();
        for (int i = 0; i < Suppliers / 4; i++) await one.Upstream.RequestArrivedAsync();
        redis.StartAgain();
        CommandResult[] ended = await Task.WhenAll(pulls, others);
        Assert.All(ended, e => Assert.True(e.ExitCode == 0, e.Error + e.Output));
        foreach (Workbench bench in (Workbench[])[one, two])
        {
            var known = await bench.ReadAsync(s => s.Signals.LoadAsync([.. Enumerable.Range(1, Suppliers).Select(i => new SupplierId(FormattableString.Invariant($"S-{i}")))], null, CancellationToken.None));
            Assert.Equal(Suppliers, known.Count);
        }

        StubRequest[] requests = [.. one.Upstream.Requests.Where(r => r.Host == "api.example.org")];
        Assert.Equal(2 * Suppliers, requests.Length);
        AssertKept([.. requests.Select(r => r.At)], new HostLimit(["api.example.org"], "own-scores", 40, TimeSpan.FromSeconds(1)));
    }

    [RedisFact]
    public async Task Answers_Shared_AreFoundByTheOtherWorkerAndByNobodyOnceDamaged()
    {
        using RedisServer redis = RedisServer.Start();
        await using RedisLink first = new(redis.Address, TimeProvider.System), second = new(redis.Address, TimeProvider.System);
        var answer = new CachedAnswer("\"1\"", "", "application/json", "", Encoding.UTF8.GetBytes("""{"a":1}"""));
        var own = new MemoryAnswers();
        await new RedisAnswers(first, own).StoreAsync("k", answer, CancellationToken.None);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString((await new RedisAnswers(second, own).FindAsync("k", CancellationToken.None))!.Body.Span));
        Assert.Empty(own.Kept);

        await first.TryAsync(r => r.StringSetAsync("risk:answer:k", "damaged"), CancellationToken.None);
        Assert.Null(await new RedisAnswers(second, own).FindAsync("k", CancellationToken.None));

        redis.Kill();
        await new RedisAnswers(first, own).StoreAsync("k", answer, CancellationToken.None);
        Assert.NotNull(await new RedisAnswers(first, own).FindAsync("k", CancellationToken.None));
        Assert.Single(own.Kept);
    }

    /// <summary>In no window more than the limit, but for one request that was late on its way.</summary>
    private static void AssertKept(List<long> at, HostLimit limit)
    {
        at.Sort();
        for (int i = 0; i + limit.Permits + 1 < at.Count; i++)
        {
            TimeSpan span = TimeProvider.System.GetElapsedTime(at[i], at[i + limit.Permits + 1]);
            Assert.True(span >= limit.Window, string.Create(CultureInfo.InvariantCulture, $"{limit.Permits + 2} requests in {span.TotalSeconds:0.000} s"));
        }
    }

    private sealed class MemoryAnswers : IAnswerCache
    {
        public Dictionary<string, CachedAnswer> Kept { get; } = [];

        public Task<CachedAnswer?> FindAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Kept.GetValueOrDefault(key));

        public Task StoreAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
        {
            Kept[key] = answer;
            return Task.CompletedTask;
        }

        public Task RemoveAsync(string key, CancellationToken cancellationToken)
        {
            Kept.Remove(key);
            return Task.CompletedTask;
        }
    }
}
