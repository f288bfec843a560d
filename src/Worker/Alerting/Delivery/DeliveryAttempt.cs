using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Worker.Observability;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>One attempt at a stored delivery, with its outcome stored. Safe to run again at any time: what was delivered is not sent again.</summary>
/// <remarks>
/// The bytes leave before the outcome is stored. A crash between the two sends once more, under the same id, which receivers use to tell; the other order would lose alerts.
/// What one recipient gets of one group goes out in the order it was made.
/// </remarks>
internal sealed class DeliveryAttempt(DeliverySender sender, AlertDispatcher dispatcher, ILogger<DeliveryAttempt> logger)
{
    /// <summary>How long a message waits for an older one of its group and recipient. Longer would let one that a receiver cannot take hold up all that follow.</summary>
    public static TimeSpan WaitsForOlder { get; } = TimeSpan.FromHours(1);

    /// <summary>When to look again at a delivery that another job is sending.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <param name="at">The attempt's instant.</param>
    /// <returns>When to run it again, or null when it has ended (or is unknown).</returns>
    public async Task<DateTimeOffset?> RunAsync(IRiskStore store, string deliveryId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        (Storage.Delivery? delivery, IReadOnlyList<Storage.Delivery> older) = await LoadAsync(store, deliveryId, cancellationToken).ConfigureAwait(false);
        if (delivery is not { State: DeliveryState.Pending }) return null;
        if (delivery.NextAttemptAt > at) return delivery.NextAttemptAt;
        if (older.Count > 0)
        {
            DateTimeOffset patience = delivery.CreatedAt + WaitsForOlder;
            if (at < patience) return Earlier(patience, Later(older[0].NextAttemptAt ?? at, at + Soon));

            // Not later than itself, whenever they would be due: after an outage everything arrives in order.
            foreach (Storage.Delivery first in older) await TryAsync(store, first.Id, at, cancellationToken).ConfigureAwait(false);
        }

        return await TryAsync(store, deliveryId, at, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same without regard to when it is due or what waits before it.</summary>
    public async Task<DateTimeOffset?> TryAsync(IRiskStore store, string deliveryId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!sender.Traffic.TryBegin(deliveryId)) return at + Soon;
        try
        {
            (Storage.Delivery? delivery, _) = await LoadAsync(store, deliveryId, cancellationToken).ConfigureAwait(false);
            if (delivery is not { State: DeliveryState.Pending }) return null;
            bool isLastChance = at + DeliveryRetry.Longest >= Since(delivery) + DeliveryRetry.GiveUpAfter;
            DeliveryOutcome outcome = await sender.AttemptAsync(delivery, isLastChance, cancellationToken).ConfigureAwait(false);

            // Not cancelled any more: the other side may have it, and that must be known.
            return await RecordAsync(store, deliveryId, outcome, at).ConfigureAwait(false);
        }
        finally
        {
            sender.Traffic.End(deliveryId);
        }
    }

    private async Task<DateTimeOffset?> RecordAsync(IRiskStore store, string deliveryId, DeliveryOutcome outcome, DateTimeOffset at)
    {
        IStoreSession session = await store.WriteAsync(CancellationToken.None).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            Storage.Delivery? current = await session.Deliveries.FindAsync(deliveryId, CancellationToken.None).ConfigureAwait(false);
            if (current is not { State: DeliveryState.Pending }) return null;
            Storage.Delivery after = After(current, outcome, at);
            await session.Deliveries.UpdateAsync(after, CancellationToken.None).ConfigureAwait(false);
            if (after.Attempts > current.Attempts) await session.Deliveries.AddAttemptAsync(RecordOf(after, at), CancellationToken.None).ConfigureAwait(false);
            if (after.State != DeliveryState.Pending) await session.Ledger.AppendAsync([LedgerEntryOf(after)], at, CancellationToken.None).ConfigureAwait(false);
            await TellAsync(session, after, outcome, at).ConfigureAwait(false);
            await session.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            if (outcome is DeliveryOutcome.Postponed) logger.DeliveryPostponed(after.Id, after.Receiver, after.LastError);
            else if (after.State == DeliveryState.Pending) logger.DeliveryRetried(after.Id, after.Receiver, after.Attempts, after.LastError, after.NextAttemptAt);
            else if (after.State == DeliveryState.Dead) logger.DeliveryDead(after.Id, after.Receiver, after.LastError);
            return after.NextAttemptAt;
        }
    }

