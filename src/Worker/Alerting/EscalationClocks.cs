using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Escalation;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting;

/// <summary>Starts a clock for every alert that was told and must be acknowledged, and tells the next one when it runs out.</summary>
internal sealed class EscalationClocks(RoutingModel routing, NotificationPlanner planner)
{
    private const int AtOnce = 2_000;

    /// <summary>A muted alert cannot be expected to be acknowledged: its clock looks again after this.</summary>
    private static readonly TimeSpan MutedRetryEvery = TimeSpan.FromMinutes(15);

    /// <summary>What was told for the first time, or has got worse, has a clock from now on.</summary>
    public async Task StartAsync(IStoreSession session, Notification notification, CancellationToken cancellationToken)
    {
        if (routing.Escalations.IsEmpty) return;
        EscalationClock[] clocks =
        [
            .. from alert in notification.Firing
               where notification.Fresh.Contains(alert.EpisodeId)
               let supplier = notification.ContextOf(alert)?.Supplier
               let next = NextLook(RoutingLabels.Of(alert, supplier), supplier, notification.At, 0, notification.At)
               where next is not null
               select new EscalationClock(alert.EpisodeId, notification.At, 0, next.Value),
        ];
        if (clocks.Length > 0) await session.Escalations.SaveAsync(clocks, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is to be told to those who come next.</summary>
    public async Task<IReadOnlyList<PlannedNotification>> DueAsync(IStoreSession session, Mutings mutings, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlyList<EscalationClock> due = await session.Escalations.DueAsync(at, AtOnce, cancellationToken).ConfigureAwait(false);
        if (due.Count == 0) return [];
        string[] episodes = [.. due.Select(c => c.Episode)];
        Dictionary<string, Alert> alerts = (await session.Alerts.FindManyAsync(episodes, cancellationToken).ConfigureAwait(false)).ToDictionary(a => a.EpisodeId, StringComparer.Ordinal);
        IReadOnlyDictionary<string, AlertWorkflow> workflows = await session.Workflow.FindManyAsync(episodes, cancellationToken).ConfigureAwait(false);
        ImmutableSortedDictionary<SupplierId, SupplierContext> suppliers = await NotificationPlanner.SuppliersAsync(session, alerts.Values, cancellationToken).ConfigureAwait(false);
        var kept = new List<EscalationClock>();
        var ended = new List<string>();
        var told = new List<(EscalationModel Escalation, int Step, Alert Alert)>();
        foreach (EscalationClock clock in due)
        {
            Alert? alert = alerts.GetValueOrDefault(clock.Episode);
            AlertWorkflow? workflow = workflows.GetValueOrDefault(clock.Episode);
            Supplier? supplier = alert?.Supplier is { } id ? suppliers.GetValueOrDefault(id)?.Supplier : null;
            if (alert is null || alert.ResolvedAt is not null || workflow?.IsAcknowledged(alert) == true)
            {
                ended.Add(clock.Episode);
                continue;
            }

            ImmutableSortedDictionary<string, string> labels = RoutingLabels.Of(alert, supplier);
            EscalationModel? escalation = routing.Escalations.FirstOrDefault(e => e.Takes(labels, supplier, at));
            DateTimeOffset? stepAt = escalation?.DueAt(clock.Step, clock.ToldAt);
            bool isDue = stepAt <= at, isMuted = isDue && mutings.Why(alert, workflow) is not null;
            if (isDue && !isMuted) told.Add((escalation!, clock.Step, alert));
            int step = isDue && !isMuted ? clock.Step + 1 : clock.Step;
            DateTimeOffset? next = isMuted ? at + MutedRetryEvery : NextLook(labels, supplier, clock.ToldAt, step, at);
            if (next is { } look) kept.Add(clock with { Step = step, NextAt = look });
            else ended.Add(clock.Episode);
        }

        await session.Escalations.SaveAsync(kept, cancellationToken).ConfigureAwait(false);
        await session.Escalations.EndAsync(ended, cancellationToken).ConfigureAwait(false);
        return [.. told.GroupBy(t => (t.Escalation.Name, t.Step, t.Alert.Supplier)).Select(g => Tell(g.First().Escalation, g.Key.Step, [.. g.Select(t => t.Alert)], suppliers, at))];
    }

    /// <summary>The next step, or the moment at which a near notice deadline lets another escalation hold; null when nothing more will come.</summary>
    private DateTimeOffset? NextLook(ImmutableSortedDictionary<string, string> labels, Supplier? supplier, DateTimeOffset toldAt, int step, DateTimeOffset at)
    {
        DateTimeOffset? due = routing.Escalations.FirstOrDefault(e => e.Takes(labels, supplier, at))?.DueAt(step, toldAt);
        if (due < at) due = at;
        DateTimeOffset?[] changes = [.. routing.Escalations.Select(e => e.TakesFrom(labels, supplier, at)), due];
        return changes.Min();
    }

    private PlannedNotification Tell(EscalationModel escalation, int step, ImmutableArray<Alert> alerts, ImmutableSortedDictionary<SupplierId, SupplierContext> suppliers, DateTimeOffset at)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"escalation {escalation.Name}/{step + 1}:{{supplier=\"{alerts[0].Supplier?.Value}\"}}"), id = StableId.Of(["notification", key, .. alerts.Select(a => a.EpisodeId).Order(StringComparer.Ordinal), at.UtcTicks.ToString(CultureInfo.InvariantCulture)]);
        string hours = escalation.Calendar is { } calendar ? $" of {calendar.Name} hours" : "";
        return planner.Address(new Notification
        {
            Id = id,
            Reason = NotificationReason.Escalated,
            Occasion = $"nobody acknowledged it within {PrometheusDuration.Format(escalation.Steps[step].After)}{hours} (escalation {escalation.Name}, step {step + 1} of {escalation.Steps.Length})",
            At = at,
            GroupKey = key,
            ThreadId = StableId.Of("thread", key, alerts[0].EpisodeId),
            Receiver = escalation.Steps[step].Receiver,
            GroupLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
            Firing = AlertOrder.Sort(alerts),
            Resolved = [],
            Fresh = [.. alerts.Select(a => a.EpisodeId)],
            Suppliers = suppliers.Where(s => s.Key == alerts[0].Supplier).ToImmutableSortedDictionary(),
        });
    }
}
