using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Http;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;
using Risk.Worker.Configuration;
using Risk.Worker.Observability;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Ingestion;

/// <summary>Runs one source: fetch, match to suppliers, store. A failed run stores nothing of the update it failed in and is remembered with its reason.</summary>
internal sealed class SourceRunner(RiskOptions options, SourceRegistry sources, IRiskStore store, UpstreamAccess upstream, TimeProvider clock, ILogger<SourceRunner> logger) : IDisposable
{
    /// <summary>Per-supplier updates are committed in groups of this many, with their checkpoint.</summary>
    private const int UpdatesPerCommit = 100;

    /// <summary>Sources that are read whole at the same time: each may hold a list and its index.</summary>
    private const int ReadAtOnce = 4;

    /// <summary>Runs that are looked back on for changes of the format that were told already. A run may read nothing new, or other suppliers' records.</summary>
    private const int RunsThatToldOfDrift = 100;

    private readonly SharedPortfolio portfolio = new();
    private readonly SemaphoreSlim reading = new(ReadAtOnce, ReadAtOnce);

    /// <summary>Pulls the source now.</summary>
    /// <param name="catalog">What rules may name; says which of the workspace's own metrics the source is to read.</param>
    /// <param name="progress">Told: done, total (0: unknown), what.</param>
    /// <param name="permission">What somebody who has looked lets through this time; null: nothing.</param>
    public async Task<SourceRunResult> RunAsync(SourceId source, Catalog catalog, Action<int, int, string> progress, CancellationToken cancellationToken, PullPermission? permission = null)
    {
        EnabledSource enabled = sources.Find(source) ?? throw new ArgumentException($"The source {source} does not run here.", nameof(source));
        if (enabled.Manifest.IsPaced) return await FetchAsync(enabled, catalog, progress, permission ?? PullPermission.None, cancellationToken);
        await reading.WaitAsync(cancellationToken);
        try
        {
            return await FetchAsync(enabled, catalog, progress, permission ?? PullPermission.None, cancellationToken);
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<SourceRunResult> FetchAsync(EnabledSource enabled, Catalog catalog, Action<int, int, string> progress, PullPermission permission, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = Instants.Now(clock);
        SourceId source = enabled.Manifest.Id;
        var audit = new FetchAudit();
        var tally = new Tally();
        SourceFailureException? failure = null;
        UsedAnswers answers = upstream.Answers();
        using var deadline = new CancellationTokenSource(enabled.Manifest.Deadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await FetchAsync(enabled, catalog, startedAt, audit, tally, answers, progress, permission, both.Token);
        }
        catch (SourceFailureException e)
        {
            failure = e;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            failure = new SourceFailureException(FailureKind.Timeout, $"not finished within its deadline of {enabled.Manifest.Deadline:c}; what was committed stays, the rest is tried at the next run");
        }
        catch (Exception e) when (IsDefect(e))
        {
            logger.SourceDefect(e, source.Value);
            failure = new SourceFailureException(FailureKind.Malformed, $"the connector failed on what it read ({e.GetType().Name}: {e.Message}); please report it", e);
        }

        if (failure is not null) await answers.ForgetAsync(cancellationToken);
        SourceRunResult result = new(
            source, startedAt, Instants.Now(clock), failure, audit.Read, tally.Added, tally.Revised, tally.Withdrawn, tally.Checked, [.. tally.Failures],
            [.. audit.Reasons.Select(r => (r.Key, r.Value.Count, r.Value.Example))])
        {
            Drift = [.. audit.Drifted.Select(d => (d.Key.Kind, d.Key.Field, d.Value))],
        };
        await RememberAsync(result, cancellationToken);
        return result;
    }

    /// <summary>A connector that trips over hostile content must not take the worker down; what the runtime itself reports is not ours to swallow.</summary>
    private static bool IsDefect(Exception e) => e is not (OperationCanceledException or StoreException or OutOfMemoryException or StackOverflowException);

    private async Task FetchAsync(EnabledSource enabled, Catalog catalog, DateTimeOffset at, FetchAudit audit, Tally tally, UsedAnswers answers, Action<int, int, string> progress, PullPermission permission, CancellationToken cancellationToken)
    {
        SourceManifest manifest = enabled.Manifest;
        IReadOnlyList<Supplier> covered;
        SourceState? state;
        PortfolioStamp stamp;
        HashSet<string> released;
        await using (IStoreSession session = await store.ReadAsync(cancellationToken))
        {
            stamp = await session.Suppliers.StampAsync(cancellationToken);
            IReadOnlyList<Supplier> all = await portfolio.LoadAsync(session, cancellationToken);
            covered = all.All(enabled.Coverage.Covers) ? all : [.. all.Where(enabled.Coverage.Covers)];
            state = await session.Sources.FindAsync(manifest.Id, cancellationToken);
            released = [.. (await session.Sources.QuarantinedAsync(manifest.Id, cancellationToken)).Where(f => f.ReleasedBy is not null).Select(f => f.File.Sha256)];
        }

        if (manifest.NeedsContact && options.Upstreams.Contact.Length == 0)
        {
            throw new SourceFailureException(FailureKind.Misconfigured, "the upstream refuses callers without a contact; set Risk:Upstreams:Contact (variable Risk__Upstreams__Contact) to your e-mail address");
        }

        SourceHttp http = upstream.For(manifest with { Limit = enabled.Module.LimitWith(enabled.Options) }, answers);
        var context = new FetchContext
        {
            Manifest = manifest,
            Metrics = [.. catalog.MetricsOf(manifest.Id)],
            Suppliers = covered,
            ObservedAt = at,
            Checkpoint = state?.Checkpoint,
            Http = http,
            Snapshots = new SnapshotDownloads(manifest, http, new StoredSnapshots(store), options.SnapshotFolder, at) { AcceptsShorter = permission.AcceptsShorter, Released = permission.Release?.File, ReleasedBefore = released },
            Audit = audit,
            Workspace = options.Workspace,
            Known = new StoredEvents(store, catalog),
            Progress = progress,
        };
        IConnector connector = enabled.Module.Create(enabled.Options);
        var pending = new PendingUpdates();
        try
        {
            await foreach (SourceUpdate update in connector.FetchAsync(context, cancellationToken))
            {
                if (update is SupplierFailure or SupplierUpdate { Gap: not null }) await answers.ForgetAsync(cancellationToken);
                else answers.Trust();
                switch (update)
                {
                    case SupplierFailure failed:
                        tally.Fail(failed.Supplier, failed.Failure);
                        pending.Checkpoint = failed.Checkpoint ?? pending.Checkpoint;
                        break;
                    case SupplierUpdate one:
                        pending.Updates.Add(one);
                        pending.Checkpoint = one.Checkpoint ?? pending.Checkpoint;
                        if (pending.Updates.Count == UpdatesPerCommit) await CommitAsync(manifest.Id, pending, tally, at, cancellationToken);
                        break;
                    case ListUpdate list:
                        await CommitAsync(manifest.Id, list, covered.Count, tally, at, permission.Release, cancellationToken);
                        break;
                    case PartyListUpdate parties:
                        progress(0, 0, "screening the portfolio");
                        await CommitAsync(await PortfolioScreening.PrepareAsync(store, manifest.Id, parties, covered, portfolio.NamesOf(covered), stamp.Version, at, cancellationToken), tally, at, permission.Release, cancellationToken);
                        break;
                }
            }
        }
        catch (SourceFailureException)
        {
            // What was found before the source failed stays.
            await CommitAsync(manifest.Id, pending, tally, at, cancellationToken);
            throw;
        }

        await CommitAsync(manifest.Id, pending, tally, at, cancellationToken);
        if (tally is { Checked: 0, FirstFault: { } fault })
        {
            throw new SourceFailureException(fault.Kind, $"none of {tally.Failures.Count} suppliers could be checked; the first: {fault.Message}", fault, fault.RetryAfter);
        }
    }

    private async Task CommitAsync(SourceId source, ListUpdate list, int suppliers, Tally tally, DateTimeOffset at, QuarantineRelease? release, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await AcceptAsync(session, list.Accepted, release, at, cancellationToken);
        SignalChanges changes = await session.Signals.RecordAsync(source, list.Signals, list.Complete ? [] : null, at, cancellationToken);
        await session.Sources.RecordCheckAsync(source, null, at, cancellationToken);
        if (list.Checkpoint is not null) await session.Sources.SetCheckpointAsync(source, list.Checkpoint, cancellationToken);
        await session.CommitAsync(cancellationToken);
        tally.Count(changes, suppliers);
    }

    private async Task CommitAsync(PreparedScreen screen, Tally tally, DateTimeOffset at, QuarantineRelease? release, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        await AcceptAsync(session, screen.List.Accepted, release, at, cancellationToken);
        SignalChanges changes = await PortfolioScreening.RecordAsync(session, screen, at, options.KeepScreeningsFor, cancellationToken);
        await session.Sources.RecordCheckAsync(screen.Source, null, at, cancellationToken);
        if (screen.List.Checkpoint is { } checkpoint) await session.Sources.SetCheckpointAsync(screen.Source, checkpoint, cancellationToken);
        await session.CommitAsync(cancellationToken);
        tally.Count(changes, screen.Portfolio.Count);
    }

    /// <summary>A released file is on record with who and why in the transaction that applies it, or not at all.</summary>
    private static async Task AcceptAsync(IStoreSession session, ImmutableArray<Snapshot> accepted, QuarantineRelease? release, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (Snapshot snapshot in accepted)
        {
            await session.Sources.AcceptSnapshotAsync(snapshot, at, cancellationToken);
            if (release is { } one && one.File.Part == snapshot.Part && one.File.Sha256 == snapshot.Sha256) await session.Sources.ReleaseAsync(snapshot, one.By, one.Reason, at, cancellationToken);
        }
    }

    /// <summary>Updates about one supplier each that were not committed yet, and the last checkpoint that came with them or with a failure.</summary>
    private sealed class PendingUpdates
    {
        public List<SupplierUpdate> Updates { get; } = new(UpdatesPerCommit);

        public string? Checkpoint { get; set; }
    }

    private async Task CommitAsync(SourceId source, PendingUpdates pending, Tally tally, DateTimeOffset at, CancellationToken cancellationToken)
    {
        List<SupplierUpdate> updates = pending.Updates;
        if (updates.Count == 0 && pending.Checkpoint is null) return;
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        var changes = new List<SignalChanges>(2);
        foreach (bool complete in (bool[])[true, false])
        {
            SupplierId[] suppliers = [.. updates.Where(u => u.Complete == complete).Select(u => u.Supplier)];
            if (suppliers.Length == 0) continue;
            Signal[] signals = [.. updates.Where(u => u.Complete == complete).SelectMany(u => u.Signals)];
            changes.Add(await session.Signals.RecordAsync(source, signals, complete ? suppliers : null, at, cancellationToken));
        }

        foreach (SupplierUpdate update in updates.Where(u => u.Gap is null)) await session.Sources.RecordCheckAsync(source, update.Supplier, at, cancellationToken);
        if (pending.Checkpoint is { } checkpoint) await session.Sources.SetCheckpointAsync(source, checkpoint, cancellationToken);
        await session.CommitAsync(cancellationToken);
        foreach (SignalChanges change in changes) tally.Count(change, 0);
        tally.Checked += updates.Count(u => u.Gap is null);
        foreach (SupplierUpdate update in updates.Where(u => u.Gap is not null)) tally.Fail(update.Supplier, update.Gap!);
        updates.Clear();
        pending.Checkpoint = null;
    }

    public void Dispose()
    {
        portfolio.Dispose();
        reading.Dispose();
    }

    private async Task RememberAsync(SourceRunResult result, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        SourceState before = await session.Sources.FindAsync(result.Source, cancellationToken) ?? new SourceState(result.Source, null, null, null, null, 0, null, null);
        SourceState after = result.Succeeded
            ? before with { LastAttemptAt = result.StartedAt, LastSuccessAt = result.StartedAt, LastFailure = null, LastFailureKind = null, Failures = 0, NextDueAt = result.StartedAt + sources.Find(result.Source)!.Manifest.Cadence }
            : before with
            {
                LastAttemptAt = result.StartedAt,
                LastFailure = result.Failure!.Message,
                LastFailureKind = result.Failure.Kind,
                Failures = before.Failures + 1,
                NextDueAt = result.StartedAt + (result.Failure.RetryAfter ?? TimeSpan.Zero),
            };
        await session.Sources.SaveAsync(after, cancellationToken);
        if (result.Failure is { } failed && ListKind.IsGivenBy(sources.Find(result.Source)!.Manifest))
            await PortfolioScreening.RecordFailureAsync(session, result.Source, failed.Message, result.StartedAt, cancellationToken);
        if (result.Failure is { Refused: { } refused } refusal) await session.Sources.QuarantineAsync(refused, refusal.Kind, refusal.Message, result.StartedAt, cancellationToken);
        string drift = JsonSerializer.Serialize(result.Drift.ToDictionary(d => $"{d.Kind} {d.Field}", d => d.Records, StringComparer.Ordinal), RunJson.Default.DictionaryStringInt32);
        await TellDriftAsync(session, result, cancellationToken);
        string reasons = JsonSerializer.Serialize(
            result.Rejected.ToDictionary(r => r.Reason, r => new RejectedCount(r.Count, r.Example), StringComparer.Ordinal), RunJson.Default.DictionaryStringRejectedCount);
        await session.Sources.AddRunAsync(
            new SourceRun(
                result.Source, result.StartedAt, result.EndedAt, result.Succeeded, result.Failure?.Message ?? "", result.Read, result.RejectedCount, result.Added, result.Revised,
                result.Withdrawn, result.Checked, result.SupplierFailures.Length, reasons) { DriftJson = drift },
            cancellationToken);
        await session.CommitAsync(cancellationToken);
        if (result.Failure is { } failure) logger.SourceFailed(result.Source.Value, failure.Kind.ToString(), failure.Message);
        else if (result.RejectedCount > 0) logger.RecordsRejected(result.Source.Value, result.RejectedCount, result.Read);
    }

    /// <summary>Logs what is not as the format says, once: a change that a run lately met is no news, whatever the runs between them read.</summary>
    private async Task TellDriftAsync(IStoreSession session, SourceRunResult result, CancellationToken cancellationToken)
    {
        if (result.Drift.IsEmpty) return;
        HashSet<string> known = [.. (await session.Sources.RunsAsync(result.Source, RunsThatToldOfDrift, cancellationToken)).SelectMany(r => JsonSerializer.Deserialize(r.DriftJson, RunJson.Default.DictionaryStringInt32) ?? []).Select(d => d.Key)];
        string[] news = [.. result.Drift.Where(d => !known.Contains($"{d.Kind} {d.Field}")).Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Kind} {d.Field} ({d.Records})"))];
        if (news.Length > 0) logger.FormatChanged(result.Source.Value, string.Join(", ", news));
    }

    private sealed class Tally
    {
        public int Added { get; private set; }

        public int Revised { get; private set; }

        public int Withdrawn { get; private set; }

        public int Checked { get; set; }

        public List<(SupplierId, string)> Failures { get; } = [];

        /// <summary>The first failure that is the source's doing; an identifier nobody knows is the portfolio's.</summary>
        public SourceFailureException? FirstFault { get; private set; }

        public void Fail(SupplierId supplier, SourceFailureException failure)
        {
            Failures.Add((supplier, failure.Message));
            if (failure.Kind != FailureKind.NotFound) FirstFault ??= failure;
        }

        public void Count(SignalChanges changes, int checkedSuppliers)
        {
            Added += changes.Added;
            Revised += changes.Revised;
            Withdrawn += changes.Withdrawn;
            Checked += checkedSuppliers;
        }
    }
}

/// <summary>Last-good snapshots as the store knows them.</summary>
internal sealed class StoredSnapshots(IRiskStore store) : ISnapshotCatalog
{
    public async Task<Snapshot?> LastGoodAsync(SourceId source, string part, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        return await session.Sources.LastGoodAsync(source, part, cancellationToken);
    }
}

/// <summary>Events in force as the store knows them.</summary>
internal sealed class StoredEvents(IRiskStore store, Catalog catalog) : IKnownEvents
{
    public async Task<IReadOnlyList<EventSignal>> OfFeedAsync(string feed, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.ReadAsync(cancellationToken);
        return await session.Signals.EventsAsync(feed, [.. catalog.SourcesFor("events." + feed).Select(s => s.Source)], null, cancellationToken);
    }
}

internal sealed record RejectedCount(int Count, string Example);

/// <summary>What somebody who has looked at an upstream's file lets through, once.</summary>
/// <param name="AcceptsShorter">Lists may be shorter than the last good ones.</param>
/// <param name="Release">A refused file that is applied after all; null: none.</param>
internal sealed record PullPermission(bool AcceptsShorter, QuarantineRelease? Release)
{
    public static readonly PullPermission None = new(false, null);
}

/// <param name="By">Who.</param>
/// <param name="Reason">Why, in their words.</param>
internal sealed record QuarantineRelease(Snapshot File, string By, string Reason);

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, int>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, RejectedCount>))]
internal sealed partial class RunJson : System.Text.Json.Serialization.JsonSerializerContext;
