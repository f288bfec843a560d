using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>
/// Someone is told when a channel takes nothing for a while, and when a delivery is given up: one system alert of each kind for each receiver and channel, open until a
/// delivery arrives there again. While it is open, further failures (its own mail among them) open no other, so a dead platform receiver cannot feed itself.
/// </summary>
internal static class DeliveryAlerts
{
    /// <summary>A delivery was given up.</summary>
    public const string LostRule = "delivery-failed";

    /// <summary>Deliveries wait because the target takes nothing.</summary>
    public const string FailingRule = "channel-failing";

    /// <summary>How long a delivery waits for its target before somebody is told.</summary>
    public static TimeSpan FailingAfter { get; } = TimeSpan.FromMinutes(15);

    /// <param name="tried">The delivery after an attempt.</param>
    /// <param name="failingFor">How long it has waited for a target that takes nothing; zero when that is not so.</param>
    public static async Task<ImmutableArray<AlertTransition>> ObserveAsync(IStoreSession session, Storage.Delivery tried, TimeSpan failingFor, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string key = KeyOf(tried.Receiver, tried.Channel);
        var transitions = ImmutableArray.CreateBuilder<AlertTransition>();
        foreach (string rule in (string[])[FailingRule, LostRule])
        {
            bool opens = rule == LostRule ? tried.State == DeliveryState.Dead : failingFor >= FailingAfter && tried.State == DeliveryState.Pending, ends = tried.State == DeliveryState.Delivered;
            if (!opens && !ends) continue;
            Alert? open = await session.Alerts.FindFiringAsync(rule, key, cancellationToken).ConfigureAwait(false);
            if (opens && open is null) transitions.Add(new AlertTransition(AlertTransitionKind.Opened, rule == LostRule ? Lost(tried, key, at) : Failing(tried, key, at)));
            else if (ends && open is not null) transitions.Add(new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = at, Resolution = "cleared" }));
        }

        return transitions.ToImmutable();
    }

    public static string KeyOf(string receiver, string channel) => $"{receiver}/{channel}";

    /// <summary>The receiver and channel that the alert calls failing, or null when it is about something else.</summary>
    public static (string Receiver, string Channel)? Blamed(Alert alert) =>
        alert.Kind == AlertKind.System && alert.Rule is LostRule or FailingRule && alert.Key.LastIndexOf('/') is > 0 and var slash ? (alert.Key[..slash], alert.Key[(slash + 1)..]) : null;

    private static Alert Lost(Storage.Delivery dead, string key, DateTimeOffset at) => Open(dead, LostRule, key, at) with
    {
        Title = "A notification could not be delivered",
        Message = $"Receiver {dead.Receiver} ({dead.Channel}) lost a notification to {dead.Recipient}: {dead.LastError}",
        Next = $"Mend the cause, then: risk deliveries redeliver {dead.Id}",
    };

    private static Alert Failing(Storage.Delivery waiting, string key, DateTimeOffset at) => Open(waiting, FailingRule, key, at) with
    {
        Title = "A channel takes no notifications",
        Message = $"Receiver {waiting.Receiver} ({waiting.Channel}) takes nothing since {waiting.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC or longer: {waiting.LastError}",
        Next = "Mend the cause; what waits goes out by itself for 72 hours. risk deliveries list --state pending",
    };

    private static Alert Open(Storage.Delivery delivery, string rule, string key, DateTimeOffset at) => new()
    {
        EpisodeId = StableId.Of("episode", rule, key, delivery.Id),
        Rule = rule,
        Key = key,
        Kind = AlertKind.System,
        Severity = Severity.High,
        Labels = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            [KeyValuePair.Create("category", "system"), KeyValuePair.Create("key", key), KeyValuePair.Create("kind", AlertKind.System), KeyValuePair.Create("rule", rule), KeyValuePair.Create("severity", "high")]),
        Title = "",
        Message = "",
        StartsAt = at,
    };
}
