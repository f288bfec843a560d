namespace Risk.Worker.Storage;

/// <summary>Why somebody is not told of an alert at once.</summary>
public enum HoldCause
{
    /// <summary>They get digests.</summary>
    Digest,

    /// <summary>They have had as many messages as they may get.</summary>
    Ceiling,

    /// <summary>Many came in a short time: they become one.</summary>
    Burst,

    /// <summary>Nobody is to be told of it for now.</summary>
    Muted,
}

/// <summary>An alert that waits for somebody's next digest or table.</summary>
/// <param name="Channel">With <paramref name="Recipient"/> and <paramref name="Episode"/> its key; recipients compare without case.</param>
/// <param name="Receiver">With <paramref name="ChannelIndex"/> the target it was to go to.</param>
/// <param name="Why">Of muted ones the reason, of others why the person gets it; lines, or "".</param>
/// <param name="IsFresh">New or worse, or over; false for a reminder.</param>
/// <param name="DueAt">When it is told; once told, when it is told again should that delivery have been given up.</param>
/// <param name="Delivery">The delivery that told it, or null.</param>
public sealed record DigestItem(
    string Channel, string Recipient, string Episode, string Receiver, int ChannelIndex, HoldCause Cause, string Why, bool IsFresh, DateTimeOffset HeldAt, DateTimeOffset DueAt, string? Delivery);

/// <summary>What waits for somebody.</summary>
/// <param name="DueAt">When the first of it is told.</param>
public sealed record WaitingItems(int Count, DateTimeOffset DueAt);

/// <summary>What people are told together, later. An item stays until a delivery with it arrived; what a delivery that was given up told is told again.</summary>
public interface IDigestTable
{
    /// <summary>Stores items; one with the same key is replaced, also when it is being told. One that waits stays fresh, and is told no later than it was to be.</summary>
    Task HoldAsync(IReadOnlyCollection<DigestItem> items, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="DueAsync"/> would find any.</summary>
    Task<bool> IsAnyDueAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Items that wait, or whose delivery was given up, and whose instant has come; by channel, recipient and episode. Forgets what has arrived.</summary>
    Task<IReadOnlyList<DigestItem>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>They are told by a delivery; should it be given up, they are due again at <paramref name="dueAt"/>. Null: they go on waiting until then, for the causes given.</summary>
    Task TakeAsync(IReadOnlyCollection<DigestItem> items, string? delivery, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>They were told otherwise, and wait no more.</summary>
    Task ForgetAsync(string channel, IReadOnlyCollection<(string Recipient, string Episode)> told, CancellationToken cancellationToken);

    /// <summary>What waits for each of the recipients, muted ones left out; recipients in lower case, those for whom nothing waits are not among them.</summary>
    Task<IReadOnlyDictionary<string, WaitingItems>> WaitingAsync(string channel, IReadOnlyCollection<string> recipients, CancellationToken cancellationToken);

    /// <summary>When each of the recipients was sent something since an instant, digests left out; recipients in lower case, instants in order.</summary>
    Task<ILookup<string, DateTimeOffset>> SentAsync(string channel, IReadOnlyCollection<string> recipients, DateTimeOffset since, CancellationToken cancellationToken);
}
