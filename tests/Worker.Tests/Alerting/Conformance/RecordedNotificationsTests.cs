using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Testing;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Conformance;

/// <summary>Scenarios that Alertmanager 0.25 was played in real time, played to the dispatcher on a simulated clock: who is told what when.</summary>
public sealed class RecordedNotificationsTests
{
    [SharedFact]
    public async Task Flush_WrittenScenarios_TellAsAlertmanager() => Assert.Equal(26, await Play("notify.json"));

    [SharedFact]
    public async Task Flush_RandomScenarios_TellAsAlertmanager() => Assert.Equal(40, await Play("notify-random.json"));

    private static async Task<int> Play(string file)
    {
        var differences = new List<string>();
        JsonArray scenarios = JsonNode.Parse(await File.ReadAllTextAsync(SharedFactAttribute.Path("conformance", "alertmanager", file)))!.AsArray();
        foreach (JsonNode? scenario in scenarios)
        {
            Told[] expected = [.. scenario!["notifications"]!.AsArray().Select(n => Told.Recorded(n!)).Order()];
            Told[] given = [.. (await new Stage(scenario).PlayAsync()).Order()];
            if (!expected.SequenceEqual(given, Told.Comparer)) differences.Add($"{scenario["name"]}\n  expected {string.Join(" | ", expected.AsEnumerable())}\n  given    {string.Join(" | ", given.AsEnumerable())}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {scenarios.Count} differ\n" + string.Join('\n', differences));
        return scenarios.Count;
    }

    private sealed record Told(double At, string Status, string Group, string Firing, string Resolved) : IComparable<Told>
    {
        /// <summary>The recording was rounded and in real time: a second either way is the same.</summary>
        public static IEqualityComparer<Told> Comparer { get; } =
            EqualityComparer<Told>.Create((a, b) => Math.Abs(a!.At - b!.At) <= 1 && a with { At = 0 } == b with { At = 0 }, static _ => 0);

        public static Told Recorded(JsonNode node) => new(
            node["at"]!.GetValue<double>(), node["status"]!.GetValue<string>(), Labels(node["groupLabels"]!), Names(node["firing"]!.AsArray().Select(a => a!.GetValue<string>())),
            Names(node["resolved"]!.AsArray().Select(a => a!.GetValue<string>())));

        public static Told Sent(double at, byte[] body)
        {
            JsonNode node = JsonNode.Parse(body)!;
            return new Told(at, node["type"]!.GetValue<string>()["risk.".Length..], Labels(node["group_labels"]!), OfStatus("firing"), OfStatus("resolved"));

            string OfStatus(string status) => Names(node["alerts"]!.AsArray().Where(a => a!["status"]!.GetValue<string>() == status).Select(a => Name(a!["labels"]!)));
        }

        public int CompareTo(Told? other) => (At, Group).CompareTo((other!.At, other.Group));

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}: {Status} {Group} [{Firing}] [{Resolved}]");

        private static string Name(JsonNode labels) => labels["rule"]!.GetValue<string>() + (labels["severity"] is { } severity ? "/" + severity.GetValue<string>() : "");

        private static string Names(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

        private static string Labels(JsonNode labels) => labels.ToJsonString();
    }

    /// <summary>One scenario with its own dispatcher and store.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The fake holds nothing.")]
    private sealed class Stage
    {
        private static readonly DateTimeOffset Start = NotificationSample.At;

        private readonly FakeStore store = new();
        private readonly AlertDispatcher dispatcher;
        private readonly JsonNode scenario;
        private readonly Dictionary<string, Alert> firing = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, DateTimeOffset> timeouts = new(StringComparer.Ordinal);
        private int episodes;

        public Stage(JsonNode scenario)
        {
            this.scenario = scenario;
            var vocabulary = new RoutingVocabulary(["scenario"], [], []);
            (RoutingModel? model, var diagnostics) = RoutingSample.Read(Yaml(), vocabulary);
            Assert.True(model is not null, string.Join('\n', diagnostics));
            dispatcher = new AlertDispatcher(model with { Silences = new Silences([.. SilencesOf(scenario["steps"]!.AsArray())]) }, ReceiverChannels.Discover());
        }

        public async Task<IReadOnlyList<Told>> PlayAsync()
        {
            var told = new List<Told>();
            Queue<JsonNode> steps = new(scenario["steps"]!.AsArray().OfType<JsonNode>().OrderBy(s => s["at"]!.GetValue<double>()));
            for (double second = 0; second < scenario["length"]!.GetValue<double>(); second += 0.5)
            {
                DateTimeOffset at = Start.AddSeconds(second);
                var changes = new List<AlertTransition>();
                while (steps.TryPeek(out JsonNode? step) && step["at"]!.GetValue<double>() <= second) changes.AddRange(Change(steps.Dequeue(), at));
                foreach (string name in timeouts.Where(t => t.Value <= at).Select(t => t.Key).ToArray()) changes.AddRange(End(name, at));
                await store.SaveAsync(changes, at, CancellationToken.None);
                await dispatcher.OnTransitionsAsync(store, changes, at, CancellationToken.None);
                foreach (string id in await dispatcher.FlushDueAsync(store, at, everythingNow: false, CancellationToken.None)) told.Add(Told.Sent(second, store.Stored[id].Body));
            }

            return told;
        }

        private IEnumerable<AlertTransition> Change(JsonNode step, DateTimeOffset at)
        {
            ImmutableSortedDictionary<string, string> labels = (step["labels"]?.AsObject() ?? []).ToImmutableSortedDictionary(l => l.Key, l => l.Value!.GetValue<string>(), StringComparer.Ordinal)
                .Add("rule", step["rule"]!.GetValue<string>());
            string name = string.Join(',', labels);
            switch (step["what"]!.GetValue<string>())
            {
                case "resolve":
                    return End(name, at);
                case "fire":
                    if (step["noEnd"] is not null) timeouts[name] = at.AddSeconds(scenario["resolve_timeout"]!.GetValue<double>());
                    bool isNew = !firing.TryGetValue(name, out Alert? alert);
                    alert ??= NotificationSample.Alert($"e{episodes++:00}", labels["rule"], "S") with { Supplier = null, Labels = labels, StartsAt = at.AddSeconds(step["start"]?.GetValue<double>() ?? 0) };
                    firing[name] = alert;
                    return [new AlertTransition(isNew ? AlertTransitionKind.Opened : AlertTransitionKind.Updated, alert with { Message = step["note"]?.GetValue<string>() ?? alert.Message })];
                default:
                    return [];
            }
        }

        private AlertTransition[] End(string name, DateTimeOffset at)
        {
            timeouts.Remove(name);
            return firing.Remove(name, out Alert? alert) ? [new AlertTransition(AlertTransitionKind.Resolved, alert with { ResolvedAt = at, Resolution = "cleared" })] : [];
        }

        private static IEnumerable<Silence> SilencesOf(JsonArray steps)
        {
            foreach (JsonNode step in steps.OfType<JsonNode>().Where(s => s["what"]!.GetValue<string>() == "silence"))
            {
                string rule = step["rule"]!.GetValue<string>();
                double from = step["at"]!.GetValue<double>(), until = step["until"]!.GetValue<double>();
                double? expired = steps.OfType<JsonNode>().FirstOrDefault(s => s["what"]!.GetValue<string>() == "expire" && s["rule"]!.GetValue<string>() == rule && s["at"]!.GetValue<double>() > from)?["at"]!.GetValue<double>();
                yield return new Silence($"{rule} {from}", [new Matcher("rule", MatchOperator.Equal, rule)], Start.AddSeconds(from), Start.AddSeconds(Math.Min(until, expired ?? until)), "a", "", "r", "");
            }
        }

        private string Yaml()
        {
            string muted = scenario["muted"] is null ? "" : ", mute_time_intervals: [always]";
            string interval = muted.Length == 0 ? "" : "time_intervals: [{name: always, time_intervals: [{times: [{start_time: \"00:00\", end_time: \"24:00\"}]}]}]\n";
            string inhibit = scenario["inhibit"] is null ? "" : "inhibit_rules: [{source_matchers: [rule=\"source\"], target_matchers: [rule=\"target\"]}]\n";
            string groupBy = scenario["group_by"]!.ToJsonString(), resolved = JsonSerializer.Serialize(scenario["send_resolved"]!.GetValue<bool>());
            return $"schema: routing/1\nglobal: {{webhook_allow: [127.0.0.0/8]}}\nreceivers: [{{name: r, webhook_configs: [{{url: \"http://127.0.0.1/x\", send_resolved: {resolved}}}]}}]\n{inhibit}{interval}"
                + $"route: {{receiver: r, group_by: {groupBy}, group_wait: {scenario["group_wait"]}s, group_interval: {scenario["group_interval"]}s, repeat_interval: {scenario["repeat_interval"]}s, "
                + $"routes: [{{receiver: r, matchers: [rule=~\".+\"]{muted}}}]}}\n";
        }
    }
}
