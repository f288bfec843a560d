using System.Collections.Immutable;
using System.Data.Common;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

/// <summary>What alerting needs of a store, in memory. Nothing rolls back: a test that needs that uses the real one.</summary>
internal sealed class FakeStore : IRiskStore, IStoreSession, IAlertTable, IWorkflowTable, IDeliveryTable, ISupplierTable, IAssessmentTable, ILedger
{
    private readonly Dictionary<string, Alert> alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AlertGroupState> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> members = new(StringComparer.Ordinal);

    private readonly Dictionary<string, AlertWorkflow> workflows = new(StringComparer.Ordinal);
    private readonly List<AlertAct> acts = [];
    private readonly List<(DateTimeOffset At, AlertTransition Transition)> transitions = [];

    public SortedDictionary<string, Delivery> Stored { get; } = new(StringComparer.Ordinal);

    public List<Supplier> Portfolio { get; } = [];

    public List<(string Kind, string Subject, string Content)> Entries { get; } = [];

    public IReadOnlyDictionary<string, AlertGroupState> GroupsByKey => groups;

    public ISupplierTable Suppliers => this;

    public IAssessmentTable Assessments => this;

    public IAlertTable Alerts => this;

    public IDeliveryTable Deliveries => this;

    public IDigestTable Digests => Held;

    public FakeDigests Held => field ??= new FakeDigests(Stored);

    public IEscalationTable Escalations { get; } = new FakeEscalations();

    public IWorkflowTable Workflow => this;

    public ILedger Ledger => this;

    public ISignalTable Signals => throw new NotSupportedException();

    public IHistoryTable History => throw new NotSupportedException();

    public IScreeningTable Screening => throw new NotSupportedException();

    public IPortfolioRuleTable PortfolioRules => throw new NotSupportedException();

    public IIdentityTable Identities => throw new NotSupportedException();

    public ISourceTable Sources => throw new NotSupportedException();

    public DbTransaction Transaction => throw new NotSupportedException();

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IStoreSession> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IStoreSession>(this);

    public Task<IStoreSession> WriteAsync(CancellationToken cancellationToken) => Task.FromResult<IStoreSession>(this);

    public Task CommitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task SaveAsync(IReadOnlyCollection<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (AlertTransition transition in transitions) alerts[transition.Alert.EpisodeId] = transition.Alert;
        this.transitions.AddRange(transitions.Select(t => (at, t)));
        return Task.CompletedTask;
    }

    Task<IReadOnlyList<Alert>> IAlertTable.FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([.. alerts.Values.Where(a => episodes.Contains(a.EpisodeId)).OrderBy(a => a.EpisodeId, StringComparer.Ordinal)]);

    Task<Alert?> IAlertTable.FindAsync(string episodeId, CancellationToken cancellationToken) => Task.FromResult(alerts.GetValueOrDefault(episodeId));

