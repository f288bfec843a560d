using Risk.Worker.Evaluation;
using Risk.Worker.Observability;
using Risk.Worker.Scheduling;

namespace Risk.Worker.Hosting;

/// <summary>The long-running worker: Quartz drives the cycle, Kestrel answers health checks on loopback.</summary>
internal static class RiskService
{
    /// <summary>How long a stop waits for running jobs; what is not done by then goes on after the next start.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(RiskApplication application, RuleBook book, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => { console.SingleLine = true; console.UseUtcTimestamp = true; console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ "; });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning);
        builder.WebHost.UseUrls(application.Options.HealthUrl);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddSingleton(application.Clock);
        builder.Services.AddSingleton(application.Store);
        builder.Services.AddSingleton(application.Sources);
        builder.Services.AddSingleton(services => application.Attempts(book, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => application.Cycle(book, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddScheduling(application.Options.StorePath, application.Clock);
        await using WebApplication web = builder.Build();
        HealthEndpoints.Map(web, application);
        await using (Storage.IStoreSession session = await application.Store.ReadAsync(cancellationToken))
        {
            int suppliers = (await session.Suppliers.ListAsync(null, cancellationToken)).Count;
            web.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(RiskService)).Started(book.Rules.Hash, book.Rules.Rules.Length, application.Sources.Enabled.Length, suppliers);
        }

        await web.RunAsync(cancellationToken);
    }
}
