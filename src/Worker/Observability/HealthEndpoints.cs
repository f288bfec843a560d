using System.Text.Json.Nodes;
using Risk.Worker.Hosting.Reloading;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Redis;

namespace Risk.Worker.Observability;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the store answers, with the state of rules, sources, deliveries and Redis; <c>degraded</c> when changed files were refused or Redis, which is slower and not wrong, does not answer.</summary>
internal static class HealthEndpoints
{
    /// <param name="redis">Null: this installation has none.</param>
    public static void Map(WebApplication web, IRiskStore store, RuleReload reload, RedisLink? redis)
    {
        web.MapGet("/health/live", () => Results.Text("live\n"));
        web.MapGet("/health/ready", (CancellationToken cancellationToken) => ReadyAsync(store, reload.InForce, redis, cancellationToken));
    }

    private static async Task<IResult> ReadyAsync(IRiskStore store, RulesInForce rules, RedisLink? redis, CancellationToken cancellationToken)
    {
        try
        {
            await using IStoreSession session = await store.ReadAsync(cancellationToken);
            var sources = new JsonObject();
            foreach (SourceState state in await session.Sources.ListAsync(cancellationToken))
            {
                sources[state.Source.Value] = new JsonObject { ["lastSuccessAt"] = state.LastSuccessAt, ["failures"] = state.Failures, ["lastFailure"] = state.LastFailure };
            }

            IReadOnlyDictionary<DeliveryState, int> counts = await session.Deliveries.CountsAsync(cancellationToken);
            bool isRedisThere = redis is null || (await redis.TryAsync(static r => r.PingAsync(), cancellationToken)).Answered;
            var answer = new JsonObject
            {
                ["status"] = rules.Refusal is null && isRedisThere ? "ready" : "degraded",
                ["rules"] = RulesOf(rules),
                ["sources"] = sources,
                ["deliveries"] = new JsonObject { ["pending"] = counts.GetValueOrDefault(DeliveryState.Pending), ["dead"] = counts.GetValueOrDefault(DeliveryState.Dead) },
            };
            if (redis is not null) answer["redis"] = new JsonObject { ["address"] = redis.Address, ["answers"] = isRedisThere };
            return Results.Text(answer.ToJsonString(), "application/json");
        }
        catch (StoreException failure)
        {
            return Results.Text($"{failure.Message}\n", "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>The set that runs, and everything that is wrong with the files that do not.</summary>
    private static JsonObject RulesOf(RulesInForce rules)
    {
        var answer = new JsonObject { ["hash"] = rules.Hash, ["rules"] = rules.Rules, ["since"] = rules.Since };
        if (rules.Refusal is not { } refusal) return answer;
        answer["refused"] = new JsonObject
        {
            ["at"] = refusal.At,
            ["summary"] = refusal.Summary,
            ["errors"] = new JsonArray([.. refusal.Errors.Select(e => JsonValue.Create((e with { SourceLine = null }).Format()))]),
        };
        return answer;
    }
}
