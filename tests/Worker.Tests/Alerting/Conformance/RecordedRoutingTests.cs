using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Testing;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Conformance;

/// <summary>What Alertmanager 0.25 answered to random configurations: receivers, groups, who is inhibited and silenced by what.</summary>
public sealed class RecordedRoutingTests
{
    // Routes and inhibitions that our reader proves to be without effect. They are taken out and the rest is compared, so a wrong proof shows as a wrong answer.
    private static readonly string[] WithoutEffect = ["T007", "T010", "T018"];

    [SharedFact]
    public void Route_EveryRecordedAlert_IsAnsweredAsByAlertmanager()
    {
        var differences = new List<string>();
        int alerts = 0;
        foreach (JsonNode? recorded in JsonNode.Parse(File.ReadAllText(SharedFactAttribute.Path("conformance", "alertmanager", "routing.json")))!.AsArray())
        {
            JsonNode[] expected = [.. recorded!["expected"]!.AsArray().OfType<JsonNode>()];
            string[] answers = Answers(recorded, out string groups);
            alerts += expected.Length;
            Assert.Equal(expected.Length, answers.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                string wanted = Answer(
                    expected[i]["receivers"]!.AsArray().Select(r => r!.GetValue<string>()), expected[i]["inhibited"]!.GetValue<bool>(), expected[i]["silencedBy"]!.AsArray().Select(s => s!.GetValue<int>()));
                if (wanted != answers[i]) differences.Add($"{recorded["name"]} alert {i}: {wanted} expected, {answers[i]} given");
            }

            string wantedGroups = Lines(recorded["groups"]!.AsArray().Select(g => Group(g!["receiver"]!.GetValue<string>(), Labels(g["labels"]!), g["alerts"]!.AsArray().Select(a => a!.GetValue<int>()))));
            if (wantedGroups != groups) differences.Add($"{recorded["name"]} groups:\n{wantedGroups}\nexpected, given\n{groups}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n" + string.Join('\n', differences.Take(5)));
        Assert.Equal(1_798, alerts);
    }

    private static string[] Answers(JsonNode recorded, out string groups)
    {
        RoutingModel model = Load(recorded["config"]!.AsObject());
        Silence[] silences = [.. recorded["silences"]!.AsArray().Select((s, i) => SilenceOf(s!, i))];
        var known = new Silences([.. silences]);
        Alert[] alerts = [.. recorded["alerts"]!.AsArray().Select((labels, i) => NotificationSample.Alert(i.ToString(CultureInfo.InvariantCulture), "R", "S") with { Supplier = null, Labels = Labels(labels!) })];
        var inhibitions = new Inhibitions(model.InhibitRules, alerts);
        var members = new Dictionary<string, (RouteNode Route, ImmutableSortedDictionary<string, string> Labels, List<int> Alerts)>(StringComparer.Ordinal);
        var answers = new string[alerts.Length];
        for (int i = 0; i < alerts.Length; i++)
        {
            ImmutableArray<RouteNode> routes = model.Routes.Match(alerts[i].Labels);
            answers[i] = Answer(routes.Select(r => r.Receiver), inhibitions.Hides(alerts[i]), known.Of(alerts[i].Labels, NotificationSample.At).Select(s => int.Parse(s.Id, CultureInfo.InvariantCulture)));
            foreach (RouteNode route in routes)
            {
                ImmutableSortedDictionary<string, string> labels = route.GroupLabels(alerts[i].Labels);
                string key = Groups.Key(route, labels);
                if (!members.ContainsKey(key)) members[key] = (route, labels, []);
                members[key].Alerts.Add(i);
            }
        }

        groups = Lines(members.Values.Select(g => Group(g.Route.Receiver, g.Labels, g.Alerts)));
        return answers;
    }

    private static RoutingModel Load(JsonObject config)
    {
        while (true)
        {
            var lines = new List<JsonObject?>();
            (RoutingModel? model, ImmutableArray<Diagnostic> diagnostics) = RoutingSample.Read(Yaml(config, lines));
            if (model is not null) return model;
            Diagnostic[] errors = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
            Assert.All(errors, e => Assert.Contains(e.Code, WithoutEffect));
            foreach (JsonObject part in errors.Select(e => lines[e.Position.Line - 1]!).Distinct().ToArray()) part.Parent!.AsArray().Remove(part);
        }
    }

    /// <summary>The configuration as our file, one route or inhibition on each line.</summary>
    private static string Yaml(JsonObject config, List<JsonObject?> lines)
    {
        var text = new StringBuilder();
        Line("schema: routing/1", null);
        Line($"receivers: {config["receivers"]!.ToJsonString()}", null);
        Line("inhibit_rules: [", null);
        foreach (JsonNode? rule in config["inhibit_rules"]!.AsArray()) Line($"  {rule!.ToJsonString()},", rule.AsObject());
        Line("  ]", null);
        Line("route:", null);
        Route(config["route"]!.AsObject(), "");
        return text.ToString();

        void Route(JsonObject route, string separator)
        {
            Line($"  {{{string.Join(", ", route.Where(p => p.Key != "routes").Select(p => $"\"{p.Key}\": {p.Value!.ToJsonString()}"))}, \"routes\": [", route);
            foreach (JsonNode? child in route["routes"]?.AsArray() ?? []) Route(child!.AsObject(), ",");
            Line($"  ]}}{separator}", null);
        }

        void Line(string line, JsonObject? about)
        {
            text.Append(line).Append('\n');
            lines.Add(about);
        }
    }

    private static Silence SilenceOf(JsonNode silence, int index)
    {
        ImmutableArray<Matcher> matchers = [.. silence["matchers"]!.AsArray().Select(m => new Matcher(m!["label"]!.GetValue<string>(), Operator(m["op"]!.GetValue<string>()), m["value"]!.GetValue<string>()))];
        DateTimeOffset starts = silence["state"]!.GetValue<string>() == "pending" ? NotificationSample.At.AddHours(1) : NotificationSample.At.AddHours(-1);
        return new Silence(index.ToString(CultureInfo.InvariantCulture), matchers, starts, starts.AddHours(9), "a", "", "r", "");
    }

    private static MatchOperator Operator(string text) => text switch { "=" => MatchOperator.Equal, "!=" => MatchOperator.NotEqual, "=~" => MatchOperator.Regex, _ => MatchOperator.NotRegex };

    private static ImmutableSortedDictionary<string, string> Labels(JsonNode labels) =>
        labels.AsObject().ToImmutableSortedDictionary(l => l.Key, l => l.Value!.GetValue<string>(), StringComparer.Ordinal);

    private static string Answer(IEnumerable<string> receivers, bool inhibited, IEnumerable<int> silencedBy) =>
        $"{string.Join(' ', receivers.Order(StringComparer.Ordinal))}{(inhibited ? " inhibited" : "")} silenced by [{string.Join(' ', silencedBy.Order())}]";

    private static string Group(string receiver, ImmutableSortedDictionary<string, string> labels, IEnumerable<int> alerts) => $"{receiver} {JsonSerializer.Serialize(labels)} {string.Join(' ', alerts.Order())}";

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}
