using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The fake holds nothing.")]
public sealed class AlertDispatcherTests
{
    private const string Globals = "global: {smtp_smarthost: \"127.0.0.1:25\", smtp_from: risk@buyer.example, webhook_allow: [127.0.0.0/8]}\n";

    private const string Simple = "schema: routing/1\n" + Globals + """
        route: {receiver: ops, group_by: [supplier], group_wait: 2m, group_interval: 30m, repeat_interval: 1d}
        receivers:
          - {name: ops, email_configs: [{to: "a@buyer.example, b@buyer.example", send_resolved: true}]}
        """;

    private static readonly DateTimeOffset Start = NotificationSample.At;

    private readonly FakeStore store = new();

    private AlertDispatcher dispatcher = new(RoutingSample.Good(Simple), ReceiverChannels.Discover());

    [Fact]
    public async Task Join_OpenedAndEndedAtOnceInAnEmptyGroup_TheGroupKeepsItsClock()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        await Change(AlertTransitionKind.Resolved, Alert("e1") with { ResolvedAt = Start.AddMinutes(30), Resolution = "cleared" }, Start.AddMinutes(30));
        await Flush(Start.AddMinutes(32));
        DateTimeOffset blink = Start.AddMinutes(32).AddSeconds(10);
        AlertTransition[] both = [new(AlertTransitionKind.Opened, Alert("e2")), new(AlertTransitionKind.Resolved, Alert("e2") with { ResolvedAt = blink, Resolution = "cleared" })];
        await store.SaveAsync(both, blink, CancellationToken.None);
        await dispatcher.OnTransitionsAsync(store, both, blink, CancellationToken.None);
        await Change(AlertTransitionKind.Opened, Alert("e3"), blink.AddSeconds(5));

