using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Risk.Worker.Cli;
using Risk.Worker.Evaluation;
using Risk.Worker.Hosting;
using Risk.Worker.Scheduling;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Scheduling;

/// <summary>A workbench's application with its scheduler, which is not started, over the real tables in the store's own file.</summary>
internal sealed record SchedulingBench(RiskApplication Application, ServiceProvider Services) : IAsyncDisposable
{
    public DeliveryQueue Queue => Services.GetRequiredService<DeliveryQueue>();

    public SourceSchedules Sources => Services.GetRequiredService<SourceSchedules>();

    public static async Task<SchedulingBench> OpenAsync(Workbench bench)
    {
        RiskApplication application = await bench.OpenAsync();
        var silent = new CommandOutput(TextWriter.Null, TextWriter.Null, isTerminal: false, json: true);
        RuleBook book = await PortfolioSync.ImportAsync(application, silent, static _ => { }, CancellationToken.None);
        RiskCycle cycle = application.Cycle(book);
        var services = new ServiceCollection();
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(application.Clock);
        services.AddSingleton(application.Store);
        services.AddSingleton(application.Sources);
        services.AddSingleton(cycle);
        services.AddScheduling(application.Options.StorePath, 0, TimeProvider.System);
        return new SchedulingBench(application, services.BuildServiceProvider());
    }

    public async Task<IScheduler> SchedulerAsync() => await Services.GetRequiredService<ISchedulerFactory>().GetScheduler(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Application.DisposeAsync();
    }
}
