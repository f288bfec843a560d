using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Risk.Rules.Alerts;
using Risk.Testing;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Alerting.DeliveryAttempts;

/// <summary>A day and more of trouble with the other side, in simulated time over the real store and the wire: everything arrives, for each reader once and in order.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class OutageTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = NotificationSample.At;
    private static readonly string[] People = ["board@buyer.example", "risk@buyer.example", "treasury@buyer.example"];

    private readonly string folder = Directory.CreateTempSubdirectory("risk-outage-").FullName;
    private readonly SmtpSink smtp = new();
    private readonly ManualTimeProvider clock = new(At);
    private readonly ReceiverChannels channels = ReceiverChannels.Discover();
    private readonly PriorityQueue<string, DateTimeOffset> jobs = new();
    private WebhookSink hooks = null!;
    private SqliteRiskStore store = null!;
    private DeliveryAttempt attempt = null!;

    public async Task InitializeAsync()
    {
        hooks = await WebhookSink.StartAsync();
        store = new SqliteRiskStore(Path.Combine(folder, "risk.db"));
        await store.InitializeAsync(CancellationToken.None);
        RoutingModel model = Model();
        attempt = new DeliveryAttempt(
            new DeliverySender(model, channels, new ChannelServices(clock, new SecretReader(folder, _ => null), folder)), new AlertDispatcher(model, channels), NullLogger<DeliveryAttempt>.Instance);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await smtp.DisposeAsync();
        await hooks.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("CONNECT", "drop")]
    [InlineData("CONNECT", "421 too busy")]
    [InlineData("MAIL", "451 not now")]
    [InlineData("DATA", "452 no space")]
    [InlineData("END", "drop")]
    public async Task Outage_MailServerDownForADay_EverythingArrivesOnceAndInOrder(string at, string fault)
    {
        smtp.Faults[at] = fault;
        await EnqueueAsync("ops", groups: 2, each: 3, every: TimeSpan.FromHours(7));
        await RunUntilAsync(At.AddDays(1));
        Assert.Empty(smtp.Mails);
        smtp.Faults.Clear();
        await RunUntilAsync(At.AddDays(4));
        await AssertEachOnceAsync(People, groups: 2, each: 3);

        // Somebody was told, through what works, and told again that it is over.
        Alert failing = Assert.Single(await SystemAlertsAsync(), a => a.Rule == DeliveryAlerts.FailingRule);
        Assert.NotNull(failing.ResolvedAt);
        Assert.InRange(failing.StartsAt, At + DeliveryAlerts.FailingAfter, At.AddHours(1));
    }

    [Fact]
    public async Task Outage_OneOfThreeRecipientsRefused_TheOthersDoNotWait()
    {
        smtp.Faults["board@buyer.example"] = "450 mailbox busy";
        await EnqueueAsync("ops", groups: 2, each: 2, every: TimeSpan.FromHours(1));
        await RunUntilAsync(At.AddHours(6));
        Assert.Equal(8, smtp.Mails.Count);
        Assert.DoesNotContain(smtp.Mails, m => m.To == "board@buyer.example");
        smtp.Faults.Clear();
        await RunUntilAsync(At.AddDays(4));
        await AssertEachOnceAsync(People, groups: 2, each: 2);
        Assert.Empty(await SystemAlertsAsync());
    }

    [Fact]
    public async Task Outage_DroppedAfterTheMailWasTaken_CopiesHaveOneMessageId()
    {
        smtp.Faults["END"] = "keep and drop";
        await EnqueueAsync("ops", groups: 1, each: 2, every: TimeSpan.FromHours(1));
        await RunUntilAsync(At.AddMinutes(10));
        smtp.Faults.Clear();
        await RunUntilAsync(At.AddDays(4));
        await AssertEachOnceAsync(People, groups: 1, each: 2);
        Assert.True(smtp.Mails.Count > 6, "nothing was sent twice, so the fault was not there");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task Outage_WebhookFailsForADay_EverythingArrivesOnceAndInOrder(int status)
    {
        hooks.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "600";
            return Task.CompletedTask;
        };
        await EnqueueAsync("hooked", groups: 4, each: 6, every: TimeSpan.FromHours(4));
        await RunUntilAsync(At.AddDays(1));
        int during = hooks.Hooks.Count;
        hooks.Hooks.Clear();
        hooks.Answer = static _ => Task.CompletedTask;
        await RunUntilAsync(At.AddDays(4));
        string[] ids = [.. hooks.Hooks.Select(h => h.Headers["webhook-id"])];
        Assert.Equal(24, ids.Distinct().Count());
        Assert.Equal(24, ids.Length);
        Delivery[] all = await AllAsync();
        Assert.All(all, d => Assert.Equal(DeliveryState.Delivered, d.State));
        foreach (IGrouping<string, Delivery> group in all.GroupBy(d => d.GroupKey))
        {
            Assert.Equal(group.OrderBy(d => d.CreatedAt).Select(d => d.Id), ids.Where(id => group.Any(d => d.Id == id)));
        }

        // 24 deliveries by themselves would try about 15 times each on that day.
        Assert.InRange(during, 5, 350);
    }

    [Fact]
    public async Task Outage_OneMessageThatTheReceiverCannotTake_HoldsTheNextUpForAnHourAtMost()
    {
        await EnqueueAsync("hooked", groups: 1, each: 3, every: TimeSpan.FromMinutes(10));
        string poison = (await AllAsync()).MinBy(d => d.CreatedAt)!.Id;
        hooks.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Headers["webhook-id"] == poison ? 500 : 200;
            return Task.CompletedTask;
        };
        await RunUntilAsync(At.AddHours(2));
        Delivery[] all = await AllAsync();
        Assert.Equal([DeliveryState.Pending, DeliveryState.Delivered, DeliveryState.Delivered], all.OrderBy(d => d.CreatedAt).Select(d => d.State));
        Assert.All(all.Where(d => d.Id != poison), d => Assert.InRange(d.EndedAt!.Value - d.CreatedAt, TimeSpan.Zero, DeliveryAttempt.WaitsForOlder + TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Outage_NeverEnds_IsGivenUpAfterARealAttemptAndToldThroughAnotherReceiver()
    {
        smtp.Faults["CONNECT"] = "drop";
        await EnqueueAsync("ops", groups: 2, each: 2, every: TimeSpan.FromMinutes(1));
        await RunUntilAsync(At.AddDays(5), flushing: true);
        Delivery[] all = await AllAsync();
        Assert.All(all.Where(d => d.Receiver == "ops"), d => Assert.Equal(DeliveryState.Dead, d.State));
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        foreach (Delivery dead in all.Where(d => d.State == DeliveryState.Dead))
        {
            AttemptRecord[] attempts = [.. await session.Deliveries.AttemptsAsync(dead.Id, CancellationToken.None)];
            Assert.Equal(dead.Attempts, attempts.Length);
            Assert.Equal("given-up", attempts[^1].Outcome);
            Assert.InRange(attempts[^1].At - dead.CreatedAt, TimeSpan.FromHours(60), TimeSpan.FromHours(73));
        }

        // The mail server's receiver is the one that system alerts go to; they came by the other way.
        Assert.Contains(hooks.Hooks, h => h.Path == "/other" && System.Text.Encoding.UTF8.GetString(h.Body).Contains(DeliveryAlerts.FailingRule, StringComparison.Ordinal));
        Assert.Contains(hooks.Hooks, h => h.Path == "/other" && System.Text.Encoding.UTF8.GetString(h.Body).Contains(DeliveryAlerts.LostRule, StringComparison.Ordinal));
        Assert.Null((await session.Ledger.VerifyAsync(CancellationToken.None)).BrokenAt);
    }

    private RoutingModel Model() => RoutingSample.Good($$"""
        schema: routing/1
        global: {smtp_smarthost: "127.0.0.1:{{smtp.Port}}", smtp_from: risk@buyer.example, smtp_require_tls: false, webhook_allow: [127.0.0.0/8]}
        route: {receiver: ops, group_by: [supplier], group_wait: 0s, group_interval: 5m, repeat_interval: 12h}
        assurance: {receiver: other}
        receivers:
          - name: ops
            email_configs: [{to: "{{string.Join(", ", People)}}", send_resolved: true}]
          - name: hooked
            webhook_configs: [{url: "{{hooks.Url}}hook"}]
          - name: other
            webhook_configs: [{url: "{{hooks.Url}}other"}]
        """);

    /// <summary>Notifications of some groups, one after the other.</summary>
    private async Task EnqueueAsync(string receiver, int groups, int each, TimeSpan every)
    {
        RoutingModel model = Model();
        var planner = new NotificationPlanner(model, channels);
        ImmutableArray<Delivery> all =
        [
            .. from number in Enumerable.Range(0, each)
               from @group in Enumerable.Range(0, groups)
               let notification = NotificationSample.Single with
               {
                   Id = string.Create(CultureInfo.InvariantCulture, $"n{group}-{number:D2}"), GroupKey = string.Create(CultureInfo.InvariantCulture, $"g{group}"), At = At + (every * number), Receiver = receiver,
                   Firing = [NotificationSample.Insolvency with { Message = string.Create(CultureInfo.InvariantCulture, $"group {group} message {number:D2} of it") }],
               }
               from delivery in planner.DeliveriesOf(notification, model.Receivers[receiver].Targets)
               select delivery,
        ];
        await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
        await session.Deliveries.EnqueueAsync(all, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        foreach (Delivery delivery in all) jobs.Enqueue(delivery.Id, delivery.CreatedAt);
    }

    /// <summary>What the scheduler does: each delivery when it is due; with <paramref name="flushing"/> also what comes of the alerts about it.</summary>
    private async Task RunUntilAsync(DateTimeOffset end, bool flushing = false)
    {
        while (jobs.TryPeek(out string? id, out DateTimeOffset due) && due <= end)
        {
            jobs.Dequeue();
            if (due > clock.GetUtcNow()) clock.Advance(due - clock.GetUtcNow());
            if (await attempt.RunAsync(store, id, clock.GetUtcNow(), CancellationToken.None) is { } next) jobs.Enqueue(id, next);
            if (!flushing) continue;
            await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
            foreach (string told in await new AlertDispatcher(Model(), channels).FlushDueAsync(session, clock.GetUtcNow(), everythingNow: false, CancellationToken.None)) jobs.Enqueue(told, clock.GetUtcNow());
            await session.CommitAsync(CancellationToken.None);
        }

        if (end > clock.GetUtcNow()) clock.Advance(end - clock.GetUtcNow());
    }

    private async Task AssertEachOnceAsync(string[] people, int groups, int each)
    {
        var read = smtp.Mails
            .Select(m => (m.To, Id: Regex.Match(m.Data, "^Message-ID: *(\\S+)", RegexOptions.Multiline | RegexOptions.IgnoreCase).Groups[1].Value, Delivery: Regex.Match(m.Data, "^X-Risk-Delivery: *(\\S+)", RegexOptions.Multiline).Groups[1].Value))
            .DistinctBy(m => m.Id).ToArray();
        Delivery[] all = await AllAsync();
        Assert.Equal(people.Length * groups * each, read.Length);
        Assert.All(all, d => Assert.Equal(DeliveryState.Delivered, d.State));
        foreach (IGrouping<(string, string), Delivery> sequence in all.GroupBy(d => (d.GroupKey, d.Recipient)))
            Assert.Equal(sequence.OrderBy(d => d.CreatedAt).Select(d => d.Id), read.Where(m => sequence.Any(d => d.Id == m.Delivery)).Select(m => m.Delivery));
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        foreach (Delivery delivery in all) Assert.Equal("delivered", (await session.Deliveries.AttemptsAsync(delivery.Id, CancellationToken.None))[^1].Outcome);
        IReadOnlyList<LedgerEntry> ledger = await session.Ledger.ReadAsync(0, 100_000, CancellationToken.None);
        Assert.All(all, d => Assert.Contains(ledger, e => e.Kind == "delivery" && e.Subject == d.Id && e.Content.Contains("Delivered", StringComparison.Ordinal)));
        Assert.Null((await session.Ledger.VerifyAsync(CancellationToken.None)).BrokenAt);
    }

    private async Task<Delivery[]> AllAsync()
    {
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        return [.. (await session.Deliveries.ListAsync(null, int.MaxValue, CancellationToken.None)).OrderBy(d => d.CreatedAt)];
    }

    private async Task<Alert[]> SystemAlertsAsync()
    {
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        return [.. (await session.Alerts.ListAsync(resolved: true, CancellationToken.None)).Where(a => a.Kind == AlertKind.System)];
    }
}
