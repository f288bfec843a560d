using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Assurance;

/// <summary>Stores the messages about the way itself when they are due, in the outbox that alerts use. Each is named by its day, so that it is stored once whatever restarts.</summary>
/// <param name="sources">The enabled ones.</param>
internal sealed class AssuranceRound(RoutingModel routing, ReceiverChannels channels, IReadOnlyCollection<SourceId> sources)
{
    /// <summary>One that waits for less is on its way.</summary>
    private static readonly TimeSpan WaitsLong = TimeSpan.FromMinutes(15);

    private const int MostCounted = 10_000;

    private readonly AssuranceModel model = routing.Assurance;
    private readonly NotificationPlanner planner = new(routing, channels);

    /// <summary>What is due at an instant; equal marks, nothing more to do. "" when nothing is set up.</summary>
    public string MarkAt(DateTimeOffset at) => $"{model.AllQuiet?.Latest(at).Day:O}{model.Canary?.Latest(at).Day:O}";

    /// <summary>Stores what is due and not there yet. One that nothing ran for is stored late, and only the latest.</summary>
    /// <returns>Ids of the deliveries that are new.</returns>
    public async Task<IReadOnlyList<string>> EnqueueDueAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var deliveries = ImmutableArray.CreateBuilder<Storage.Delivery>();
        if (model is { AllQuiet: { } daily, Receiver: { } receiver })
        {
            (DateOnly day, _) = daily.Latest(at);
            deliveries.AddRange(DeliveriesOf(AssuranceNotices.AllQuiet(receiver, day, await FiguresAsync(session, at, cancellationToken).ConfigureAwait(false), at), routing.Receivers[receiver].Targets));
        }

        if (model.Canary is { } weekly)
        {
            (DateOnly day, _) = weekly.Latest(at);
            foreach ((string name, ReceiverTarget target) in OnePerEndpoint()) deliveries.AddRange(DeliveriesOf(AssuranceNotices.Canary(name, day, at), [target]).Take(1));
        }

        return await session.Deliveries.EnqueueAsync(deliveries.ToImmutable(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every way out once: a mail server that ten receivers use is checked once. The assurance receiver's own targets first.</summary>
    private IEnumerable<(string Receiver, ReceiverTarget Target)> OnePerEndpoint() =>
        routing.Receivers.Values.OrderBy(r => r.Name != model.Receiver).ThenBy(r => r.Name, StringComparer.Ordinal)
            .SelectMany(r => r.Targets.Select(t => (r.Name, t))).DistinctBy(t => (t.t.Channel, t.t.Endpoint));

    private ImmutableArray<Storage.Delivery> DeliveriesOf(Notification notification, IEnumerable<ReceiverTarget> targets) =>
        planner.DeliveriesOf(notification, targets);

    private async Task<DayFigures> FiguresAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        DateTimeOffset since = at - TimeSpan.FromDays(1);
        IReadOnlyList<SourceState> states = await session.Sources.ListAsync(cancellationToken).ConfigureAwait(false);
        int waiting = (await session.Deliveries.ListAsync(DeliveryState.Pending, MostCounted, cancellationToken).ConfigureAwait(false)).Count(d => d.CreatedAt <= at - WaitsLong);
        int dead = (await session.Deliveries.ListAsync(DeliveryState.Dead, MostCounted, cancellationToken).ConfigureAwait(false)).Count(d => d.EndedAt >= since);
        return new DayFigures(
            (await session.Suppliers.StampAsync(cancellationToken).ConfigureAwait(false)).InForce,
            sources.Count,
            [.. states.Where(s => s.Failures > 0 && sources.Contains(s.Source)).Select(s => s.Source.Value).Order(StringComparer.Ordinal)],
            await session.Alerts.CountSinceAsync(since, cancellationToken).ConfigureAwait(false),
            (await session.Alerts.ListAsync(resolved: false, cancellationToken).ConfigureAwait(false)).Count,
            waiting + dead);
    }
}
