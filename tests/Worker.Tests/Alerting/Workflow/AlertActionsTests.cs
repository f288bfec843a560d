using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Workflow;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Workflow;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The fake holds nothing.")]
public sealed class AlertActionsTests
{
    private const string Routing = """
        schema: routing/1
        global: {smtp_smarthost: "127.0.0.1:25", smtp_from: risk@buyer.example}
        route: {receiver: ops, group_by: [supplier], group_wait: 2m, group_interval: 30m, repeat_interval: 1d}
        receivers:
          - {name: ops, email_configs: [{to: "a@buyer.example", send_resolved: true}]}
        """;

    private static readonly DateTimeOffset Start = NotificationSample.At;
    private static readonly Actor Keller = new("m.keller", "command");

    private readonly FakeStore store = new();
    private readonly AlertDispatcher dispatcher = new(RoutingSample.Good(Routing), ReceiverChannels.Discover());

    [Fact]
    public async Task Acknowledge_BeforeAReminder_NobodyIsReminded()
    {
        Alert alert = await OpenAndTellAsync("e1");
        Assert.Equal("Acknowledged by m.keller.", (await AlertActions.AcknowledgeAsync(store, alert, Keller, "on it", Start.AddHours(1), default)).Done);
        Assert.Equal("", await TellAsync(Start.AddDays(1).AddMinutes(2)));
        Assert.Equal("", await TellAsync(Start.AddDays(2).AddMinutes(2)));
        Assert.Equal("m.keller", (await WorkflowAsync("e1")).Acknowledged!.By);
    }

    [Fact]
    public async Task Acknowledge_OneOfTwo_TheOtherIsStillReminded()
    {
        Alert alert = await OpenAndTellAsync("e1", "e2");
        await AlertActions.AcknowledgeAsync(store, alert, Keller, "", Start.AddHours(1), default);
        Assert.Equal("RepeatDue e1 e2", await TellAsync(Start.AddDays(1).AddMinutes(2)));
    }

    [Fact]
    public async Task Acknowledge_ThenItGetsWorse_IsToldAndWantsToBeTakenAgain()
    {
        Alert alert = await OpenAndTellAsync("e1"), worse = alert with { Revision = 1, Severity = Severity.Critical };
        await AlertActions.AcknowledgeAsync(store, alert, Keller, "", Start.AddHours(1), default);
        await ChangeAsync(AlertTransitionKind.Worsened, worse, Start.AddHours(2));
        Assert.Equal("Worsened e1", await TellAsync(Start.AddHours(3)));
        Assert.False((await WorkflowAsync("e1")).IsAcknowledged(worse));
        Assert.Equal("RepeatDue e1", await TellAsync(Start.AddDays(2)));
        await AlertActions.AcknowledgeAsync(store, worse, Keller, "", Start.AddDays(2), default);
        Assert.True((await WorkflowAsync("e1")).IsAcknowledged(worse));
    }

    [Fact]
    public async Task Acknowledge_Twice_IsOneAct()
    {
        Alert alert = await OpenAndTellAsync("e1");
        await AlertActions.AcknowledgeAsync(store, alert, Keller, "", Start.AddHours(1), default);
        Assert.Equal("m.keller has acknowledged it already, at 2026-03-02 07:15 UTC.", (await AlertActions.AcknowledgeAsync(store, alert, Keller, "", Start.AddHours(2), default)).Done);
        Assert.Single(await store.ActsAsync("e1", default));
    }

