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
/// </remarks>
internal sealed class DeliveryAttempt(DeliverySender sender, AlertDispatcher dispatcher, ILogger<DeliveryAttempt> logger)
{
    /// <param name="at">The attempt's instant.</param>
    /// <returns>When to run it again, or null when it has ended (or is unknown).</returns>
    public async Task<DateTimeOffset?> RunAsync(IRiskStore store, string deliveryId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Storage.Delivery? delivery = await LoadAsync(store, deliveryId, cancellationToken).ConfigureAwait(false);
        if (delivery is not { State: DeliveryState.Pending }) return null;
        if (delivery.NextAttemptAt > at) return delivery.NextAttemptAt;
        DeliveryOutcome outcome = await sender.AttemptAsync(delivery, cancellationToken).ConfigureAwait(false);

        // Not cancelled any more: the other side may have it, and that must be known.
        IStoreSession session = await store.WriteAsync(CancellationToken.None).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            Storage.Delivery? current = await session.Deliveries.FindAsync(deliveryId, CancellationToken.None).ConfigureAwait(false);
            if (current is not { State: DeliveryState.Pending }) return null;
            Storage.Delivery after = After(current, outcome, at);
            await session.Deliveries.UpdateAsync(after, CancellationToken.None).ConfigureAwait(false);
            if (after.State != DeliveryState.Pending) await EndAsync(session, after, at).ConfigureAwait(false);
            await session.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            if (after.State == DeliveryState.Pending) logger.DeliveryRetried(after.Id, after.Receiver, after.Attempts, after.LastError, after.NextAttemptAt);
            else if (after.State == DeliveryState.Dead) logger.DeliveryDead(after.Id, after.Receiver, after.LastError);
            return after.NextAttemptAt;
        }
    }

    /// <summary>The delivery after one more attempt.</summary>
    internal static Storage.Delivery After(Storage.Delivery delivery, DeliveryOutcome outcome, DateTimeOffset at)
    {
        // One that was put back may be tried for as long again as a new one.
        Storage.Delivery tried = delivery with { Attempts = delivery.Attempts + 1, NextAttemptAt = null };
        return outcome switch
        {
            DeliveryOutcome.Delivered delivered => tried with { State = DeliveryState.Delivered, EndedAt = at, LastError = "", Proof = delivered.Proof },
            DeliveryOutcome.RetryLater later when DeliveryRetry.NextAt(delivery.Id, delivery.EndedAt ?? delivery.CreatedAt, tried.Attempts, later, at) is { } next => tried with { NextAttemptAt = next, LastError = later.Reason },
            DeliveryOutcome.RetryLater later => tried with { State = DeliveryState.Dead, EndedAt = at, LastError = $"{later.Reason}; given up after {tried.Attempts} attempts in {DeliveryRetry.GiveUpAfter.TotalHours:0} h" },
            DeliveryOutcome.GaveUp gaveUp => tried with { State = DeliveryState.Dead, EndedAt = at, LastError = gaveUp.Reason },
            _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
        };
    }

    private async Task EndAsync(IStoreSession session, Storage.Delivery ended, DateTimeOffset at)
    {
        await session.Ledger.AppendAsync([LedgerEntryOf(ended)], at, CancellationToken.None).ConfigureAwait(false);
        ImmutableArray<AlertTransition> transitions = await DeliveryAlerts.ObserveAsync(session, ended, at, CancellationToken.None).ConfigureAwait(false);
        if (transitions.IsEmpty) return;
        await session.Alerts.SaveAsync(transitions, at, CancellationToken.None).ConfigureAwait(false);
        await dispatcher.OnTransitionsAsync(session, transitions, at, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<Storage.Delivery?> LoadAsync(IRiskStore store, string deliveryId, CancellationToken cancellationToken)
    {
        IStoreSession session = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false)) return await session.Deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false);
    }

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
}
