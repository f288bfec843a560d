using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Risk.Testing;

namespace Risk.Worker.Tests.Alerting.Differential;

/// <summary>A test against the real Alertmanager: skipped where the program is not installed (Debian package prometheus-alertmanager).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlertmanagerFactAttribute : FactAttribute
{
    public AlertmanagerFactAttribute()
    {
        if (!File.Exists(RealAlertmanager.Program)) Skip = $"{RealAlertmanager.Program} is not installed";
    }
}

/// <summary>Plays many scenarios at once to one real Alertmanager: each has a part of the tree and a label of its own.</summary>
internal sealed class RealAlertmanager : IAsyncDisposable
{
    public const string Program = "/usr/bin/prometheus-alertmanager";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("risk-am-");
    private readonly IReadOnlyList<Scenario> scenarios;
    private readonly WebhookSink sink;
    private readonly Stopwatch clock = new();
    private readonly ConcurrentQueue<(double At, string Path, JsonNode Body)> heard = new();
    private readonly Dictionary<(int, int), JsonObject> firing = [];
    private readonly ConcurrentDictionary<(int, int), string> silences = new();
    private readonly int port = FreePort();
    private HttpClient client = new();
    private System.Diagnostics.Process? process;

    private RealAlertmanager(IReadOnlyList<Scenario> scenarios, WebhookSink sink) => (this.scenarios, this.sink) = (scenarios, sink);