        Assert.Equal(Start.AddMinutes(62), Assert.Single(store.GroupsByKey.Values).NextFlushAt);
    }

    [Fact]
    public async Task Flush_NewAlert_WaitsForGroupWaitAndTellsEachRecipientOnce()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        Assert.Empty(await Flush(Start.AddSeconds(119)));
        Assert.Equal(2, (await Flush(Start.AddMinutes(2))).Count);
        Assert.Empty(await Flush(Start.AddMinutes(3)));
        Assert.Equal(["a@buyer.example", "b@buyer.example"], store.Stored.Values.Select(d => d.Recipient).Order());
        Assert.Equal("notification", Assert.Single(store.Entries).Kind);
    }

    [Fact]
    public async Task Flush_OneShot_TakesGroupWaitAsElapsedButNotTheInterval()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        Assert.Equal(2, (await Flush(Start, everythingNow: true)).Count);
        await Change(AlertTransitionKind.Opened, Alert("e2", rule: "R2"), Start.AddMinutes(1));
        Assert.Empty(await Flush(Start.AddMinutes(1), everythingNow: true));
        Assert.Equal(2, (await Flush(Start.AddMinutes(30), everythingNow: true)).Count);
        Assert.Equal("NewAlerts", Reason(^1));
    }

    // X03: "Skip if unchanged" suppressed the summaries that were due (dependency-track, PR 4910).
    [Fact]
    [Trait("Defect", "X03")]
    public async Task Flush_Repeat_ComesWhenExactlyDueAndNotBefore()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        Assert.Empty(await Flush(Start.AddMinutes(2).AddDays(1).AddTicks(-1)));
        Assert.Equal(2, (await Flush(Start.AddMinutes(2).AddDays(1))).Count);
        Assert.Equal("RepeatDue", Reason(^1));
    }

    // X09: Something new under the same labels was told to nobody (alertmanager#904).
    [Fact]
    [Trait("Defect", "X09")]
    public async Task Flush_WorsenedThenResolved_TellsBothAndEndsTheThread()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        string thread = Assert.Single(store.GroupsByKey.Values).ThreadId;
        await Change(AlertTransitionKind.Worsened, Alert("e1") with { Revision = 1 }, Start.AddHours(1));
        await Flush(Start.AddHours(1).AddMinutes(2));
        Assert.Equal("Worsened", Reason(^1));
        await Change(AlertTransitionKind.Resolved, Alert("e1") with { Revision = 1, ResolvedAt = Start.AddHours(2) }, Start.AddHours(2));
        await Flush(Start.AddHours(2).AddMinutes(2));
        Assert.Equal("Resolved", Reason(^1));
        await Flush(Start.AddHours(2).AddMinutes(3));
        Assert.Empty(store.GroupsByKey);
        await Change(AlertTransitionKind.Opened, Alert("e9"), Start.AddHours(3));
        Assert.NotEqual(thread, Assert.Single(store.GroupsByKey.Values).ThreadId);
    }

    [Fact]
    public async Task Flush_ResolvedBeforeItWasTold_StaysSilent()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Change(AlertTransitionKind.Resolved, Alert("e1") with { ResolvedAt = Start.AddMinutes(1) }, Start.AddMinutes(1));
        Assert.Empty(await Flush(Start.AddMinutes(5)));
        Assert.Empty(await Flush(Start.AddMinutes(5).AddSeconds(30)));
        Assert.Empty(store.GroupsByKey);
    }

    [Fact]
    public async Task Flush_EndsAndComesBackBetweenTwoLooks_IsNoNews()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        await Change(AlertTransitionKind.Resolved, Alert("e1") with { ResolvedAt = Start.AddMinutes(5) }, Start.AddMinutes(5));
        await Change(AlertTransitionKind.Opened, Alert("e2"), Start.AddMinutes(6));
        Assert.Empty(await Flush(Start.AddMinutes(32)));
        Assert.Equal(2, (await Flush(Start.AddMinutes(2).AddDays(1))).Count);
        Assert.Equal("RepeatDue", Reason(^1));
        Assert.Contains("\"resolved\":[]", store.Entries[^1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_Silenced_IsToldWhenTheSilenceEnds()
    {
        var silence = new Silence("S-1", [new Matcher("rule", MatchOperator.Equal, "R1")], Start, Start.AddHours(1), "j.novak", "", "move", "");
        dispatcher = new AlertDispatcher(RoutingSample.Good(Simple) with { Silences = new Silences([silence]) }, ReceiverChannels.Discover());
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Change(AlertTransitionKind.Opened, Alert("e2", rule: "R2"), Start);
        await Flush(Start.AddMinutes(2));
        Assert.Contains("\"firing\":[\"e2#0\"]", store.Entries[^1].Content, StringComparison.Ordinal);
        Assert.Empty(await Flush(Start.AddMinutes(32)));
        Assert.Equal(2, (await Flush(Start.AddMinutes(62))).Count);
        Assert.Equal("NewAlerts", Reason(^1));
        Assert.Contains("\"firing\":[\"e1#0\",\"e2#0\"]", store.Entries[^1].Content, StringComparison.Ordinal);
    }

    // A group that had ended kept its interval, so the next trouble of the supplier waited for it.
    [Fact]
    public async Task Change_LongAfterTheGroupEnded_OpensANewGroup()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        await Change(AlertTransitionKind.Resolved, Alert("e1") with { ResolvedAt = Start.AddMinutes(3) }, Start.AddMinutes(3));
        await Flush(Start.AddMinutes(32));
        await Change(AlertTransitionKind.Opened, Alert("e2") with { StartsAt = Start.AddMinutes(33) }, Start.AddMinutes(33));
        Assert.Equal(2, (await Flush(Start.AddMinutes(35))).Count);
        Assert.Equal("First", Reason(^1));
    }

    [Fact]
    public async Task Flush_AlertBeganLongAgo_DoesNotWaitUnlessItIsAdopted()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start.AddHours(1));
        Assert.Equal(2, (await Flush(Start.AddHours(1))).Count);
        await store.SaveAsync([new AlertTransition(AlertTransitionKind.Opened, Alert("e2", supplier: "S2"))], Start, CancellationToken.None);
        await dispatcher.AdoptAsync(store, Start.AddHours(2), CancellationToken.None);
        Assert.Empty(await Flush(Start.AddHours(2)));
        Assert.Equal(2, (await Flush(Start.AddHours(2).AddMinutes(2))).Count);
    }

    [Fact]
    public async Task Flush_Relabelled_IsNotToldAsResolved()
    {
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start.AddMinutes(2));
        await Change(AlertTransitionKind.Relabelled, Alert("e1") with { ResolvedAt = Start.AddHours(1), Resolution = "relabelled" }, Start.AddHours(1));
        await Change(AlertTransitionKind.Opened, Alert("e2") with { Labels = Alert("e2").Labels.SetItem("tier", "2") }, Start.AddHours(1));
        await Flush(Start.AddHours(2));
        Assert.Equal("NewAlerts", Reason(^1));
        Assert.Contains("\"resolved\":[]", store.Entries[^1].Content, StringComparison.Ordinal);
    }

    // A worsened alert went on in the group of its old severity too, and told its readers of every change.
    [Fact]
    public async Task Flush_LabelsChanged_TheAlertLeavesItsOldGroup()
    {
        Use(Globals + """
            route:
              receiver: ops
              group_wait: 0s
              routes:
                - {matchers: [severity="high"], receiver: low}
                - {matchers: [severity="critical"], receiver: top}
            receivers: [{name: ops}, {name: low, email_configs: [{to: low@buyer.example, send_resolved: true}]}, {name: top, email_configs: [{to: top@buyer.example, send_resolved: true}]}]
            """);
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        Assert.Single(await Flush(Start));
        Alert worse = Alert("e1") with { Revision = 1, Severity = Severity.Critical, Labels = Alert("e1").Labels.SetItem("severity", "critical") };
        AlertTransition[] relabelled = [new(AlertTransitionKind.Relabelled, Alert("e1") with { ResolvedAt = Start.AddHours(1), Resolution = "relabelled" }), new(AlertTransitionKind.Worsened, worse)];
        await store.SaveAsync(relabelled, Start.AddHours(1), CancellationToken.None);
        await dispatcher.OnTransitionsAsync(store, relabelled, Start.AddHours(1), CancellationToken.None);
        Assert.Equal("top@buyer.example", store.Stored[Assert.Single(await Flush(Start.AddHours(1)))].Recipient);
        for (int minute = 1; minute < 30; minute++) Assert.Empty(await Flush(Start.AddHours(1).AddMinutes(minute)));
        await Change(AlertTransitionKind.Resolved, worse with { ResolvedAt = Start.AddHours(2), Resolution = "cleared" }, Start.AddHours(2));
        Assert.Equal("top@buyer.example", store.Stored[Assert.Single(await Flush(Start.AddHours(2)))].Recipient);
        for (int day = 1; day < 4; day++) Assert.Empty(await Flush(Start.AddDays(day)));
        Assert.Empty(store.GroupsByKey);
    }

    // X10: One person was mailed twice through two rules (SecObserve#4682).
    [Fact]
    [Trait("Defect", "X10")]
    public async Task Flush_SamePersonByTwoRoutes_GetsOneMailTheWebhookItsOwn()
    {
        Use(Globals + """
            route:
              receiver: ops
              group_wait: 0s
              routes:
                - {matchers: [kind="risk"], receiver: first, continue: true, group_by: [supplier]}
                - {matchers: [severity="high"], receiver: second, group_by: [rule]}
            receivers:
              - {name: ops}
              - {name: first, email_configs: [{to: "Boss@buyer.example"}], webhook_configs: [{url: "http://127.0.0.1/x"}]}
              - {name: second, email_configs: [{to: "boss@buyer.example, other@buyer.example"}], webhook_configs: [{url: "http://127.0.0.1/x"}]}
            """);
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start);
        Assert.Equal(2, store.Stored.Values.Count(d => d.Channel == "webhook"));
        Assert.Single(store.Stored.Values, d => d.Recipient.Equals("boss@buyer.example", StringComparison.OrdinalIgnoreCase));
        Assert.Single(store.Stored.Values, d => d.Recipient == "other@buyer.example");
    }

    [Fact]
    public async Task Flush_ToOwner_GivesEachOwnerTheirSuppliersAndTheRestToTheFallback()
    {
        Use(Globals + """
            route: {receiver: owners, group_by: [rule], group_wait: 0s}
            receivers: [{name: owners, email_configs: [{to: "{supplier.owner}", fallback_to: risk@buyer.example}]}]
            """);
        store.Portfolio.Add(NotificationSample.Brightwater with { Id = new SupplierId("S1") });
        store.Portfolio.Add(NotificationSample.Brightwater with { Id = new SupplierId("S2"), Owner = "Jan Novak" });
        store.Portfolio.Add(NotificationSample.Brightwater with { Id = new SupplierId("S3"), Owner = "", BackupOwner = "" });
        foreach (string supplier in new[] { "S1", "S2", "S3" }) await Change(AlertTransitionKind.Opened, Alert("e" + supplier, supplier: supplier), Start);
        await Flush(Start);
        Assert.Equal(
            ["m.keller@buyer.example eS1", "p.osei@buyer.example eS2", "risk@buyer.example eS3"],
            store.Stored.Values.Select(d => $"{d.Recipient} {string.Join(',', d.Episodes)}").Order());
    }

    [Fact]
    public async Task Flush_Inhibited_IsToldWhenTheSourceEnds()
    {
        Use(Globals + """
            route: {receiver: ops, group_by: ["..."], group_wait: 0s, group_interval: 10m}
            receivers: [{name: ops, email_configs: [{to: a@buyer.example}]}]
            inhibit_rules: [{source_matchers: [rule="BIG"], target_matchers: [rule="SMALL"], equal: [supplier]}]
            """);
        await Change(AlertTransitionKind.Opened, Alert("big", rule: "BIG"), Start);
        await Change(AlertTransitionKind.Opened, Alert("small", rule: "SMALL"), Start);
        Assert.Equal("big", Assert.Single(store.Stored[Assert.Single(await Flush(Start))].Episodes));
        Assert.Empty(await Flush(Start.AddMinutes(10)));
        await Change(AlertTransitionKind.Resolved, Alert("big", rule: "BIG") with { ResolvedAt = Start.AddMinutes(12) }, Start.AddMinutes(12));
        Assert.Equal("small", Assert.Single(store.Stored[Assert.Single(await Flush(Start.AddMinutes(20)))].Episodes));
    }

    [Fact]
    public async Task Flush_OutsideActiveTime_IsToldWhenItBegins()
    {
        // The start is a Monday, 06:15 UTC.
        Use(Globals + """
            route: {receiver: ops, routes: [{receiver: ops, matchers: [kind="risk"], group_wait: 0s, active_time_intervals: [office]}]}
            receivers: [{name: ops, email_configs: [{to: a@buyer.example}]}]
            time_intervals: [{name: office, time_intervals: [{times: [{start_time: "08:00", end_time: "17:00"}]}]}]
            """);
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        for (DateTimeOffset at = Start; at < Start.AddMinutes(105); at = at.AddMinutes(5)) Assert.Empty(await Flush(at));
        Assert.Single(await Flush(Start.AddMinutes(105)));
    }

    [Fact]
    public async Task Adopt_RouteGone_HandsItsAlertsOver()
    {
        Use(Globals + """
            route: {receiver: ops, group_wait: 0s, routes: [{matchers: [severity="high"], receiver: ops}]}
            receivers: [{name: ops, email_configs: [{to: a@buyer.example}]}]
            """);
        await Change(AlertTransitionKind.Opened, Alert("e1"), Start);
        await Flush(Start);
        Use(Globals + """
            route: {receiver: ops, group_wait: 0s}
            receivers: [{name: ops, email_configs: [{to: new@buyer.example}]}]
            """);
        await dispatcher.AdoptAsync(store, Start.AddHours(1), CancellationToken.None);
        Assert.Equal("{}:{}", Assert.Single(store.GroupsByKey, g => g.Value.NextFlushAt is not null).Key);
        Assert.Equal("new@buyer.example", store.Stored[Assert.Single(await Flush(Start.AddHours(1)))].Recipient);
        await dispatcher.AdoptAsync(store, Start.AddHours(2), CancellationToken.None);
        Assert.Empty(await Flush(Start.AddHours(2)));
    }

    // X22: Reminders came twice after a restart (OpenRisk#672).
    [Fact]
    [Trait("Defect", "X22")]
    public async Task Flush_DecidedAgainAfterACrash_GivesTheSameIdsAndBytes()
    {
        var twin = new FakeStore();
        var again = new AlertDispatcher(RoutingSample.Good(Simple), ReceiverChannels.Discover());
        AlertTransition opened = new(AlertTransitionKind.Opened, Alert("e1"));
        foreach ((FakeStore s, AlertDispatcher d) in new[] { (store, dispatcher), (twin, again) })
        {
            await s.SaveAsync([opened], Start, CancellationToken.None);
            await d.OnTransitionsAsync(s, [opened], Start, CancellationToken.None);
            await d.FlushDueAsync(s, Start.AddMinutes(2), everythingNow: false, CancellationToken.None);
        }

        Assert.Equal(store.Stored.Keys, twin.Stored.Keys);
        Assert.All(store.Stored, d => Assert.Equal(d.Value.Body, twin.Stored[d.Key].Body));
    }

    private static Alert Alert(string episode, string rule = "R1", string supplier = "S1") => NotificationSample.Alert(episode, rule, supplier);

    private void Use(string yaml) => dispatcher = new AlertDispatcher(RoutingSample.Good("schema: routing/1\n" + yaml), ReceiverChannels.Discover());

    private async Task Change(AlertTransitionKind kind, Alert alert, DateTimeOffset at)
    {
        AlertTransition[] transitions = [new(kind, alert)];
        await store.SaveAsync(transitions, at, CancellationToken.None);
        await dispatcher.OnTransitionsAsync(store, transitions, at, CancellationToken.None);
    }

    private Task<IReadOnlyList<string>> Flush(DateTimeOffset at, bool everythingNow = false) => dispatcher.FlushDueAsync(store, at, everythingNow, CancellationToken.None);

    private string Reason(Index index)
    {
        string content = store.Entries[index].Content;
        return System.Text.Json.JsonDocument.Parse(content).RootElement.GetProperty("reason").GetString()!;
    }
}
