using Microsoft.Extensions.Logging.Abstractions;
using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Testing;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;
using Risk.Worker.Storage.Sqlite;

namespace Risk.Worker.Tests.Alerting;

/// <summary>From a transition to the wire over the real store, sinks on loopback.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The runner disposes through IAsyncLifetime.")]
public sealed class AlertingEndToEndTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = NotificationSample.At;
    private readonly string folder = Directory.CreateTempSubdirectory("risk-alerting-").FullName;
    private readonly SmtpSink smtp = new();
    private readonly ManualTimeProvider clock = new(At);
    private readonly ReceiverChannels channels = ReceiverChannels.Discover();
    private WebhookSink hooks = null!;
    private SqliteRiskStore store = null!;

    public async Task InitializeAsync()
    {
        hooks = await WebhookSink.StartAsync();
        store = new SqliteRiskStore(Path.Combine(folder, "risk.db"));
        await store.InitializeAsync(CancellationToken.None);
        await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
        await session.Suppliers.ApplyAsync(new SupplierChanges([NotificationSample.Brightwater], [], []), At.AddDays(-1), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await smtp.DisposeAsync();
        await hooks.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    // X01: One failing URL stopped all the others (changedetection.io#2104).
    [Fact]
    [Trait("Defect", "X01")]
    public async Task Deliver_OneChannelDown_TheOthersArriveAndItFollowsLater()
    {
        IReadOnlyList<string> ids = await Tell(Model());
        Assert.Equal(3, ids.Count);
        hooks.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        smtp.Faults["RCPT"] = "451 later";
        var attempt = new DeliveryAttempt(Sender(), new AlertDispatcher(Model(), channels), NullLogger<DeliveryAttempt>.Instance);
        var next = new Dictionary<string, DateTimeOffset?>();
        foreach (string id in ids) next[id] = await attempt.RunAsync(store, id, At, CancellationToken.None);
        Assert.All(next.Values, n => Assert.InRange(n!.Value, At.AddSeconds(22), At.AddSeconds(38)));

        // Too early is no attempt.
        foreach (string id in ids) Assert.Equal(next[id], await attempt.RunAsync(store, id, At.AddSeconds(1), CancellationToken.None));
        Assert.Single(hooks.Hooks);
        smtp.Faults.Clear();
        foreach (string id in ids) next[id] = await attempt.RunAsync(store, id, At.AddMinutes(1), CancellationToken.None);
        Assert.Equal(2, smtp.Mails.Count);
        Assert.Single(next.Values, n => n is not null);
        hooks.Answer = _ => Task.CompletedTask;
        foreach (string id in ids) Assert.Null(await attempt.RunAsync(store, id, At.AddHours(1), CancellationToken.None));

        // Delivered is delivered.
        foreach (string id in ids) Assert.Null(await attempt.RunAsync(store, id, At.AddHours(2), CancellationToken.None));
        Assert.Equal(2, smtp.Mails.Count);
        Assert.Equal(3, hooks.Hooks.Count);
        Assert.Single(hooks.Hooks.Select(h => h.Headers["webhook-id"]).Distinct());
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        Assert.Equal(3, (await session.Deliveries.CountsAsync(CancellationToken.None))[DeliveryState.Delivered]);
        Assert.Null((await session.Ledger.VerifyAsync(CancellationToken.None)).BrokenAt);
    }

    [Fact]
    public async Task Deliver_Refused_OpensOneSystemAlertThatEndsWithTheNextArrival()
    {
        IReadOnlyList<string> ids = await Tell(Model());
        smtp.Faults["RCPT"] = "550 no such mailbox";
        var attempt = new DeliveryAttempt(Sender(), new AlertDispatcher(Model(), channels), NullLogger<DeliveryAttempt>.Instance);
        foreach (string id in ids) Assert.Null(await attempt.RunAsync(store, id, At, CancellationToken.None));
        Alert alert = Assert.Single(await SystemAlerts(resolved: false));
        Assert.Equal(("delivery-failed", "ops/email"), (alert.Rule, alert.Key));
        Assert.Contains("550 no such mailbox", alert.Message, StringComparison.Ordinal);
        smtp.Faults.Clear();
        await using (IStoreSession session = await store.WriteAsync(CancellationToken.None))
        {
            ids = await new AlertDispatcher(Model(), channels).FlushDueAsync(session, At, everythingNow: true, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        // What is wrong with the mail goes by the other way.
        Assert.Equal(["webhook"], (await Task.WhenAll(ids.Select(Find))).Select(d => d.Channel));
        foreach (string id in ids) await attempt.RunAsync(store, id, At, CancellationToken.None);
        Assert.NotEmpty(await SystemAlerts(resolved: false));
        foreach (Delivery back in await Redelivery.PutAllBackAsync(store, "ops", At, CancellationToken.None)) await attempt.RunAsync(store, back.Id, At, CancellationToken.None);
        Assert.Empty(await SystemAlerts(resolved: false));
        Assert.Equal("cleared", Assert.Single(await SystemAlerts(resolved: true)).Resolution);
    }

    [Fact]
    public async Task Redeliver_Dead_IsDueAtOnceForAnother72HoursAndKeepsItsAttempts()
    {
        string id = (await Tell(Model()))[0];
        var attempt = new DeliveryAttempt(Sender(), new AlertDispatcher(Model(), channels), NullLogger<DeliveryAttempt>.Instance);
        smtp.Faults["RCPT"] = "550 no such mailbox";
        hooks.Answer = context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Null(await attempt.RunAsync(store, id, At, CancellationToken.None));
        DateTimeOffset mended = At.AddDays(30);
        (Delivery? waiting, string refusal) = await Redelivery.PutBackAsync(store, id[..8], mended, CancellationToken.None);
        Assert.Equal((id, "", 1, mended), (waiting!.Id, refusal, waiting.Attempts, waiting.NextAttemptAt!.Value));

        // Not yet quite mended: the first window is long over, the new one counts, to its end.
        smtp.Faults["RCPT"] = "451 later";
        hooks.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        DateTimeOffset? next = mended;
        DateTimeOffset last = default;
        int attempts = 1;
        for (; next is not null; attempts++)
        {
            last = next.Value;
            clock.Advance(last - clock.GetUtcNow());
            next = await attempt.RunAsync(store, id, last, CancellationToken.None);
        }

        Assert.InRange(last, mended.AddHours(60), mended.AddHours(72));
        Delivery dead = await Find(id);
        Assert.Equal((DeliveryState.Dead, attempts), (dead.State, dead.Attempts));

        smtp.Faults.Clear();
        hooks.Answer = _ => Task.CompletedTask;
        Assert.NotNull((await Redelivery.PutBackAsync(store, id, mended.AddDays(9), CancellationToken.None)).Delivery);
        Assert.Null(await attempt.RunAsync(store, id, mended.AddDays(9), CancellationToken.None));
        Delivery delivered = await Find(id);
        Assert.Equal((DeliveryState.Delivered, attempts + 1, mended.AddDays(9)), (delivered.State, delivered.Attempts, delivered.EndedAt!.Value));
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        Assert.Null((await session.Ledger.VerifyAsync(CancellationToken.None)).BrokenAt);
    }

    [Fact]
    public async Task Redeliver_NotGivenUp_IsRefusedWithTheReason()
    {
        IReadOnlyList<string> ids = await Tell(Model());
        Assert.Contains("was not given up", (await Redelivery.PutBackAsync(store, ids[0], At, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        await new DeliveryAttempt(Sender(), new AlertDispatcher(Model(), channels), NullLogger<DeliveryAttempt>.Instance).RunAsync(store, ids[0], At, CancellationToken.None);
        Assert.Contains("arrived at 2026-03-02 06:15Z", (await Redelivery.PutBackAsync(store, ids[0], At, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Contains("there is no delivery 'zzz'", (await Redelivery.PutBackAsync(store, "zzz", At, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Contains("give more characters", (await Redelivery.PutBackAsync(store, "", At, CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, (await Find(ids[0])).State);
    }

    [Fact]
    public async Task Tell_RolledBack_LeavesNothingAndTheSameIdsComeAgain()
    {
        RoutingModel model = Model();
        IReadOnlyList<string> lost = await Tell(model, commit: false);
        await using (IStoreSession session = await store.ReadAsync(CancellationToken.None))
            Assert.Empty(await session.Deliveries.ListAsync(null, 10, CancellationToken.None));
        Assert.Equal(lost.Order(), (await Tell(model)).Order());
    }

    [Fact]
    public async Task Deliver_IntoOutbox_WritesMailPageAndBody()
    {
        IReadOnlyList<string> ids = await Tell(Model());
        string outbox = Path.Combine(folder, "out");
        var attempt = new DeliveryAttempt(Sender(outbox), new AlertDispatcher(Model(), channels), NullLogger<DeliveryAttempt>.Instance);
        foreach (string id in ids) Assert.Null(await attempt.RunAsync(store, id, At, CancellationToken.None));
        Assert.Equal(2, Directory.GetFiles(outbox, "*.eml").Length);
        Assert.Contains("Brightwater", await File.ReadAllTextAsync(Directory.GetFiles(outbox, "*.html")[0]), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(outbox, "*.json"));
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task Resolve_TellsOnceAndTheGroupIsGone()
    {
        RoutingModel model = Model();
        await Tell(model);
        IReadOnlyList<string> ids = await Tell(model, new AlertTransition(AlertTransitionKind.Resolved, NotificationSample.Insolvency with { ResolvedAt = At.AddHours(1), Resolution = "cleared" }), At.AddHours(1));
        Assert.Equal(3, ids.Count);
        await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
        Assert.Empty(await new AlertDispatcher(model, channels).FlushDueAsync(session, At.AddHours(1).AddSeconds(30), everythingNow: false, CancellationToken.None));
        Assert.Empty(await session.Alerts.DueGroupsAsync(DateTimeOffset.MaxValue.AddYears(-1), CancellationToken.None));
    }

    private async Task<Alert[]> SystemAlerts(bool resolved)
    {
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        return [.. (await session.Alerts.ListAsync(resolved, CancellationToken.None)).Where(a => a.Kind == AlertKind.System)];
    }

    private async Task<Delivery> Find(string id)
    {
        await using IStoreSession session = await store.ReadAsync(CancellationToken.None);
        return (await session.Deliveries.FindAsync(id, CancellationToken.None))!;
    }

    private RoutingModel Model() => RoutingSample.Good($$"""
        schema: routing/1
        global: {smtp_smarthost: "127.0.0.1:{{smtp.Port}}", smtp_from: risk@buyer.example, smtp_require_tls: false, webhook_allow: [127.0.0.0/8]}
        route: {receiver: ops, group_by: [supplier], group_wait: 0s}
        receivers:
          - name: ops
            email_configs: [{to: "{supplier.owner}", fallback_to: risk@buyer.example, send_resolved: true}, {to: board@buyer.example, send_resolved: true}]
            webhook_configs: [{url: "{{hooks.Url}}hook"}]
        """);

    private DeliverySender Sender(string? outbox = null) =>
        new(Model(), channels, new ChannelServices(clock, new SecretReader(folder, _ => null), folder), outbox);

    private async Task<IReadOnlyList<string>> Tell(RoutingModel model, AlertTransition? transition = null, DateTimeOffset? at = null, bool commit = true)
    {
        var dispatcher = new AlertDispatcher(model, channels);
        ImmutableArray<AlertTransition> transitions = [transition ?? new AlertTransition(AlertTransitionKind.Opened, NotificationSample.Insolvency)];
        await using IStoreSession session = await store.WriteAsync(CancellationToken.None);
        await session.Alerts.SaveAsync(transitions, at ?? At, CancellationToken.None);
        await dispatcher.OnTransitionsAsync(session, transitions, at ?? At, CancellationToken.None);
        IReadOnlyList<string> ids = await dispatcher.FlushDueAsync(session, at ?? At, everythingNow: false, CancellationToken.None);
        if (commit) await session.CommitAsync(CancellationToken.None);
        return ids;
    }
}