    /// <summary>Runs in real time.</summary>
    /// <param name="startsAt">Called when the scenarios begin.</param>
    /// <param name="restartAt">Seconds; the program is stopped as a service manager stops it, started again, and sent what fires.</param>
    /// <returns>What was told, by scenario.</returns>
    public static async Task<ILookup<int, Told>> PlayAsync(IReadOnlyList<Scenario> scenarios, Action<DateTimeOffset> startsAt, double restartAt = double.PositiveInfinity)
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        await using var real = new RealAlertmanager(scenarios, sink);
        return await real.PlayAsync(startsAt, restartAt);
    }

    private async Task<ILookup<int, Told>> PlayAsync(Action<DateTimeOffset> startsAt, double restartAt)
    {
        var seen = 0;
        sink.Answer = _ =>
        {
            // In the order of arrival: the sink has queued it before it asks for an answer.
            double at = clock.Elapsed.TotalSeconds;
            while (sink.Hooks.TryDequeue(out SunkHook? hook)) heard.Enqueue((at, hook.Path, JsonNode.Parse(hook.Body)!));
            Interlocked.Increment(ref seen);
            return Task.CompletedTask;
        };
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "config.yml"), Config().ToJsonString());
        await StartAsync();
        startsAt(DateTimeOffset.UtcNow);
        clock.Start();
        bool isRestarted = false;
        foreach (IGrouping<double, (Scenario Scenario, Step Step)> moment in scenarios.SelectMany(s => s.Steps.Select(step => (s, step))).GroupBy(s => s.step.At).OrderBy(g => g.Key))
        {
            if (!isRestarted && moment.Key >= restartAt)
            {
                isRestarted = true;
                await RestartAsync(restartAt);
            }

            await UntilAsync(moment.Key);
            await PostAsync(moment);
        }

        if (!isRestarted && double.IsFinite(restartAt)) await RestartAsync(restartAt);
        await UntilAsync(Scenario.Length);
        return heard.Select(h => (Number: int.Parse(h.Path.Split('/')[1], CultureInfo.InvariantCulture), Told: Read(h.At, h.Path.Split('/')[2], h.Body))).ToLookup(h => h.Number, h => h.Told);
    }

    private async Task RestartAsync(double at)
    {
        await UntilAsync(at);
        await StopAsync();
        await StartAsync();
        if (firing.Count > 0) await SendAsync("alerts", new JsonArray([.. firing.Values.Select(a => a.DeepClone())]));
    }

    private async Task UntilAsync(double second)
    {
        double wait = second - clock.Elapsed.TotalSeconds;
        if (wait > 0) await Task.Delay(TimeSpan.FromSeconds(wait));
    }

    private async Task PostAsync(IEnumerable<(Scenario Scenario, Step Step)> moment)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var alerts = new JsonArray();
        var calls = new List<Task>();
        foreach ((Scenario scenario, Step step) in moment)
        {
            (int, int) key = (scenario.Number, step.Subject);
            switch (step.Kind)
            {
                case StepKind.Fire:
                    var alert = firing.TryGetValue(key, out JsonObject? known) ? (JsonObject)known.DeepClone() : new JsonObject
                    {
                        ["labels"] = new JsonObject([.. step.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)), new("scenario", Number(scenario))]),
                        ["startsAt"] = now.AddSeconds(-step.StartsBefore).ToString("O"),
                    };
                    alert["annotations"] = new JsonObject { ["note"] = step.Note };
                    if (!step.TimesOut) alert["endsAt"] = now.AddHours(1).ToString("O");
                    firing[key] = alert;
                    alerts.Add(alert.DeepClone());
                    break;
                case StepKind.Resolve when firing.Remove(key, out JsonObject? over):
                    over["endsAt"] = now.ToString("O");
                    alerts.Add(over);
                    break;
                case StepKind.Silence:
                    calls.Add(SilenceAsync(scenario, step, now));
                    break;
                case StepKind.Expire:
                    if (silences.TryRemove(key, out string? id)) calls.Add(client.DeleteAsync(Url($"silence/{id}")));
                    break;
            }
        }

        if (alerts.Count > 0) calls.Add(SendAsync("alerts", alerts));
        await Task.WhenAll(calls);
    }

    private async Task SilenceAsync(Scenario scenario, Step step, DateTimeOffset now)
    {
        var matchers = new JsonArray([.. step.Labels.Append(new("scenario", Number(scenario))).Select(l => (JsonNode)new JsonObject { ["name"] = l.Key, ["value"] = l.Value, ["isRegex"] = false, ["isEqual"] = true })]);
        JsonNode? answer = await SendAsync("silences", new JsonObject
        {
            ["matchers"] = matchers, ["startsAt"] = now.ToString("O"), ["endsAt"] = now.AddSeconds(step.Until - step.At).ToString("O"), ["createdBy"] = "a", ["comment"] = "r",
        });
        silences[(scenario.Number, step.Subject)] = answer!["silenceID"]!.GetValue<string>();
    }

    private async Task<JsonNode?> SendAsync(string path, JsonNode body)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync(Url(path), body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{port}/api/v2/{path}");

    private JsonObject Config()
    {
        var receivers = new JsonArray(new JsonObject { ["name"] = "nobody" });
        var routes = new JsonArray();
        var inhibitions = new JsonArray();
        var intervals = new JsonArray();
        foreach (Scenario scenario in scenarios)
        {
            string prefix = $"s{Number(scenario)}-", own = $"scenario=\"{Number(scenario)}\"";
            foreach ((string name, bool sendsResolved) in scenario.Receivers)
                receivers.Add(new JsonObject { ["name"] = prefix + name, ["webhook_configs"] = new JsonArray(new JsonObject { ["url"] = new Uri(sink.Url, $"/{Number(scenario)}/{name}").ToString(), ["send_resolved"] = sendsResolved }) });
            var root = (JsonObject)Renamed(scenario.Route, prefix);
            root["matchers"] = new JsonArray(own);
            routes.Add(root);
            foreach (JsonNode? rule in scenario.InhibitRules)
            {
                var inhibition = (JsonObject)rule!.DeepClone();
                inhibition["source_matchers"]!.AsArray().Add(own);
                inhibition["target_matchers"]!.AsArray().Add(own);
                inhibitions.Add(inhibition);
            }

            foreach (JsonNode? interval in scenario.TimeIntervals)
            {
                var copy = (JsonObject)interval!.DeepClone();
                copy["name"] = prefix + copy["name"];
                intervals.Add(copy);
            }
        }

        return new JsonObject
        {
            ["global"] = new JsonObject { ["resolve_timeout"] = string.Create(CultureInfo.InvariantCulture, $"{Scenario.ResolveTimeout}s") },
            ["receivers"] = receivers, ["inhibit_rules"] = inhibitions, ["time_intervals"] = intervals,
            ["route"] = new JsonObject { ["receiver"] = "nobody", ["routes"] = routes },
        };
    }

    /// <summary>A copy whose receivers and intervals are the scenario's own.</summary>
    private static JsonNode Renamed(JsonNode node, string prefix)
    {
        var copy = (JsonObject)node.DeepClone();
        if (copy["receiver"] is { } receiver) copy["receiver"] = prefix + receiver;
        foreach (string key in (string[])["mute_time_intervals", "active_time_intervals"])
            if (copy[key] is JsonArray names) copy[key] = new JsonArray([.. names.Select(n => (JsonNode)(prefix + n))]);
        if (copy["routes"] is JsonArray children) copy["routes"] = new JsonArray([.. children.Select(c => Renamed(c!, prefix))]);
        return copy;
    }

    private static string Number(Scenario scenario) => scenario.Number.ToString(CultureInfo.InvariantCulture);

    private static Told Read(double at, string receiver, JsonNode body)
    {
        return new Told(at, receiver, body["status"]!.GetValue<string>(), Labels(body["groupLabels"]!), OfStatus("firing"), OfStatus("resolved"));

        string OfStatus(string status) => string.Join(' ', body["alerts"]!.AsArray().Where(a => a!["status"]!.GetValue<string>() == status).Select(a => Labels(a!["labels"]!)).Order(StringComparer.Ordinal));

        static string Labels(JsonNode labels) => Told.Text(labels.AsObject().Select(l => KeyValuePair.Create(l.Key, l.Value!.GetValue<string>())));
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            $"--config.file={Path.Combine(folder.FullName, "config.yml")}", $"--storage.path={Path.Combine(folder.FullName, "data")}",
            $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        process = System.Diagnostics.Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var patience = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(process.HasExited, "Alertmanager ended at its start: its configuration is in doubt");
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "Alertmanager is not ready after 30 s");
            try
            {
                if ((await client.GetAsync(new Uri($"http://127.0.0.1:{port}/-/ready"))).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20);
        }
    }

    private async Task StopAsync()
    {
        using var terminate = System.Diagnostics.Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        client.Dispose();
        client = new HttpClient();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await StopAsync();
        client.Dispose();
        folder.Delete(recursive: true);
    }
}
