using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Testing;
using Risk.Worker.Cli;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Observability;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Observability;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task Ready_AfterARun_TellsSourcesAndDeliveries()
    {
        await using Workbench bench = await Workbench.StartAsync();
        await bench.RunAsync();
        JsonElement answer = await AskAsync(bench, static () => { });
        Assert.Equal("ready", answer.GetProperty("status").GetString());
        Assert.Equal(0, answer.GetProperty("sources").GetProperty("cisa-kev").GetProperty("failures").GetInt32());
        Assert.Equal(0, answer.GetProperty("deliveries").GetProperty("dead").GetInt32());
        Assert.False(answer.TryGetProperty("redis", out _));
    }

    /// <summary>Without Redis the worker is slower and not wrong: it serves, and says so.</summary>
    [RedisFact]
    public async Task Ready_RedisGone_IsDegraded()
    {
        await using Workbench bench = await Workbench.StartAsync();
        using RedisServer server = RedisServer.Start();
        bench.Settings["Risk:Redis"] = server.Address;
        JsonElement there = await AskAsync(bench, static () => { }), gone = await AskAsync(bench, server.Kill);
        Assert.Equal(("ready", true), (there.GetProperty("status").GetString(), there.GetProperty("redis").GetProperty("answers").GetBoolean()));
        Assert.Equal(("degraded", false), (gone.GetProperty("status").GetString(), gone.GetProperty("redis").GetProperty("answers").GetBoolean()));
        Assert.Equal(server.Address, gone.GetProperty("redis").GetProperty("address").GetString());
    }

    private static async Task<JsonElement> AskAsync(Workbench bench, Action before)
    {
        // Redis is another program: its answers take real time.
        await using RiskApplication application = await RiskApplication.OpenAsync(new ConfigurationBuilder().AddInMemoryCollection(bench.Settings).Build(), CancellationToken.None, TimeProvider.System);
        var silent = new CommandOutput(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);
        RuleBook book = await PortfolioSync.ImportAsync(application, silent, static _ => { }, CancellationToken.None);
        using RiskCycle cycle = application.Cycle(book);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication web = builder.Build();
        HealthEndpoints.Map(web, application.Store, new RuleReload(application, cycle, "", NullLoggerFactory.Instance), application.Redis);
        await web.StartAsync();
        before();
        using var http = new HttpClient { BaseAddress = new Uri(web.Urls.First()) };
        Assert.Equal("live\n", await http.GetStringAsync(new Uri("/health/live", UriKind.Relative)));
        return JsonElement.Parse(await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative)));
    }
}
