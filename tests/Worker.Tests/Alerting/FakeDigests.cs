using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

/// <summary>What waits for people, in memory.</summary>
internal sealed class FakeDigests(IReadOnlyDictionary<string, Delivery> deliveries) : IDigestTable
{
    private readonly SortedDictionary<(string, string, string), DigestItem> items = [];

    public IEnumerable<DigestItem> All => items.Values;

    public Task HoldAsync(IReadOnlyCollection<DigestItem> some, CancellationToken cancellationToken)
    {
        foreach (DigestItem item in some)
        {
            bool waits = items.TryGetValue(Key(item), out DigestItem? known) && known.Delivery is null;
            items[Key(item)] = waits ? item with { IsFresh = item.IsFresh || known!.IsFresh, DueAt = item.DueAt < known!.DueAt ? item.DueAt : known.DueAt } : item;
        }

        return Task.CompletedTask;
    }

    public async Task<bool> IsAnyDueAsync(DateTimeOffset at, CancellationToken cancellationToken) => (await DueAsync(at, cancellationToken)).Count > 0;

    public Task<IReadOnlyList<DigestItem>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (DigestItem arrived in items.Values.Where(i => i.Delivery is { } id && deliveries[id].State == DeliveryState.Delivered).ToArray()) items.Remove(Key(arrived));
        return Task.FromResult<IReadOnlyList<DigestItem>>([.. items.Values.Where(i => i.DueAt <= at && (i.Delivery is not { } id || deliveries[id].State == DeliveryState.Dead))]);
    }

    public Task TakeAsync(IReadOnlyCollection<DigestItem> some, string? delivery, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        foreach (DigestItem item in some) items[Key(item)] = items[Key(item)] with { Delivery = delivery, DueAt = dueAt, Cause = item.Cause };
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string channel, IReadOnlyCollection<(string Recipient, string Episode)> told, CancellationToken cancellationToken)
    {
        foreach ((string recipient, string episode) in told) items.Remove((channel, recipient.ToLowerInvariant(), episode));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, WaitingItems>> WaitingAsync(string channel, IReadOnlyCollection<string> recipients, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, WaitingItems>>(items.Values.Where(i => i.Channel == channel && i.Delivery is null && i.Cause != HoldCause.Muted && recipients.Contains(i.Recipient.ToLowerInvariant()))
            .GroupBy(i => i.Recipient.ToLowerInvariant()).ToDictionary(g => g.Key, g => new WaitingItems(g.Count(), g.Min(i => i.DueAt))));

    public Task<ILookup<string, DateTimeOffset>> SentAsync(string channel, IReadOnlyCollection<string> recipients, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(deliveries.Values.Where(d => d.Channel == channel && d.GroupKey != "digest" && d.CreatedAt >= since && recipients.Contains(d.Recipient.ToLowerInvariant()))
            .OrderBy(d => d.CreatedAt).ToLookup(d => d.Recipient.ToLowerInvariant(), d => d.CreatedAt));

    private static (string, string, string) Key(DigestItem item) => (item.Channel, item.Recipient.ToLowerInvariant(), item.Episode);
}

internal sealed class FakeEscalations : IEscalationTable
{
    private readonly SortedDictionary<string, EscalationClock> clocks = new(StringComparer.Ordinal);

    public Task SaveAsync(IReadOnlyCollection<EscalationClock> some, CancellationToken cancellationToken)
    {
        foreach (EscalationClock clock in some) clocks[clock.Episode] = clock;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<EscalationClock>> DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<EscalationClock>>([.. clocks.Values.Where(c => c.NextAt <= at).OrderBy(c => c.NextAt).Take(limit)]);

    public Task EndAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken)
    {
        foreach (string episode in episodes) clocks.Remove(episode);
        return Task.CompletedTask;
    }
}
