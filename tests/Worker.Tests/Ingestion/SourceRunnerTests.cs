using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Connectors.Sdk;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Testing;
using Risk.Worker.Cli;
using Risk.Worker.Hosting;
using Risk.Worker.Ingestion;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Ingestion;

public sealed class SourceRunnerTests
{
    private static readonly CommandOutput Silent = new(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);

    /// <summary>Four sources whose upstreams do not answer hold every reading place; one that is slow by its upstream's limit needs none.</summary>
    [Fact]
    public async Task Run_EveryPlaceTaken_SlowSourcesGoOnAndOthersWait()
    {
        await using Workbench bench = await Workbench.StartAsync();
        string[] stuck = ["own-a", "own-b", "own-c", "own-d", "own-e"];
        foreach (string id in stuck) bench.Write($"sources/{id}.yaml", Workbench.Source(id));
        foreach (string id in stuck) bench.Upstream.Fail($"api.example.org/{id}", Faults.Hang);
        bench.Write("suppliers.csv", "id,name,tier,owner,lei\nS-1,A,2,owner1@buyer.example,549300O897ZC5H7CY412\n");
        bench.Settings["Risk:Sources:Enabled"] = "gleif,own-a,own-b,own-c,own-d,own-e";
        await using RiskApplication application = await bench.OpenAsync();
        Catalog catalog = (await PortfolioSync.ImportAsync(application, Silent, static _ => { }, CancellationToken.None)).Catalog;
        using SourceRunner runner = application.Runner(NullLoggerFactory.Instance);
        using var stop = new CancellationTokenSource();

        Task[] waiting = [.. stuck.Select(id => runner.RunAsync(new SourceId(id), catalog, static (_, _, _) => { }, stop.Token))];
        SourceRunResult slow = await runner.RunAsync(new SourceId("gleif"), catalog, static (_, _, _) => { }, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Single(slow.SupplierFailures);
        Assert.All(waiting, t => Assert.False(t.IsCompleted));
        Assert.DoesNotContain(bench.Upstream.Requests, r => r.Path == "/own-e");
        await stop.CancelAsync();
        foreach (Task task in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    /// <summary>What was found of the suppliers before the source failed is stored, also of the last few; those after it are asked next time.</summary>
    [Fact]
    public async Task Run_SourceFailsHalfWay_KeepsWhatWasFound()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own-a.yaml", Workbench.Source("own-a").Replace("ask: once", "ask: each-supplier\nneeds: domain", StringComparison.Ordinal)
            .Replace("example.org/own-a", "example.org/{supplier.domain}", StringComparison.Ordinal).Replace("join: {id: row.id}\n", "", StringComparison.Ordinal));
        bench.Write("suppliers.csv", "id,name,tier,owner,domain\n" + string.Concat(Enumerable.Range(1, 5).Select(i => $"S-{i},A{i},2,owner{i}@buyer.example,s{i}.example\n")));
        bench.Settings["Risk:Sources:Enabled"] = "own-a";
        for (int i = 1; i <= 5; i++) bench.Upstream.Serve($"api.example.org/s{i}.example", """[{"id": "x", "score": 7}]""");
        bench.Upstream.Fail("api.example.org/s4.example", Faults.Status(403));
        await using RiskApplication application = await bench.OpenAsync();
        Catalog catalog = (await PortfolioSync.ImportAsync(application, Silent, static _ => { }, CancellationToken.None)).Catalog;
        using SourceRunner runner = application.Runner(NullLoggerFactory.Instance);

        SourceRunResult run = await runner.RunAsync(new SourceId("own-a"), catalog, static (_, _, _) => { }, CancellationToken.None);

        Assert.Equal((FailureKind.Forbidden, 3, 3), (run.Failure?.Kind, run.Added, run.Checked));
    }

    /// <summary>A field that is new is told when it is met first, and not again after a run that read nothing new.</summary>
    [Fact]
    public async Task Run_FormatChanged_IsToldOnce()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.Write("sources/own-a.yaml", Workbench.Source("own-a"));
        bench.Settings["Risk:Sources:Enabled"] = "own-a";
        await using RiskApplication application = await bench.OpenAsync();
        Catalog catalog = (await PortfolioSync.ImportAsync(application, Silent, static _ => { }, CancellationToken.None)).Catalog;
        using var told = new KeptLogs();
        using SourceRunner runner = application.Runner(told);
        foreach (string answer in (string[])["""[{"id": "S-1", "score": 7, "colour": 1}]""", """[{"id": "S-1", "score": 8}]""", """[{"id": "S-1", "score": 9, "colour": 1}]""", """[{"id": "S-1", "score": 9, "colour": 1, "size": 1}]"""])
        {
            bench.Upstream.Serve("api.example.org/own-a", answer);
            Assert.True((await runner.RunAsync(new SourceId("own-a"), catalog, static (_, _, _) => { }, CancellationToken.None)).Succeeded);
        }

        Assert.Equal(["Unknown colour (1)", "Unknown size (1)"], told.Lines.Select(l => l[l.IndexOf("Unknown", StringComparison.Ordinal)..]));
    }

    private sealed class KeptLogs : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