    [Fact]
    public async Task Snooze_WhileItLasts_SilentAlsoForReminders_ThenToldAsNew()
    {
        Alert alert = await OpenAndTellAsync("e1");
        Assert.Equal("Snoozed until 2026-03-05 06:15 UTC by m.keller.", (await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(3), "plant closed", Start.AddHours(1), default)).Done);
        Assert.Equal("", await TellAsync(Start.AddDays(1).AddMinutes(2)));
        Assert.Equal("", await TellAsync(Start.AddDays(3).AddTicks(-1)));
        Assert.Equal("NewAlerts e1", await TellAsync(Start.AddDays(3).AddMinutes(30)));
        Assert.Null((await WorkflowAsync("e1")).Snoozed);
        Assert.Equal(["snoozed", "snooze ended"], (await store.ActsAsync("e1", default)).Select(a => a.Kind));
    }

    [Fact]
    public async Task Snooze_OneOfTwo_TheOtherIsToldWithoutIt()
    {
        Alert alert = await OpenAndTellAsync("e1", "e2");
        await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(3), "plant closed", Start.AddHours(1), default);
        Assert.Equal("RepeatDue e2", await TellAsync(Start.AddDays(1).AddMinutes(2)));
    }

    [Fact]
    public async Task Snooze_EndsWhileTheAlertIsOver_NobodyHearsOfIt()
    {
        Alert alert = await OpenAndTellAsync("e1");
        await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(3), "plant closed", Start.AddHours(1), default);
        await ChangeAsync(AlertTransitionKind.Resolved, alert with { ResolvedAt = Start.AddDays(1), Resolution = "cleared" }, Start.AddDays(1));
        Assert.Equal("", await TellAsync(Start.AddDays(1).AddHours(1)));
        Assert.Equal("", await TellAsync(Start.AddDays(4)));
    }

    [Fact]
    public async Task Snooze_AndItGetsWorse_IsToldAtTheNextLook()
    {
        Alert alert = await OpenAndTellAsync("e1");
        await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(3), "plant closed", Start.AddHours(1), default);
        await ChangeAsync(AlertTransitionKind.Worsened, alert with { Revision = 1, Severity = Severity.Critical }, Start.AddHours(2));
        Assert.Equal("NewAlerts e1", await TellAsync(Start.AddHours(3)));
        Assert.Equal("it got worse; m.keller had snoozed it", (await store.ActsAsync("e1", default))[^1].Note);
    }

    [Fact]
    public async Task Wake_BeforeTheEnd_IsToldAtTheNextLook()
    {
        Alert alert = await OpenAndTellAsync("e1");
        await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(3), "plant closed", Start.AddHours(1), default);
        await AlertActions.WakeAsync(store, alert, Keller, Start.AddHours(2), default);
        Assert.Equal("NewAlerts e1", await TellAsync(Start.AddHours(3)));
    }

    [Theory]
    [InlineData(-1, "because", "2026-03-01 06:15 UTC is over; say an instant to come")]
    [InlineData(91, "because", "a snooze lasts 90 days at most; what is accepted for longer is a waiver, with an approver: risk waivers add")]
    [InlineData(1, " \u202E ", "say why nobody needs to hear of it until then")]
    public async Task Snooze_WithoutSense_IsRefused(int days, string reason, string refusal)
    {
        Alert alert = await OpenAndTellAsync("e1");
        Assert.Equal(refusal, (await AlertActions.SnoozeAsync(store, alert, Keller, Start.AddDays(days), reason, Start, default)).Refusal);
        Assert.Empty(await store.ActsAsync("e1", default));
    }

    [Fact]
    public async Task Acts_OnWhatIsOver_OrByNobody_AreRefused()
    {
        Alert alert = await OpenAndTellAsync("e1");
        Assert.Equal("say who does it: a name or a mail address", (await AlertActions.AcknowledgeAsync(store, alert, new Actor("\r\n", "api"), "", Start, default)).Refusal);
        Alert over = alert with { ResolvedAt = Start, Resolution = "cleared" };
        Assert.Equal("the alert ended at 2026-03-02 06:15 UTC (cleared); there is nothing left to do about it", (await AlertActions.AssignAsync(store, over, Keller, "j.novak", "", Start, default)).Refusal);
        Assert.Empty(await store.ActsAsync("e1", default));
    }

    [Fact]
    public async Task Assign_ToSomebody_IsStoredWithWhoDidIt()
    {
        Alert alert = await OpenAndTellAsync("e1");
        Assert.Equal("Assigned to j.novak by m.keller.", (await AlertActions.AssignAsync(store, alert, Keller, "j.novak\r\nBcc: x", "yours", Start, default)).Done.Replace(" Bcc: x", "", StringComparison.Ordinal));
        AlertAct act = Assert.Single(await store.ActsAsync("e1", default));
        Assert.Equal("to j.novak Bcc: x: yours", act.Note);
    }

    private async Task<Alert> OpenAndTellAsync(params string[] episodes)
    {
        Alert[] alerts = [.. episodes.Select(e => NotificationSample.Alert(e, "R-" + e, "SUP-1"))];
        foreach (Alert alert in alerts) await ChangeAsync(AlertTransitionKind.Opened, alert, Start);
        Assert.Equal("First " + string.Join(' ', episodes), await TellAsync(Start.AddMinutes(2)));
        return alerts[0];
    }

    private async Task<AlertWorkflow> WorkflowAsync(string episode) => (await ((IWorkflowTable)store).FindAsync(episode, default))!;

    private async Task ChangeAsync(AlertTransitionKind kind, Alert alert, DateTimeOffset at)
    {
        AlertTransition[] transitions = [new(kind, alert)];
        await store.SaveAsync(transitions, at, default);
        await dispatcher.OnTransitionsAsync(store, transitions, at, default);
    }

    /// <summary>Reason and episodes of what is told at the instant, or "".</summary>
    private async Task<string> TellAsync(DateTimeOffset at)
    {
        IReadOnlyList<string> ids = await dispatcher.FlushDueAsync(store, at, everythingNow: false, default);
        return string.Join("; ", ids.Select(id => $"{System.Text.Json.JsonDocument.Parse(store.Entries[^1].Content).RootElement.GetProperty("reason").GetString()} {string.Join(' ', store.Stored[id].Episodes.Order())}"));
    }
}