    public Task<IReadOnlyList<Alert>> StartingWithAsync(string episodePrefix, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<(DateTimeOffset At, AlertTransition Transition)>> TransitionsAsync(string episodeId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(DateTimeOffset, AlertTransition)>>([.. transitions.Where(t => t.Transition.Alert.EpisodeId == episodeId)]);

    Task<Alert?> IAlertTable.FindFiringAsync(string rule, string key, CancellationToken cancellationToken) =>
        Task.FromResult(alerts.Values.FirstOrDefault(a => a.ResolvedAt is null && a.Supplier is null && a.Rule == rule && a.Key == key));

    Task<IReadOnlyList<Alert>> IAlertTable.ListAsync(bool resolved, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([.. alerts.Values.Where(a => resolved || a.ResolvedAt is null)]);

    public Task<IReadOnlyList<Alert>> OfGroupAsync(string groupKey, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([.. members.GetValueOrDefault(groupKey, []).Select(e => alerts[e])]);

    public Task SaveGroupAsync(AlertGroupState group, IReadOnlyCollection<string> memberEpisodes, CancellationToken cancellationToken)
    {
        groups[group.GroupKey] = group;
        if (!members.TryGetValue(group.GroupKey, out SortedSet<string>? known)) members[group.GroupKey] = known = new(StringComparer.Ordinal);
        known.UnionWith(memberEpisodes);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Alert>> FiringAsync(string after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>(
            [.. alerts.Values.Where(a => a.ResolvedAt is null && string.CompareOrdinal(a.EpisodeId, after) > 0).OrderBy(a => a.EpisodeId, StringComparer.Ordinal).Take(limit)]);

    public Task<HashSet<(string GroupKey, string Episode)>> MembersAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        Task.FromResult<HashSet<(string, string)>>([.. members.SelectMany(m => m.Value.Where(episodes.Contains).Select(episode => (m.Key, episode)))]);

    public Task<AlertGroupState?> FindGroupAsync(string groupKey, CancellationToken cancellationToken) => Task.FromResult(groups.GetValueOrDefault(groupKey));

    public Task<IReadOnlyList<AlertGroupState>> DueGroupsAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlertGroupState>>([.. groups.Values.Where(g => g.NextFlushAt <= at).OrderBy(g => g.NextFlushAt)]);

    public Task ReleaseMembersAsync(string groupKey, IReadOnlyCollection<string> episodes, CancellationToken cancellationToken)
    {
        members[groupKey].ExceptWith(episodes.Where(e => alerts[e].ResolvedAt is not null));
        if (members[groupKey].Count == 0 && members.Remove(groupKey)) groups.Remove(groupKey);
        return Task.CompletedTask;
    }

    Task<AlertWorkflow?> IWorkflowTable.FindAsync(string episodeId, CancellationToken cancellationToken) => Task.FromResult(workflows.GetValueOrDefault(episodeId));

    public Task<IReadOnlyDictionary<string, AlertWorkflow>> FindManyAsync(IReadOnlyCollection<string> episodes, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, AlertWorkflow>>(workflows.Where(w => episodes.Contains(w.Key)).ToDictionary(StringComparer.Ordinal));

    public Task RecordAsync(AlertAct act, AlertWorkflow after, CancellationToken cancellationToken)
    {
        workflows[after.EpisodeId] = after;
        acts.Add(act);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AlertAct>> ActsAsync(string episodeId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlertAct>>([.. acts.Where(a => a.EpisodeId == episodeId)]);

    public Task<IReadOnlyList<AlertWorkflow>> SnoozesOverAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlertWorkflow>>([.. workflows.Values.Where(w => w.Snoozed?.Until <= at)]);

    public Task<IReadOnlyList<string>> EnqueueAsync(IReadOnlyCollection<Delivery> deliveries, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. deliveries.Where(d => Stored.TryAdd(d.Id, d)).Select(d => d.Id)]);

    Task<Delivery?> IDeliveryTable.FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult(Stored.GetValueOrDefault(id));

    public Task UpdateAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        Stored[delivery.Id] = delivery;
        return Task.CompletedTask;
    }

    public Task<StoredSupplier?> FindAsync(SupplierId id, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        Task.FromResult(Portfolio.Where(s => s.Id == id).Select(s => new StoredSupplier(s, DateTimeOffset.MinValue, null, DateTimeOffset.MinValue)).FirstOrDefault());

    Task<Assessment?> IAssessmentTable.FindAsync(SupplierId supplier, DateTimeOffset? asOf, CancellationToken cancellationToken) => Task.FromResult<Assessment?>(null);

    public Task AppendAsync(IReadOnlyCollection<(string Kind, string Subject, string Content)> entries, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Entries.AddRange(entries);
        return Task.CompletedTask;
    }

    Task<int> IAlertTable.CountSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult(alerts.Values.Count(a => a.StartsAt >= since));

    public Task<IReadOnlyList<Delivery>> WaitingBeforeAsync(Delivery delivery, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Delivery>>(
            [.. Stored.Values.Where(d => d.State == DeliveryState.Pending && d.GroupKey == delivery.GroupKey && d.Recipient == delivery.Recipient && d.CreatedAt < delivery.CreatedAt).OrderBy(d => d.CreatedAt)]);

    public Task AddAttemptAsync(AttemptRecord attempt, CancellationToken cancellationToken) => Task.CompletedTask;

    Task<IReadOnlyList<AttemptRecord>> IDeliveryTable.AttemptsAsync(string delivery, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<string>> IDeliveryTable.IdsAsync(string beginning, int most, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<Delivery>> IDeliveryTable.ListAsync(DeliveryState? state, int newest, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyDictionary<DeliveryState, int>> IDeliveryTable.CountsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<StoredSupplier>> ISupplierTable.ListAsync(DateTimeOffset? asOf, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<StoredSupplier>> ISupplierTable.FindManyAsync(IReadOnlyCollection<SupplierId> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredSupplier>>([.. Portfolio.Where(s => ids.Contains(s.Id)).Select(s => new StoredSupplier(s, DateTimeOffset.MinValue, null, DateTimeOffset.MinValue))]);

    Task<SupplierComparison> ISupplierTable.CompareAsync(IReadOnlyCollection<Supplier> portfolio, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<SupplierId>> ISupplierTable.ChangedSinceAsync(long version, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<PortfolioStamp> ISupplierTable.StampAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task ISupplierTable.ApplyAsync(SupplierChanges changes, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<string>> ISupplierTable.AttributeNamesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<SupplierId>> IAssessmentTable.DueAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<Standing>> IAssessmentTable.StandingsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<string?> IAssessmentTable.RuleSetInForceAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IAssessmentTable.AdoptRuleSetAsync(string identity, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyDictionary<SupplierId, SupplierState>> IAssessmentTable.StatesAsync(IReadOnlyCollection<SupplierId> suppliers, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IAssessmentTable.ForgetPointsAsync(SupplierId supplier, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IAssessmentTable.TouchAsync(SupplierId supplier, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IWorkflowTable.AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IWorkflowTable.EndAsync(string id, DateTimeOffset at, string why, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<StoredAcceptance>> IWorkflowTable.AcceptancesAsync(bool ended, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<Acceptance>> IWorkflowTable.EndingAsync(DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<(DateTimeOffset At, string Done)?> IWorkflowTable.UsedLinkAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IWorkflowTable.UseLinkAsync(string id, DateTimeOffset at, DateTimeOffset expiresAt, string done, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<StoredAcceptance?> IWorkflowTable.FindAcceptanceAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IAssessmentTable.SaveAsync(IReadOnlyCollection<EvaluationResult> results, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<Assessment>> IAssessmentTable.LatestAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<(DateTimeOffset At, decimal Score, Band Band)>> IAssessmentTable.HistoryAsync(SupplierId supplier, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(DateTimeOffset At, decimal Score, Band Band)>>([]);

    Task<LedgerVerification> ILedger.VerifyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<LedgerEntry>> ILedger.ReadAsync(long afterSequence, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
