using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Differential;

/// <summary>Plays a scenario to our dispatcher on a clock that jumps from one event to the next.</summary>
internal sealed class OwnAlerting
{
    private readonly Scenario scenario;
    private readonly DateTimeOffset start;
    private readonly IRiskStore store;
    private readonly RoutingModel routing;
    private readonly Dictionary<int, Alert> firing = [];
    private readonly Dictionary<int, DateTimeOffset> timeouts = [];
    private AlertDispatcher dispatcher;
    private int episodes;

    private OwnAlerting(Scenario scenario, DateTimeOffset start, IRiskStore store, RoutingModel routing)
    {
        (this.scenario, this.start, this.store) = (scenario, start, store);
        this.routing = routing with { Silences = new Silences([.. SilencesOf()]) };
        dispatcher = Load();
    }

    /// <summary>The scenario's routing as our file, or null where our reader refuses it (a route that can take no alert is an error here).</summary>
    public static RoutingModel? Read(Scenario scenario)
    {
        string receivers = string.Join(", ", scenario.Receivers.Select(r => $"{{name: {r.Key}, webhook_configs: [{{url: \"http://127.0.0.1/{r.Key}\", send_resolved: {(r.Value ? "true" : "false")}}}]}}"));
        string yaml = $"schema: routing/1\nglobal: {{webhook_allow: [127.0.0.0/8]}}\nreceivers: [{receivers}]\ntime_intervals: {scenario.TimeIntervals.ToJsonString()}\n"
            + $"inhibit_rules: {scenario.InhibitRules.ToJsonString()}\nroute: {scenario.Route.ToJsonString()}\n";
        return RoutingSample.Read(yaml, new RoutingVocabulary(["team"], [], [])).Model;
    }

    /// <param name="restartAt">Seconds; everything but the store is made anew then.</param>
    public static async Task<IReadOnlyList<Told>> PlayAsync(Scenario scenario, RoutingModel routing, DateTimeOffset start, IRiskStore store, double restartAt = double.PositiveInfinity) =>
        await new OwnAlerting(scenario, start, store, routing).PlayAsync(restartAt);

    private async Task<IReadOnlyList<Told>> PlayAsync(double restartAt)
    {
        var told = new List<Told>();
        var steps = new Queue<Step>(scenario.Steps);
        double second = 0;
        while (second < Scenario.Length)
        {
            DateTimeOffset at = start.AddSeconds(second);
            var changes = new List<AlertTransition>();
            foreach (int subject in timeouts.Where(t => t.Value <= at).Select(t => t.Key).Order().ToArray()) changes.AddRange(End(subject, at));
            while (steps.TryPeek(out Step? step) && step.At <= second) changes.AddRange(Change(steps.Dequeue(), at));
            await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
            if (restartAt <= second)
            {
                restartAt = double.PositiveInfinity;
                dispatcher = Load();
                await dispatcher.AdoptAsync(session, at, CancellationToken.None);
            }

            await session.Alerts.SaveAsync(changes, at, CancellationToken.None);
            await dispatcher.OnTransitionsAsync(session, changes, at, CancellationToken.None);
            foreach (string id in await dispatcher.FlushDueAsync(session, at, everythingNow: false, CancellationToken.None))
                told.Add(Sent(second, (await session.Deliveries.FindAsync(id, CancellationToken.None))!));
            double next = Math.Min(restartAt, steps.TryPeek(out Step? coming) ? coming.At : Scenario.Length);
            foreach (DateTimeOffset due in (await session.Alerts.DueGroupsAsync(start.AddSeconds(Scenario.Length), CancellationToken.None)).Select(g => g.NextFlushAt!.Value).Concat(timeouts.Values))
                if (due > at) next = Math.Min(next, (due - start).TotalSeconds);
            await session.CommitAsync(CancellationToken.None);
            second = Math.Max(next, second + 0.001);
        }

        return told;
    }

    private AlertDispatcher Load() => new(routing, ReceiverChannels.Discover());

    private AlertTransition[] Change(Step step, DateTimeOffset at)
    {
        switch (step.Kind)
        {
            case StepKind.Resolve:
                return End(step.Subject, at);
            case StepKind.Fire:
                if (step.TimesOut) timeouts[step.Subject] = at.AddSeconds(Scenario.ResolveTimeout);
                bool isNew = !firing.TryGetValue(step.Subject, out Alert? alert);
                alert ??= NotificationSample.Alert(string.Create(CultureInfo.InvariantCulture, $"s{scenario.Number}e{episodes++:00}"), step.Labels["rule"], "S") with
                {
                    Supplier = null, Labels = step.Labels, StartsAt = at.AddSeconds(-step.StartsBefore),
                };
                firing[step.Subject] = alert = alert with { Message = step.Note.Length > 0 ? step.Note : alert.Message };
                return [new AlertTransition(isNew ? AlertTransitionKind.Opened : AlertTransitionKind.Updated, alert)];
            default:
                return [];
        }
    }

    private AlertTransition[] End(int subject, DateTimeOffset at)
    {
        timeouts.Remove(subject);
        return firing.Remove(subject, out Alert? alert) ? [new AlertTransition(AlertTransitionKind.Resolved, alert with { ResolvedAt = at, Resolution = "cleared" })] : [];
    }

    private IEnumerable<Silence> SilencesOf()
    {
        foreach (Step step in scenario.Steps.Where(s => s.Kind == StepKind.Silence))
        {
            double expired = scenario.Steps.FirstOrDefault(s => s.Kind == StepKind.Expire && s.Subject == step.Subject && s.At >= step.At)?.At ?? step.Until;
            ImmutableArray<Matcher> matchers = [.. step.Labels.Select(l => new Matcher(l.Key, MatchOperator.Equal, l.Value))];
            yield return new Silence($"{step.Subject}", matchers, start.AddSeconds(step.At), start.AddSeconds(Math.Min(step.Until, expired)), "a", "", "r", "");
        }
    }

    private static Told Sent(double at, Delivery delivery)
    {
        JsonNode node = JsonNode.Parse(Encoding.UTF8.GetString(delivery.Body))!;
        return new Told(at, delivery.Receiver, node["type"]!.GetValue<string>()["risk.".Length..], Labels(node["group_labels"]!), OfStatus("firing"), OfStatus("resolved"));

        string OfStatus(string status) => string.Join(' ', node["alerts"]!.AsArray().Where(a => a!["status"]!.GetValue<string>() == status).Select(a => Labels(a!["labels"]!)).Order(StringComparer.Ordinal));

        static string Labels(JsonNode labels) => Told.Text(labels.AsObject().Select(l => KeyValuePair.Create(l.Key, l.Value!.GetValue<string>())));
    }
}
