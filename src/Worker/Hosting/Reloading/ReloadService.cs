using Risk.Worker.Observability;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting.Reloading;

/// <summary>Looks at the workspace's files every second as long as the service runs.</summary>
internal sealed class ReloadService(RuleReload reload, TimeProvider clock, ILogger<RuleReload> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>A store or drive that is away for a moment ends no service: the next look comes in a second.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reload.LookAsync(clock.GetUtcNow(), cancellationToken);
        }
        catch (Exception failure) when (failure is StoreException or IOException or UnauthorizedAccessException)
        {
            logger.ReloadPostponed(failure.Message);
        }
    }
}
