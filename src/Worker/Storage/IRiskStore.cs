using System.Collections.Immutable;
using System.Data.Common;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <summary>The durable store. One per process; sessions are cheap.</summary>
public interface IRiskStore : IAsyncDisposable
{
    /// <summary>Creates or migrates the schema. Idempotent; safe when two processes start at once.</summary>
    Task InitializeAsync(CancellationToken cancellationToken);

    /// <summary>A consistent view; several may be open at once, also beside a writer.</summary>
    Task<IStoreSession> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A transaction; disposing without <see cref="IStoreSession.CommitAsync"/> rolls back. One writer at a time: waits for its turn.</summary>
    Task<IStoreSession> WriteAsync(CancellationToken cancellationToken);
}

public interface IStoreSession : IAsyncDisposable
{
    ISupplierTable Suppliers { get; }

    ISignalTable Signals { get; }

    ISourceTable Sources { get; }

    IAssessmentTable Assessments { get; }

    IPortfolioRuleTable PortfolioRules { get; }

    IIdentityTable Identities { get; }

    IAlertTable Alerts { get; }

    IWorkflowTable Workflow { get; }

    IDeliveryTable Deliveries { get; }

    IDigestTable Digests { get; }

    IEscalationTable Escalations { get; }

    ILedger Ledger { get; }

    IHistoryTable History { get; }

    IScreeningTable Screening { get; }

    /// <summary>The open transaction, for schedulers that enlist in it.</summary>
    DbTransaction Transaction { get; }

    Task CommitAsync(CancellationToken cancellationToken);
}

/// <summary>A supplier as stored: who, since when, and whether evaluation is due.</summary>
/// <param name="KnownSince">When this version of the row was imported.</param>
/// <param name="RetiredAt">When it left the portfolio; null while it is in it.</param>
/// <param name="IdentitySince">Since when it has had its name, aliases, country, identifiers and products: what lists are matched on. Not after <paramref name="KnownSince"/>.</param>
public sealed record StoredSupplier(Supplier Supplier, DateTimeOffset KnownSince, DateTimeOffset? RetiredAt, DateTimeOffset IdentitySince);

/// <summary>How a portfolio differs from the one in force.</summary>
/// <param name="Added">By id, as are the others.</param>
/// <param name="InForce">Suppliers in force now.</param>
public sealed record SupplierComparison(ImmutableArray<Supplier> Added, ImmutableArray<(Supplier Before, Supplier After)> Changed, ImmutableArray<SupplierId> Retired, int InForce);

public sealed record SupplierChanges(ImmutableArray<Supplier> Added, ImmutableArray<Supplier> Changed, ImmutableArray<SupplierId> Retired)
{
    public bool IsEmpty => Added.IsEmpty && Changed.IsEmpty && Retired.IsEmpty;
}

/// <summary>Which state of the portfolio is in force.</summary>
public readonly record struct PortfolioStamp(int InForce, long Version);

