using Risk.Worker.Evaluation;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Http;
using Risk.Worker.Observability;
using Risk.Worker.Scheduling;

namespace Risk.Worker.Hosting;

/// <summary>The long-running worker: Quartz drives the cycle, Kestrel answers health checks on loopback.</summary>
internal static class RiskService
{
    /// <summary>How long a stop waits for running jobs; what is not done by then goes on after the next start.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <param name="files">Fingerprint of the files before the book was read from them.</param>
    public static async Task RunAsync(RiskApplication application, RuleBook book, string files, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => { console.SingleLine = true; console.UseUtcTimestamp = true; console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ "; });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning);
        builder.WebHost.UseUrls(application.Options.HealthUrl);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddSingleton(application.Clock);
        builder.Services.AddSingleton(application.Store);
        builder.Services.AddSingleton(application.Sources);
        builder.Services.AddSingleton(services => application.Cycle(book, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => new RuleReload(application, services.GetRequiredService<RiskCycle>(), files, services.GetRequiredService<ILoggerFactory>())
        {
            WhenTakenOver = services.GetRequiredService<SourceSchedules>().FollowAsync,
        });
        builder.Services.AddScheduling(application.Options.StorePath, application.Sources.Enabled.Length, application.Clock);

        // After the schedules, which adopt what the store holds to the first set.
        builder.Services.AddHostedService<ReloadService>();
        await using WebApplication web = builder.Build();
        HealthEndpoints.Map(web, application.Store, web.Services.GetRequiredService<RuleReload>(), application.Redis);
        using var bounds = new RequestBounds();
        new ActionPages(application.Store, application.Clock, application.Links).Map(web, bounds);
        new ActionApi(application.Store, application.Clock, application.Options.ApiTokens, application.Secrets).Map(web, bounds);
        await using (Storage.IStoreSession session = await application.Store.ReadAsync(cancellationToken))
        {
            int suppliers = (await session.Suppliers.ListAsync(null, cancellationToken)).Count;
            web.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(RiskService)).Started(book.Rules.Hash, book.Rules.Rules.Length, application.Sources.Enabled.Length, suppliers);
        }

        await web.RunAsync(cancellationToken);
    }
}
