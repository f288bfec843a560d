using System.Text.Json.Nodes;
using Risk.Worker.Hosting;
using Risk.Worker.Storage;

namespace Risk.Worker.Observability;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the store answers, with the state of sources and deliveries.</summary>
internal static class HealthEndpoints
{
    public static void Map(WebApplication web, RiskApplication application)
    {
        web.MapGet("/health/live", () => Results.Text("live\n"));
        web.MapGet("/health/ready", (CancellationToken cancellationToken) => ReadyAsync(application, cancellationToken));
    }

    private static async Task<IResult> ReadyAsync(RiskApplication application, CancellationToken cancellationToken)
    {
        try
        {
            await using IStoreSession session = await application.Store.ReadAsync(cancellationToken);
            var sources = new JsonObject();
            foreach (SourceState state in await session.Sources.ListAsync(cancellationToken))
            {
                sources[state.Source.Value] = new JsonObject { ["lastSuccessAt"] = state.LastSuccessAt, ["failures"] = state.Failures, ["lastFailure"] = state.LastFailure };
            }

            IReadOnlyDictionary<DeliveryState, int> counts = await session.Deliveries.CountsAsync(cancellationToken);
            var answer = new JsonObject
            {
                ["status"] = "ready",
                ["sources"] = sources,
                ["deliveries"] = new JsonObject { ["pending"] = counts.GetValueOrDefault(DeliveryState.Pending), ["dead"] = counts.GetValueOrDefault(DeliveryState.Dead) },
            };
            return Results.Text(answer.ToJsonString(), "application/json");
        }
        catch (StoreException failure)
        {
            return Results.Text($"{failure.Message}\n", "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
