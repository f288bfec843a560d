using System.Globalization;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>Puts a delivery that was given up back among those that wait, after someone mended the cause.</summary>
/// <remarks>It is the same delivery: same id, same bytes, and its attempts so far stay in the record. Only the time it may be tried for starts anew.</remarks>
internal static class Redelivery
{
    /// <param name="id">The delivery's id, or its beginning.</param>
    /// <param name="at">Now: it is due at once.</param>
    /// <returns>The delivery as it waits now; or null, and why it was refused.</returns>
    public static async Task<(Storage.Delivery? Delivery, string Refusal)> PutBackAsync(IRiskStore store, string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IStoreSession session = await store.WriteAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            string[] ids = [.. (await session.Deliveries.ListAsync(null, int.MaxValue, cancellationToken).ConfigureAwait(false)).Select(d => d.Id).Where(known => known.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
            if (ids.Length > 1) return (null, $"'{id}' begins {ids.Length} delivery ids; give more characters");
            Storage.Delivery? delivery = ids.Length == 0 ? null : await session.Deliveries.FindAsync(ids[0], cancellationToken).ConfigureAwait(false);
            if (RefusalOf(delivery, id) is { } refusal) return (null, refusal);
            Storage.Delivery waiting = delivery! with { State = DeliveryState.Pending, NextAttemptAt = at, EndedAt = at };
            await session.Deliveries.UpdateAsync(waiting, cancellationToken).ConfigureAwait(false);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (waiting, "");
        }
    }

    private static string? RefusalOf(Storage.Delivery? delivery, string id) => delivery switch
    {
        null => $"there is no delivery '{id}'; 'risk deliveries list --state dead' tells which were given up",
        { State: DeliveryState.Pending } => $"delivery {delivery.Id} was not given up: it waits and is tried by itself{(delivery.NextAttemptAt is { } next ? $", next at {Instant(next)}" : "")}",
        { State: DeliveryState.Delivered } => $"delivery {delivery.Id} arrived{(delivery.EndedAt is { } ended ? $" at {Instant(ended)}" : "")} and is not sent a second time",
        _ => null,
    };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
