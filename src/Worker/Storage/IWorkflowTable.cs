using Risk.Rules.Alerts;

namespace Risk.Worker.Storage;

/// <summary>Somebody took an episode.</summary>
/// <param name="By">Who, as they or their token are called.</param>
/// <param name="Note">"" when none was given.</param>
/// <param name="Revision">Revision of the alert they saw.</param>
public sealed record Acknowledgement(string By, DateTimeOffset At, string Note, int Revision);

/// <summary>Until an instant nobody is told of an episode, unless it gets worse.</summary>
public sealed record Snooze(DateTimeOffset Until, string By, string Reason);

/// <summary>What people did about one episode, as it stands.</summary>
public sealed record AlertWorkflow(string EpisodeId)
{
    /// <summary>Null while nobody has taken it.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>Who is to see to it, or "".</summary>
    public string Assignee { get; init; } = "";

    public Snooze? Snoozed { get; init; }

    /// <summary>Somebody took it as bad as it is; what got worse since wants to be taken again.</summary>
    public bool IsAcknowledged(Alert alert) => Acknowledged is { } taken && taken.Revision >= alert.Revision;

    public bool IsSnoozed(DateTimeOffset at) => Snoozed is { } snooze && at < snooze.Until;
}

/// <summary>One thing somebody did about an episode.</summary>
/// <param name="Kind">What: <c>acknowledged</c>, <c>assigned</c>, <c>snoozed</c> ...</param>
/// <param name="By">Who, or "risk" for the monitor itself.</param>
/// <param name="Via">How: <c>command</c>, <c>link</c>, <c>api</c>; "" for the monitor itself.</param>
/// <param name="Note">In words; "" when there is nothing to say.</param>
public sealed record AlertAct(string EpisodeId, DateTimeOffset At, string Kind, string By, string Via, string Note);

/// <summary>A waiver or false positive, and how it ended.</summary>
/// <param name="EndedAt">Null while it is in force.</param>
/// <param name="Why">Why it ended, or "".</param>
public sealed record StoredAcceptance(Acceptance Acceptance, DateTimeOffset? EndedAt, string Why);

/// <summary>What people did about alerts. An act, what it changes and its ledger entry are there together, or not at all.</summary>
public interface IWorkflowTable
{
    /// <summary>Null when nobody did anything about the episode.</summary>
    Task<AlertWorkflow?> FindAsync(string episodeId, CancellationToken cancellationToken);

    /// <summary>By episode; those nobody did anything about are not among them.</summary>
    Task<IReadOnlyDictionary<string, AlertWorkflow>> FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken);

    /// <summary>Stores how the episode stands after the act, and appends the act to its history and to the ledger.</summary>
    Task RecordAsync(AlertAct act, AlertWorkflow after, CancellationToken cancellationToken);

    /// <summary>Everything that was done about the episode, oldest first.</summary>
    Task<IReadOnlyList<AlertAct>> ActsAsync(string episodeId, CancellationToken cancellationToken);

    /// <summary>Episodes whose snooze ends at or before the instant, by that end.</summary>
    Task<IReadOnlyList<AlertWorkflow>> SnoozesOverAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Stores a waiver or false positive, or what became of it; from now on the supplier is evaluated with it.</summary>
    Task AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken);

    /// <summary>Notes that one is no longer in force.</summary>
    Task EndAsync(string id, DateTimeOffset at, string why, CancellationToken cancellationToken);

    /// <summary>Those in force, or (with <paramref name="ended"/>) all; by the end of their time, then id.</summary>
    Task<IReadOnlyList<StoredAcceptance>> AcceptancesAsync(bool ended, CancellationToken cancellationToken);

    /// <summary>Those in force whose time is up at or before the instant, by that end.</summary>
    Task<IReadOnlyList<Acceptance>> EndingAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>When a link from a mail was used and what it did; null while it was not.</summary>
    Task<(DateTimeOffset At, string Done)?> UsedLinkAsync(string id, CancellationToken cancellationToken);

    /// <summary>Notes that a link was used; forgets those that no longer work anyway.</summary>
    Task UseLinkAsync(string id, DateTimeOffset at, DateTimeOffset expiresAt, string done, CancellationToken cancellationToken);

    /// <summary>Null when there is none of the id.</summary>
    Task<StoredAcceptance?> FindAcceptanceAsync(string id, CancellationToken cancellationToken);
}