public interface ISupplierTable
{
    /// <summary>In force (not retired) now, or at <paramref name="asOf"/>, by id.</summary>
    Task<IReadOnlyList<StoredSupplier>> ListAsync(DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>By id; retired ones too. Null when never known.</summary>
    Task<StoredSupplier?> FindAsync(SupplierId id, DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>Those of the ids that were ever known, as they are now; retired ones too. By id.</summary>
    Task<IReadOnlyList<StoredSupplier>> FindManyAsync(IReadOnlyCollection<SupplierId> ids, CancellationToken cancellationToken);

    /// <summary>Compares a whole portfolio with the one in force. Of what is in force only the differing suppliers are held in memory.</summary>
    Task<SupplierComparison> CompareAsync(IReadOnlyCollection<Supplier> portfolio, CancellationToken cancellationToken);

    /// <summary>How many are in force, and a number that changes with every <see cref="ApplyAsync"/>: two equal stamps, one portfolio.</summary>
    Task<PortfolioStamp> StampAsync(CancellationToken cancellationToken);

    /// <summary>Those in force that came or changed since the state of the portfolio, by id.</summary>
    Task<IReadOnlyList<SupplierId>> ChangedSinceAsync(long version, CancellationToken cancellationToken);

    /// <summary>Adds versions, closes the old ones, retires. History is kept. Marks the touched suppliers due for evaluation.</summary>
    Task ApplyAsync(SupplierChanges changes, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Names of the portfolio's own columns that any supplier in force has.</summary>
    Task<IReadOnlyList<string>> AttributeNamesAsync(CancellationToken cancellationToken);
}

public interface ISignalTable
{
    /// <summary>
    /// Stores the revisions that differ in content from the one in force, and returns the suppliers touched. With <paramref name="completeFor"/>, signals in force of the
    /// source for those suppliers (null entry list: every supplier) that are not in <paramref name="signals"/> get a withdrawn revision. Marks touched suppliers due.
    /// </summary>
    /// <param name="completeFor">Null: nothing is withdrawn; empty: all suppliers; else those named.</param>
    /// <param name="observedAt">When all of it became known here; it, not what the signals say, is stored.</param>
    Task<SignalChanges> RecordAsync(SourceId source, IReadOnlyList<Signal> signals, IReadOnlyCollection<SupplierId>? completeFor, DateTimeOffset observedAt, CancellationToken cancellationToken);

    /// <summary>Revisions known at <paramref name="asOf"/> (null: now), the latest of each natural key, withdrawn ones left out. By supplier.</summary>
    Task<ILookup<SupplierId, Signal>> LoadAsync(IReadOnlyCollection<SupplierId> suppliers, DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>Events of a feed as the sources told them, known at <paramref name="asOf"/> (null: now), of every supplier in force; withdrawn ones left out. By supplier, source and id.</summary>
    Task<IReadOnlyList<EventSignal>> EventsAsync(string feed, IReadOnlyCollection<SourceId> sources, DateTimeOffset? asOf, CancellationToken cancellationToken);
}

public sealed record SignalChanges(int Added, int Revised, int Withdrawn, ImmutableArray<SupplierId> Touched);

/// <summary>How a source stands.</summary>
/// <param name="Failures">Failed runs in a row.</param>
public sealed record SourceState(
    SourceId Source, DateTimeOffset? LastAttemptAt, DateTimeOffset? LastSuccessAt, string? LastFailure, FailureKind? LastFailureKind, int Failures, DateTimeOffset? NextDueAt, string? Checkpoint);

/// <summary>One run of a source, for the record.</summary>
public sealed record SourceRun(
    SourceId Source, DateTimeOffset StartedAt, DateTimeOffset EndedAt, bool Succeeded, string Failure, int Read, int Rejected, int Added, int Revised, int Withdrawn, int SuppliersChecked, int SuppliersFailed, string RejectedReasonsJson)
{
    /// <summary>Fields that were not as the format says: <c>{"Unknown name": 12}</c>.</summary>
    public string DriftJson { get; init; } = "{}";
}

/// <summary>A file that was refused.</summary>
/// <param name="Problem">Why, as people were told.</param>
/// <param name="FirstAt">When it was first refused; the same bytes may come again.</param>
/// <param name="ReleasedBy">Who had it applied after all; null: nobody.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record QuarantinedFile(Snapshot File, FailureKind Kind, string Problem, DateTimeOffset FirstAt, DateTimeOffset LastAt, string? ReleasedBy, string? Reason, DateTimeOffset? ReleasedAt);

public interface ISourceTable
{
    Task<SourceState?> FindAsync(SourceId source, CancellationToken cancellationToken);

    Task<IReadOnlyList<SourceState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores how the source stands. The checkpoint of a source that has one stays: only <see cref="SetCheckpointAsync"/> moves it, with the data.</summary>
    Task SaveAsync(SourceState state, CancellationToken cancellationToken);

    Task AddRunAsync(SourceRun run, CancellationToken cancellationToken);

    Task<IReadOnlyList<SourceRun>> RunsAsync(SourceId source, int newest, CancellationToken cancellationToken);

    Task SetCheckpointAsync(SourceId source, string checkpoint, CancellationToken cancellationToken);

    /// <summary>
    /// Records that the source was checked for one supplier, or (null) for every supplier in force. Of the day (UTC) before, only the last check is kept: a source
    /// that is checked every few minutes does not fill the store, and what was fresh on a past day can still be told.
    /// </summary>
    Task RecordCheckAsync(SourceId source, SupplierId? supplier, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Last checks at <paramref name="asOf"/> (null: now) per source; a whole-portfolio check counts for suppliers that were then as they are, in what lists are matched on.</summary>
    Task<IReadOnlyDictionary<SupplierId, IReadOnlyDictionary<SourceId, DateTimeOffset>>> LastChecksAsync(IReadOnlyCollection<StoredSupplier> suppliers, DateTimeOffset? asOf, CancellationToken cancellationToken);

    Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken);

    Task<IReadOnlyList<Snapshot>> SnapshotsAsync(SourceId source, CancellationToken cancellationToken);

    Task AcceptSnapshotAsync(Snapshot snapshot, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Notes a file that was refused; the same bytes again move <see cref="QuarantinedFile.LastAt"/> only.</summary>
    Task QuarantineAsync(Snapshot file, FailureKind kind, string problem, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Refused files of a source (null: of all), newest first.</summary>
    Task<IReadOnlyList<QuarantinedFile>> QuarantinedAsync(SourceId? source, CancellationToken cancellationToken);

    /// <summary>Notes, here and in the ledger, who had a refused file applied, and why. Belongs into the session that applies it.</summary>
    Task ReleaseAsync(Snapshot file, string by, string reason, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>The head of a supplier's latest assessment.</summary>
/// <param name="Coverage">0 to 1.</param>
public sealed record Standing(SupplierId Supplier, DateTimeOffset AsOf, decimal Score, Band Band, decimal Coverage);

public interface IAssessmentTable
{
    /// <summary>Suppliers whose signals, portfolio row or due instant make an evaluation necessary at <paramref name="at"/>, by id, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<SupplierId>> DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken);

    /// <summary>Identity of the rule set last adopted (its hash and the sources that feed it), or null before the first.</summary>
    Task<string?> RuleSetInForceAsync(CancellationToken cancellationToken);

    /// <summary>Remembers the rule set and marks every supplier in force due.</summary>
    Task AdoptRuleSetAsync(string identity, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Makes an evaluation of a supplier that was evaluated before necessary: something that is no signal changed.</summary>
    Task TouchAsync(SupplierId supplier, CancellationToken cancellationToken);

    /// <summary>The supplier's findings with the key were none: they end as ever at the next evaluation, and then nothing of them fades.</summary>
    Task ForgetPointsAsync(SupplierId supplier, string key, CancellationToken cancellationToken);

    /// <summary>One for each asked for; the initial one where none is stored. With the waivers and false positives that are in force.</summary>
    Task<IReadOnlyDictionary<SupplierId, SupplierState>> StatesAsync(IReadOnlyCollection<SupplierId> suppliers, CancellationToken cancellationToken);

    /// <summary>
    /// Stores states, and assessments that differ from the latest in more than their instant and the hash of the rules; clears the due marks, sets the next due instants.
    /// Batched. Returns how many assessments were new.
    /// </summary>
    /// <remarks>
    /// Load signals, evaluate and save in one write session: a supplier that another session touches between the load and the save would lose its mark.
    /// </remarks>
    Task<int> SaveAsync(IReadOnlyCollection<EvaluationResult> results, CancellationToken cancellationToken);

    /// <summary>The latest assessment not after <paramref name="asOf"/> (null: the latest), or null.</summary>
    Task<Assessment?> FindAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken);

    /// <summary>Latest assessments of all suppliers in force, by id.</summary>
    Task<IReadOnlyList<Assessment>> LatestAsync(CancellationToken cancellationToken);

    /// <summary>Where every assessed supplier in force stands, without findings, by id.</summary>
    Task<IReadOnlyList<Standing>> StandingsAsync(CancellationToken cancellationToken);

    /// <summary>Score history, oldest first.</summary>
    Task<IReadOnlyList<(DateTimeOffset At, decimal Score, Band Band)>> HistoryAsync(SupplierId supplier, DateTimeOffset since, CancellationToken cancellationToken);
}

public interface IAlertTable
{
    /// <summary>Stores the alerts' present form; appends the transitions to the episode's history.</summary>
    Task SaveAsync(IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken);

    Task<Alert?> FindAsync(string episodeId, CancellationToken cancellationToken);

    /// <summary>Those of the episodes that are known, by id.</summary>
    Task<IReadOnlyList<Alert>> FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken);

    /// <summary>Those whose episode id begins with the text, by id, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Alert>> StartingWithAsync(string episodePrefix, int limit, CancellationToken cancellationToken);

    /// <summary>What became of an episode, oldest first.</summary>
    Task<IReadOnlyList<(DateTimeOffset At, AlertTransition Transition)>> TransitionsAsync(string episodeId, CancellationToken cancellationToken);

    /// <summary>The firing alert of a rule and key that concerns no supplier (a fault of the monitor), or null.</summary>
    Task<Alert?> FindFiringAsync(string rule, string key, CancellationToken cancellationToken);

    /// <summary>Firing ones, or (with <paramref name="resolved"/>) all, newest start first.</summary>
    Task<IReadOnlyList<Alert>> ListAsync(bool resolved, CancellationToken cancellationToken);

    /// <summary>How many began at or after an instant, also those that are over.</summary>
    Task<int> CountSinceAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Alerts by group key that the group still has to speak of: firing ones and those resolved since the group's last notification.</summary>
    Task<IReadOnlyList<Alert>> OfGroupAsync(string groupKey, CancellationToken cancellationToken);

    /// <summary>Stores the group's state and adds members; those it has stay until they are released.</summary>
    Task SaveGroupAsync(AlertGroupState group, IReadOnlyCollection<string> memberEpisodes, CancellationToken cancellationToken);

    /// <summary>Firing ones by episode id, from after the one given ("" for the first), at most <paramref name="limit"/>: for walks over all of them.</summary>
    Task<IReadOnlyList<Alert>> FiringAsync(string after, int limit, CancellationToken cancellationToken);

    /// <summary>Of the episodes, every (group key, episode) that is a member of a group.</summary>
    Task<HashSet<(string GroupKey, string Episode)>> MembersAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken);

    Task<AlertGroupState?> FindGroupAsync(string groupKey, CancellationToken cancellationToken);

    /// <summary>Groups whose next flush is not after <paramref name="at"/>, by flush instant.</summary>
    Task<IReadOnlyList<AlertGroupState>> DueGroupsAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Takes resolved, announced members out of the group; those that still fire stay; an empty group is removed.</summary>
    Task ReleaseMembersAsync(string groupKey, IReadOnlyCollection<string> episodes, CancellationToken cancellationToken);
}

/// <summary>One aggregation group of a route (Alertmanager's group).</summary>
/// <param name="GroupKey">Route path and group labels; stable over restarts and reloads that keep the route.</param>
/// <param name="ThreadId">Mail thread of the group; new whenever the group was empty.</param>
/// <param name="NextFlushAt">Null when nothing is to be decided.</param>
/// <param name="LastSentAt">Null before the first notification.</param>
/// <param name="LastFiring">Episode, revision and fingerprint of the labels (<c>ID#REV#FP</c>) of each alert that the last notification called firing, ordinal order.</param>
/// <param name="LastResolved">The same of each alert that it called resolved.</param>
public sealed record AlertGroupState(
    string GroupKey, string Receiver, string RoutePath, ImmutableSortedDictionary<string, string> GroupLabels, string ThreadId,
    DateTimeOffset? NextFlushAt, DateTimeOffset? LastSentAt, ImmutableArray<string> LastFiring, ImmutableArray<string> LastResolved)
{
    /// <summary>When the group was last looked at: the next looks come whole group intervals later. Null before the first.</summary>
    public DateTimeOffset? TickAt { get; init; }

    /// <summary>When its last alert ended; the group and its clock are kept for a moment in case the alert comes back. Null while any fires.</summary>
    public DateTimeOffset? EmptySince { get; init; }

    /// <summary>Episodes that fire and that nobody is told of for now: of each it was noted once that it waits, and why.</summary>
    public ImmutableArray<string> NotedMuted { get; init => field = value.IsDefault ? [] : value; } = [];
}

public enum DeliveryState { Pending, Delivered, Dead }

/// <summary>One notification to one recipient over one channel, rendered: exactly these bytes are sent.</summary>
/// <param name="Id">Idempotency key; webhook-id and part of the Message-ID. Derived from notification, receiver and recipient, so that a repeated decision gives the same.</param>
/// <param name="Channel">email or webhook.</param>
/// <param name="Recipient">Mail address or URL.</param>
/// <param name="Subject">Mail subject, or "" for other channels.</param>
/// <param name="Body">MIME message or JSON. A webhook gets these bytes, a mail server the same mail as the mail library writes it.</param>
/// <param name="EndedAt">When it was delivered or given up; on a pending one, when it was put back after it had been given up.</param>
public sealed record Delivery(
    string Id, string NotificationId, string GroupKey, string Receiver, string Channel, int ChannelIndex, string Recipient, string Subject, byte[] Body,
    DateTimeOffset CreatedAt, DeliveryState State, int Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset? EndedAt, string LastError, string Proof, ImmutableArray<string> Episodes);

/// <summary>How one attempt at a delivery ended.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Outcome"><c>delivered</c>, <c>failed</c> (tried again) or <c>given-up</c>.</param>
/// <param name="Detail">The proof, or the reason; no secrets.</param>
public sealed record AttemptRecord(string Delivery, int Number, DateTimeOffset At, string Outcome, string Detail);

public interface IDeliveryTable
{
    /// <summary>Stores new ones; an id that is there already is left alone. Returns the ids that were new.</summary>
    Task<IReadOnlyList<string>> EnqueueAsync(IReadOnlyCollection<Delivery> deliveries, CancellationToken cancellationToken);

    Task<Delivery?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Without bodies, newest first.</summary>
    Task<IReadOnlyList<Delivery>> ListAsync(DeliveryState? state, int newest, CancellationToken cancellationToken);

    /// <summary>Stores state, attempts, next attempt, end, error and proof.</summary>
    Task UpdateAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Older ones that wait for the same recipient of the same group and target, oldest first, without bodies: a reader gets them in order.</summary>
    Task<IReadOnlyList<Delivery>> WaitingBeforeAsync(Delivery delivery, CancellationToken cancellationToken);

    Task AddAttemptAsync(AttemptRecord attempt, CancellationToken cancellationToken);

    /// <summary>Of one delivery, oldest first.</summary>
    Task<IReadOnlyList<AttemptRecord>> AttemptsAsync(string delivery, CancellationToken cancellationToken);

    /// <summary>Ids that begin with the text, at most <paramref name="most"/>, in ordinal order.</summary>
    Task<IReadOnlyList<string>> IdsAsync(string beginning, int most, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<DeliveryState, int>> CountsAsync(CancellationToken cancellationToken);
}

/// <param name="Kind">portfolio, snapshot, signals, assessment, alert, notification, delivery, rules ...</param>
/// <param name="Subject">What it is about: supplier id, source id, delivery id.</param>
/// <param name="Content">Canonical JSON, no secrets.</param>
public sealed record LedgerEntry(long Sequence, DateTimeOffset At, string Kind, string Subject, string Content, string PreviousHash, string Hash);

/// <summary>Append-only, hash-chained: hash = sha256(previous hash, sequence, at, kind, subject, content).</summary>
public interface ILedger
{
    /// <summary>Appends in the order given, in this session's transaction.</summary>
    Task AppendAsync(IReadOnlyCollection<(string Kind, string Subject, string Content)> entries, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Walks the chain from the start.</summary>
    Task<LedgerVerification> VerifyAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<LedgerEntry>> ReadAsync(long afterSequence, int limit, CancellationToken cancellationToken);
}

/// <param name="BrokenAt">Sequence of the first entry that does not fit, or null.</param>
public sealed record LedgerVerification(long Entries, long? BrokenAt, string Problem, string HeadHash);
