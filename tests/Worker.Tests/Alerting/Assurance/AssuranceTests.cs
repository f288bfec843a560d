using Microsoft.Extensions.Logging;
using Risk.Testing;
using Risk.Worker.Alerting.Assurance;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Storage;
using Risk.Worker.Tests.Hosting;

namespace Risk.Worker.Tests.Alerting.Assurance;

/// <summary>All-quiet, canary and heartbeat, through the pipeline that alerts take.</summary>
public sealed class AssuranceTests
{
    private const string Section = "assurance: {receiver: platform, all_quiet: {at: \"07:00\", location: Europe/Berlin}, canary: {weekday: monday, at: \"05:00\"}}";

    [Fact]
    public async Task Run_DayAfterDay_TellsEachOnceThroughTheOutbox()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.ServeVulnerabilities();
        bench.Write("routing.yaml", bench.Routing(Section));
        await bench.RunAsync();

        // Monday 3 August 2026, 08:00 in Berlin: the canary of 05:00 on both ways out, and the summary of 07:00.
        Assert.Equal(["[Risk] INFO Risk monitor: Weekly check of this channel (2026-08-03): it works. Nothing has happened."], (await SubjectsAsync(bench)).Where(s => s.Length > 0));
        Assert.Equal(["All quiet: 4 suppliers, 1 sources, 0 new, 0 open, 0 undelivered", "Weekly check of this channel (2026-08-03): it works. Nothing has happened."], Told(bench));

        // Again, and later that day, and after a restart: nothing more.
        await bench.RunAsync();
        bench.Now = bench.Now.AddHours(20);
        await bench.RunAsync();
        Assert.Equal(2, bench.Hooks.Hooks.Count);

        // The next morning there is something to tell, and the mail server is down.
        bench.Now = bench.Now.AddHours(4);
        bench.ServeVulnerabilities(1, 2);
        bench.Smtp.Faults["EHLO"] = "drop";
        await bench.RunAsync();
        Assert.Equal("Not all quiet: 4 suppliers, 1 sources, 2 new, 2 open, 0 undelivered", Told(bench)[0]);
        bench.Now = bench.Now.AddDays(1);
        await bench.RunAsync();
        Assert.Contains("2 undelivered", string.Concat(Told(bench)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AfterAWeekWithoutAWorker_TellsTheLatestOnly()
    {
        await using Workbench bench = await Workbench.StartAsync();
        bench.ServeVulnerabilities();
        bench.Write("routing.yaml", bench.Routing(Section));
        await bench.RunAsync();
        bench.Now = bench.Now.AddDays(20);
        await bench.RunAsync();
        Assert.Equal(4, bench.Hooks.Hooks.Count);
    }

    [Fact]
    public async Task Beat_WhenDue_CallsTheSwitchAndAFailureIsALogLineWithoutTheAddress()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        var log = new KeptLog();
        var clock = new ManualTimeProvider(NotificationSample.At);
        var target = new HttpTarget(null, "env:BEAT", [System.Net.IPNetwork.Parse("127.0.0.0/8")]);
        var heart = new Heart(new HeartbeatModel(target, TimeSpan.FromMinutes(5)), new ChannelServices(clock, new SecretReader(".", _ => $"{sink.Url}t0ken"), "."), log);
        await heart.BeatAsync(NotificationSample.At, CancellationToken.None);
        await heart.BeatAsync(NotificationSample.At.AddMinutes(4), CancellationToken.None);
        await heart.BeatAsync(NotificationSample.At.AddMinutes(5), CancellationToken.None);
        Assert.Equal(["/t0ken", "/t0ken"], sink.Hooks.Select(h => h.Path));
        Assert.Empty(log.Lines);
        sink.Answer = context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await heart.BeatAsync(NotificationSample.At.AddMinutes(10), CancellationToken.None);
        Assert.Contains("404", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", log.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("assurance: {receiver: platfrom}", "T008")]
    [InlineData("assurance: {all_quiet: {at: \"07:00\"}}", "T003")]
    [InlineData("assurance: {receiver: a, all_quiet: {at: \"7 o'clock\"}}", "T014")]
    [InlineData("assurance: {receiver: a, all_quiet: {at: \"07:00\", location: Europe/Berlim}}", "T014")]
    [InlineData("assurance: {receiver: a, canary: {weekday: 1, at: \"07:00\"}}", "T014")]
    [InlineData("assurance: {receiver: a, canary: {at: \"07:00\"}}", "T003")]
    [InlineData("assurance: {receiver: a, heartbeat: {every: 1s, url: \"env:X\"}}", "T004")]
    [InlineData("assurance: {receiver: a, heartbeat: {url: \"https://hc.example/secret\"}}", "T017")]
    [InlineData("assurance: {receiver: a, all_quite: {at: \"07:00\"}}", "T002")]
    public void Read_Mistake_IsNamed(string section, string code)
    {
        (var model, var diagnostics) = RoutingSample.Read($"schema: routing/1\nroute: {{receiver: a}}\nreceivers: [{{name: a, webhook_configs: [{{url: \"https://x.example/\"}}]}}]\n{section}\n");
        Assert.Null(model);
        Assert.Contains(diagnostics, d => d.Code == code);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)]
    public void Read_ReceiverWithoutAnotherWayOut_IsWarnedOf(string receiver, bool warned)
    {
        (var model, var diagnostics) = RoutingSample.Read(
            $"schema: routing/1\nroute: {{receiver: a}}\nreceivers: [{{name: a, webhook_configs: [{{url: \"https://x.example/\"}}]}}, {{name: b, webhook_configs: [{{url: \"https://y.example/\"}}]}}]\nassurance: {{receiver: {receiver}}}\n");
        Assert.NotNull(model);
        Assert.Equal(warned, diagnostics.Any(d => d.Code == "T033"));
    }

    private static async Task<string[]> SubjectsAsync(Workbench bench) => [.. (await bench.ReadAsync(s => s.Deliveries.ListAsync(null, 100, CancellationToken.None))).Select(d => d.Subject)];

    /// <summary>Messages at the webhook, newest day first.</summary>
    private static string[] Told(Workbench bench) =>
    [
        .. bench.Hooks.Hooks.Select(h => System.Text.Json.JsonDocument.Parse(h.Body).RootElement).OrderByDescending(b => b.GetProperty("timestamp").GetString(), StringComparer.Ordinal)
            .ThenBy(b => b.GetProperty("reason").GetString(), StringComparer.Ordinal).Select(b => b.GetProperty("alerts")[0].GetProperty("message").GetString()!),
    ];

    private sealed class KeptLog : ILogger<Heart>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
