using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>
/// Someone is told when a delivery is given up: one system alert for each receiver and channel, open until one to it arrives again. While it is open, further losses
/// (its own mail among them) open no other, so a dead platform receiver cannot feed itself.
/// </summary>
internal static class DeliveryAlerts
{
    public const string Rule = "delivery-failed";

    public static async Task<ImmutableArray<AlertTransition>> ObserveAsync(IStoreSession session, Storage.Delivery ended, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // A delivered one only matters after a loss.
        bool isDead = ended.State == DeliveryState.Dead;
        if (!isDead && (await session.Deliveries.CountsAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(DeliveryState.Dead) == 0) return [];
        string key = $"{ended.Receiver}/{ended.Channel}";
        Alert? open = await session.Alerts.FindFiringAsync(Rule, key, cancellationToken).ConfigureAwait(false);
        return (isDead, open) switch
        {
            (true, null) => [new AlertTransition(AlertTransitionKind.Opened, Open(ended, key, at))],
            (false, not null) => [new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = at, Resolution = "cleared" })],
            _ => [],
        };
    }

    private static Alert Open(Storage.Delivery dead, string key, DateTimeOffset at) => new()
    {
        EpisodeId = StableId.Of("episode", Rule, key, dead.Id),
        Rule = Rule,
        Key = key,
        Kind = AlertKind.System,
        Severity = Severity.High,
        Labels = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            [KeyValuePair.Create("category", "system"), KeyValuePair.Create("key", key), KeyValuePair.Create("kind", AlertKind.System), KeyValuePair.Create("rule", Rule), KeyValuePair.Create("severity", "high")]),
        Title = "A notification could not be delivered",
        Message = $"Receiver {dead.Receiver} ({dead.Channel}) lost a notification to {dead.Recipient}: {dead.LastError}",
        Next = $"Mend the cause, then: risk deliveries redeliver {dead.Id}",
        StartsAt = at,
    };
}
