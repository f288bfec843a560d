using System.Globalization;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Delivery;

/// <summary>Puts deliveries that were given up back among those that wait, after someone mended the cause.</summary>
/// <remarks>They are the same deliveries: same id, same bytes, and their attempts so far stay in the record. Only the time they may be tried for starts anew.</remarks>
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
            (Storage.Delivery? delivery, string unknown) = await FindAsync(session, id, cancellationToken).ConfigureAwait(false);
            if (delivery is null) return (null, unknown);
            if (RefusalOf(delivery) is { } refusal) return (null, refusal);
            Storage.Delivery waiting = await PutBackAsync(session, delivery, at, cancellationToken).ConfigureAwait(false);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (waiting, "");
        }
    }

    /// <summary>Everything that was given up, or what of it was for one receiver; oldest first, all of it or nothing.</summary>
    public static async Task<IReadOnlyList<Storage.Delivery>> PutAllBackAsync(IRiskStore store, string? receiver, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IStoreSession session = await store.WriteAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var waiting = new List<Storage.Delivery>();
            foreach (Storage.Delivery dead in (await session.Deliveries.ListAsync(DeliveryState.Dead, int.MaxValue, cancellationToken).ConfigureAwait(false)).Where(d => receiver is null || d.Receiver == receiver).Reverse())
                waiting.Add(await PutBackAsync(session, dead, at, cancellationToken).ConfigureAwait(false));
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
            return waiting;
        }
    }

    /// <summary>A delivery by its id or the beginning of it; or null, and why there is none.</summary>
    public static async Task<(Storage.Delivery? Delivery, string Refusal)> FindAsync(IStoreSession session, string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> ids = await session.Deliveries.IdsAsync(id, 2, cancellationToken).ConfigureAwait(false);
        if (ids.Count > 1) return (null, $"'{id}' begins more than one delivery id; give more characters");
        if (ids.Count == 0) return (null, $"there is no delivery '{id}'; 'risk deliveries list --state dead' tells which were given up");
        return (await session.Deliveries.FindAsync(ids[0], cancellationToken).ConfigureAwait(false), "");
    }

    private static async Task<Storage.Delivery> PutBackAsync(IStoreSession session, Storage.Delivery dead, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Storage.Delivery waiting = dead with { State = DeliveryState.Pending, NextAttemptAt = at, EndedAt = at };
        await session.Deliveries.UpdateAsync(waiting, cancellationToken).ConfigureAwait(false);
        return waiting;
    }

    private static string? RefusalOf(Storage.Delivery delivery) => delivery switch
    {
        { State: DeliveryState.Pending } => $"delivery {delivery.Id} was not given up: it waits and is tried by itself{(delivery.NextAttemptAt is { } next ? $", next at {Instant(next)}" : "")}",
        { State: DeliveryState.Delivered } => $"delivery {delivery.Id} arrived{(delivery.EndedAt is { } ended ? $" at {Instant(ended)}" : "")} and is not sent a second time",
        _ => null,
    };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
