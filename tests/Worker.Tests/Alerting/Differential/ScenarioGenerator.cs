using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Risk.Worker.Tests.Alerting.Differential;

/// <summary>Makes scenarios: trees of routes with all that Alertmanager's routes can have, and alerts that come, change, end and come back. A number always gives the same one.</summary>
internal sealed class ScenarioGenerator(int number, DateTimeOffset now)
{
    private static readonly (string Label, string[] Values)[] Labels =
        [("rule", ["r1", "r2", "r3", "r4"]), ("severity", ["critical", "high", "warning"]), ("supplier", ["acme", "bolt", "cone"]), ("team", ["ops", "legal", ""]), ("tier", ["1", "2"])];

    private static readonly string[] Patterns = ["a.*", "acme|bolt", ".+", ".*", "r[12]", "(?i)OPS", "[^l].*", "critical|high|1"];
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"];

    private readonly Random random = new(number);
    private readonly List<string> intervals = [];
    private int routes;

    public Scenario Make()
    {
        JsonArray timeIntervals = [.. Enumerable.Range(0, random.Next(0, 3)).Select(Interval)];
        JsonObject route = Route(0);
        ImmutableSortedDictionary<string, bool> receivers = Enumerable.Range(0, 4).ToImmutableSortedDictionary(i => $"r{i}", _ => random.Next(4) > 0, StringComparer.Ordinal);
        return new Scenario(number, route, [.. Enumerable.Range(0, random.Next(3)).Select(_ => Inhibition())], timeIntervals, receivers, Steps());
    }

    private JsonObject Route(int depth)
    {
        var route = new JsonObject();
        if (depth == 0 || random.Next(4) > 0) route["receiver"] = $"r{random.Next(4)}";
        if (depth > 0)
        {
            route["matchers"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => (JsonNode)Matcher())]);
            if (random.Next(3) == 0) route["continue"] = true;
            if (intervals.Count > 0 && random.Next(3) == 0) route[random.Next(2) == 0 ? "mute_time_intervals" : "active_time_intervals"] = new JsonArray(Any(intervals));
        }

        if (depth == 0 || random.Next(2) == 0)
        {
            int interval = random.Next(2, 6);
            route["group_by"] = random.Next(6) == 0 ? ["..."] : new JsonArray([.. Some(Labels).Select(l => (JsonNode)l.Label)]);
            route["group_wait"] = $"{random.Next(1, 4)}s";
            route["group_interval"] = $"{interval}s";

            // At a whole multiple it is chance whether Alertmanager repeats at that look or at the next.
            route["repeat_interval"] = $"{interval * random.Next(1, 4) + random.Next(1, interval)}s";
        }

        routes++;
        if (depth < 3) route["routes"] = new JsonArray([.. Enumerable.Range(0, random.Next(depth == 0 ? 1 : 0, 3)).TakeWhile(_ => routes < 9).Select(_ => (JsonNode)Route(depth + 1))]);
        return route;
    }

    private string Matcher()
    {
        (string label, string[] values) = Any(Labels);
        return random.Next(4) switch
        {
            0 => $"{label}!=\"{Any(values)}\"",
            1 => $"{label}=~\"{Any(Patterns)}\"",
            2 => $"{label}!~\"{Any(Patterns)}\"",
            _ => $"{label}=\"{Any(values)}\"",
        };
    }

    private JsonObject Inhibition() => new()
    {
        ["source_matchers"] = new JsonArray(Matcher()),
        ["target_matchers"] = new JsonArray(Matcher()),
        ["equal"] = new JsonArray([.. Some(Labels).Select(l => (JsonNode)l.Label)]),
    };

    /// <summary>Some hold now and some do not; none begins or ends within minutes.</summary>
    private JsonObject Interval(int index)
    {
        string name = $"i{index}", zone = Any(Zones);
        DateTimeOffset local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(zone));
        var interval = new JsonObject { ["location"] = zone };
        if (random.Next(2) == 0)
        {
            // A clock that is a quarter of an hour or more from both ends.
            int minute = (local.Hour * 60) + local.Minute, from = random.Next(0, 1430), to = random.Next(from + 5, 1441);
            if (Math.Abs(minute - from) > 15 && Math.Abs(minute - to) > 15) interval["times"] = new JsonArray(new JsonObject { ["start_time"] = Clock(from), ["end_time"] = Clock(to) });
        }

        // Days are left out when one is about to end.
        if (local.Hour * 60 + local.Minute is > 15 and < 1425)
        {
            if (random.Next(2) == 0) interval["weekdays"] = new JsonArray(Span(["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]));
            if (random.Next(3) == 0) interval["days_of_month"] = new JsonArray(Days(local));
            if (random.Next(3) == 0) interval["months"] = new JsonArray(Span(["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]));
            if (random.Next(4) == 0) interval["years"] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"{local.Year - random.Next(3)}:{local.Year + random.Next(2)}"));
        }

        intervals.Add(name);
        return new JsonObject { ["name"] = name, ["time_intervals"] = new JsonArray(interval) };
    }

    private string Days(DateTimeOffset local) => random.Next(3) switch
    {
        0 => "-7:-1",
        1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, local.Day - random.Next(4))}:{Math.Min(28, Math.Max(local.Day, 4))}"),
        _ => "1:15",
    };

    private string Span(string[] names)
    {
        int first = random.Next(names.Length), last = random.Next(first, names.Length);
        return first == last ? names[first] : $"{names[first]}:{names[last]}";
    }

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    private ImmutableArray<Step> Steps()
    {
        ImmutableSortedDictionary<string, string>[] alerts =
            [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => Labels.Select(l => KeyValuePair.Create(l.Label, Any(l.Values))).Where(l => l.Value.Length > 0).ToImmutableSortedDictionary(StringComparer.Ordinal)).DistinctBy(Told.Text)];
        bool[] timesOut = [.. alerts.Select(_ => random.Next(5) == 0)];
        bool[] firing = new bool[alerts.Length];
        var steps = new List<Step>();
        var silences = new List<double>();
        double at = 0;
        for (int count = random.Next(4, 14); count > 0 && at < Scenario.Length - 4; count--)
        {
            int subject = random.Next(alerts.Length);
            if (firing[subject] && random.Next(3) > 0) steps.Add(new Step(at, StepKind.Resolve, subject, alerts[subject]));
            else steps.Add(new Step(at, StepKind.Fire, subject, alerts[subject], !firing[subject] && random.Next(5) == 0 ? 60 : 0, timesOut[subject], Note: random.Next(3) == 0 ? $"note {count}" : ""));
            firing[subject] = steps[^1].Kind == StepKind.Fire;
            if (random.Next(6) == 0)
            {
                ImmutableSortedDictionary<string, string> wanted = Some([.. alerts[random.Next(alerts.Length)]]).ToImmutableSortedDictionary(StringComparer.Ordinal);
                if (!wanted.IsEmpty)
                {
                    steps.Add(new Step(at, StepKind.Silence, silences.Count, wanted, Until: at + random.Next(2, 15) + 0.5));
                    silences.Add(at);
                }
            }
            else if (silences.Count > 0 && random.Next(5) == 0)
            {
                int ended = random.Next(silences.Count);
                if (silences[ended] < at) steps.Add(new Step(at, StepKind.Expire, ended, ImmutableSortedDictionary<string, string>.Empty));
            }

            at += random.Next(0, 4) + Any([0, 0, 0.5]);
        }

        return [.. steps];
    }

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private IEnumerable<T> Some<T>(IReadOnlyList<T> of) => of.Where(_ => random.Next(2) == 0).ToArray();
}