    /// <summary>The delivery after one more attempt.</summary>
    internal static Storage.Delivery After(Storage.Delivery delivery, DeliveryOutcome outcome, DateTimeOffset at)
    {
        Storage.Delivery tried = delivery with { Attempts = delivery.Attempts + 1, NextAttemptAt = null };
        return outcome switch
        {
            DeliveryOutcome.Delivered delivered => tried with { State = DeliveryState.Delivered, EndedAt = at, LastError = "", Proof = delivered.Proof },
            DeliveryOutcome.RetryLater later when DeliveryRetry.NextAt(delivery.Id, Since(delivery), tried.Attempts, later, at) is { } next => tried with { NextAttemptAt = next, LastError = later.Reason },
            DeliveryOutcome.RetryLater later => tried with { State = DeliveryState.Dead, EndedAt = at, LastError = $"{later.Reason}; given up after {tried.Attempts} attempts in {DeliveryRetry.GiveUpAfter.TotalHours:0} h" },
            DeliveryOutcome.GaveUp gaveUp => tried with { State = DeliveryState.Dead, EndedAt = at, LastError = gaveUp.Reason },
            DeliveryOutcome.Postponed postponed => delivery with { NextAttemptAt = at + Pause(postponed.For, at - Since(delivery)), LastError = postponed.Reason },
            _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
        };
    }

    /// <summary>An old one does not ask every few minutes: an outage of days would cost more in writing that down than in sending.</summary>
    private static TimeSpan Pause(TimeSpan circuit, TimeSpan age)
    {
        TimeSpan patience = age / 8 < LongestPause ? age / 8 : LongestPause;
        return circuit > patience ? circuit : patience;
    }

    /// <summary>One that was put back may be tried for as long again as a new one.</summary>
    private static DateTimeOffset Since(Storage.Delivery delivery) => delivery.EndedAt ?? delivery.CreatedAt;

    private async Task TellAsync(IStoreSession session, Storage.Delivery after, DeliveryOutcome outcome, DateTimeOffset at)
    {
        bool isTargetDown = outcome is DeliveryOutcome.Postponed or DeliveryOutcome.RetryLater { RecipientOnly: false };
        ImmutableArray<AlertTransition> transitions = await DeliveryAlerts.ObserveAsync(session, after, isTargetDown ? at - Since(after) : TimeSpan.Zero, at, CancellationToken.None).ConfigureAwait(false);
        if (transitions.IsEmpty) return;
        await session.Alerts.SaveAsync(transitions, at, CancellationToken.None).ConfigureAwait(false);
        await dispatcher.OnTransitionsAsync(session, transitions, at, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<(Storage.Delivery? Delivery, IReadOnlyList<Storage.Delivery> Older)> LoadAsync(IRiskStore store, string deliveryId, CancellationToken cancellationToken)
    {
        IStoreSession session = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            Storage.Delivery? delivery = await session.Deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false);
            return delivery is not { State: DeliveryState.Pending } ? (delivery, []) : (delivery, await session.Deliveries.WaitingBeforeAsync(delivery, cancellationToken).ConfigureAwait(false));
        }
    }

    private static AttemptRecord RecordOf(Storage.Delivery after, DateTimeOffset at) => after.State switch
    {
        DeliveryState.Delivered => new AttemptRecord(after.Id, after.Attempts, at, "delivered", after.Proof),
        DeliveryState.Dead => new AttemptRecord(after.Id, after.Attempts, at, "given-up", after.LastError),
        _ => new AttemptRecord(after.Id, after.Attempts, at, "failed", after.LastError),
    };

    private static (string Kind, string Subject, string Content) LedgerEntryOf(Storage.Delivery delivery)
    {
        var content = new JsonObject
        {
            ["attempts"] = delivery.Attempts,
            ["bodySha256"] = Convert.ToHexStringLower(SHA256.HashData(delivery.Body)),
            ["channel"] = delivery.Channel,
            ["error"] = delivery.LastError,
            ["notification"] = delivery.NotificationId,
            ["proof"] = delivery.Proof,
            ["recipient"] = delivery.Recipient,
            ["state"] = delivery.State.ToString(),
        };
        return ("delivery", delivery.Id, content.ToJsonString());
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
