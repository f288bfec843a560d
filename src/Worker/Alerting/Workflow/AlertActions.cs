using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>Who does something about an alert, and by which way: <c>command</c>, <c>link</c> or <c>api</c>.</summary>
internal sealed record Actor(string Name, string Via);

/// <summary>What goes with an action; "" where nothing was said.</summary>
internal sealed record ActionFields(string Note = "", string Reason = "", string To = "", string Until = "", string Approver = "");

/// <param name="Refusal">Why nothing was done, with what would be right; "" when it was.</param>
/// <param name="Done">What was done, or that it was so already; a whole sentence.</param>
internal sealed record ActionResult(string Refusal, string Done)
{
    public bool IsDone => Refusal.Length == 0;

    public static ActionResult No(string refusal) => new(refusal, "");

    public static ActionResult Yes(string done) => new("", done);
}

/// <summary>
/// What people do about alerts, the same by command, by link and by API. Each changes the store inside the caller's session: the act, its effect and its ledger entry are committed
/// together, or not at all.
/// </summary>
internal static class AlertActions
{
    internal const int LongestName = 120;
    internal const int LongestNote = 1_000;

    /// <summary>As long as a silence that nobody approved.</summary>
    private static readonly TimeSpan LongestSnooze = SilenceReader.LongestUnapproved;

    /// <summary>Does what a page or a call of the API asks for.</summary>
    /// <param name="action">One of <see cref="ActionLinks.Actions"/>, or <c>wake</c>.</param>
    public static Task<ActionResult> PerformAsync(IStoreSession session, Alert alert, Actor actor, string action, ActionFields fields, DateTimeOffset at, CancellationToken cancellationToken)
    {
        DateTimeOffset? until = null;
        if (action is "snooze" or "accept")
        {
            if (DocumentReading.TryDuration(fields.Until, out TimeSpan span) && span < TimeSpan.FromDays(10_000)) until = at + span;
            else if (DocumentReading.TryInstant(fields.Until, out _, out DateTimeOffset after)) until = after;
            else return Task.FromResult(ActionResult.No("say until when: an instant (2026-03-31T06:00:00Z), a date (the whole day, UTC), or how long (14d)"));
        }

        return action switch
        {
            "ack" => AcknowledgeAsync(session, alert, actor, fields.Note, at, cancellationToken),
            "assign" => AssignAsync(session, alert, actor, fields.To, fields.Note, at, cancellationToken),
            "snooze" => SnoozeAsync(session, alert, actor, until!.Value, fields.Reason, at, cancellationToken),
            "wake" => WakeAsync(session, alert, actor, at, cancellationToken),
            "accept" => Acceptances.WaiveAsync(session, alert, actor, fields.Approver, fields.Reason, until!.Value, at, cancellationToken),
            "false-positive" => Acceptances.DismissAsync(session, alert, actor, fields.Reason, at, cancellationToken),
            _ => Task.FromResult(ActionResult.No($"there is no '{PlainText.Line(action, 40)}'; there are ack, assign, snooze, wake, accept and false-positive")),
        };
    }

    /// <summary>Takes the alert. Taken twice by the same person without having got worse, nothing changes.</summary>
    public static async Task<ActionResult> AcknowledgeAsync(IStoreSession session, Alert alert, Actor actor, string note, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);
        AlertWorkflow before = await BeforeAsync(session, alert, cancellationToken).ConfigureAwait(false);
        string by = Name(actor.Name), said = Note(note);
        if (before.IsAcknowledged(alert) && before.Acknowledged!.By == by && said.Length == 0) return ActionResult.Yes($"{by} has acknowledged it already, at {Text(before.Acknowledged.At)}.");
        AlertWorkflow after = before with { Acknowledged = new Acknowledgement(by, at, said, alert.Revision) };
        await session.Workflow.RecordAsync(new AlertAct(alert.EpisodeId, at, "acknowledged", by, actor.Via, said), after, cancellationToken).ConfigureAwait(false);
        return ActionResult.Yes($"Acknowledged by {by}.");
    }

    /// <summary>Says who is to see to it.</summary>
    public static async Task<ActionResult> AssignAsync(IStoreSession session, Alert alert, Actor actor, string assignee, string note, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);
        if (Name(assignee) is not { Length: > 0 } to) return ActionResult.No("say to whom: a name or a mail address");
        AlertWorkflow before = await BeforeAsync(session, alert, cancellationToken).ConfigureAwait(false);
        string by = Name(actor.Name), said = Note(note);
        if (before.Assignee == to && said.Length == 0) return ActionResult.Yes($"It is assigned to {to} already.");
        await session.Workflow.RecordAsync(new AlertAct(alert.EpisodeId, at, "assigned", by, actor.Via, said.Length > 0 ? $"to {to}: {said}" : $"to {to}"), before with { Assignee = to }, cancellationToken).ConfigureAwait(false);
        return ActionResult.Yes($"Assigned to {to} by {by}.");
    }

    /// <summary>Mutes the alert until an instant. When it is over and the alert still fires it is told as new; a worsening ends it before.</summary>
    public static async Task<ActionResult> SnoozeAsync(IStoreSession session, Alert alert, Actor actor, DateTimeOffset until, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);
        if (until <= at) return ActionResult.No($"{Text(until)} is over; say an instant to come");
        if (until - at > LongestSnooze) return ActionResult.No($"a snooze lasts {LongestSnooze.TotalDays:0} days at most; what is accepted for longer is a waiver, with an approver: risk waivers add");
        if (Note(reason) is not { Length: > 0 } why) return ActionResult.No("say why nobody needs to hear of it until then");
        AlertWorkflow before = await BeforeAsync(session, alert, cancellationToken).ConfigureAwait(false);
        string by = Name(actor.Name);
        await session.Workflow.RecordAsync(
            new AlertAct(alert.EpisodeId, at, "snoozed", by, actor.Via, $"until {Text(until)}: {why}"), before with { Snoozed = new Snooze(until, by, why) }, cancellationToken).ConfigureAwait(false);
        await ForgetAsync(session, alert.EpisodeId, until, cancellationToken).ConfigureAwait(false);
        return ActionResult.Yes($"Snoozed until {Text(until)} by {by}.");
    }

    /// <summary>Ends a snooze before its time.</summary>
    public static async Task<ActionResult> WakeAsync(IStoreSession session, Alert alert, Actor actor, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);
        AlertWorkflow before = await BeforeAsync(session, alert, cancellationToken).ConfigureAwait(false);
        if (before.Snoozed is null) return ActionResult.Yes("It is not snoozed.");
        string by = Name(actor.Name);
        await session.Workflow.RecordAsync(new AlertAct(alert.EpisodeId, at, "woken", by, actor.Via, ""), before with { Snoozed = null }, cancellationToken).ConfigureAwait(false);
        await ForgetAsync(session, alert.EpisodeId, at, cancellationToken).ConfigureAwait(false);
        return ActionResult.Yes($"Woken by {by}; it is told again.");
    }

    /// <summary>The alert's groups forget that they have told of it and look at it at the instant: by then it is news to them.</summary>
    private static async Task ForgetAsync(IStoreSession session, string episode, DateTimeOffset lookAt, CancellationToken cancellationToken)
    {
        foreach ((string key, _) in (await session.Alerts.MembersAsync([episode], cancellationToken).ConfigureAwait(false)).Order())
        {
            if (await session.Alerts.FindGroupAsync(key, cancellationToken).ConfigureAwait(false) is not { } group) continue;
            ImmutableArray<string> others = group.LastFiring.RemoveAll(mark => mark.StartsWith(episode + "#", StringComparison.Ordinal));
            await session.Alerts.SaveGroupAsync(group with { LastFiring = others, NextFlushAt = group.NextFlushAt is { } planned && planned < lookAt ? planned : lookAt }, [], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What every act needs: a firing alert and a name.</summary>
    internal static string? Refuse(Alert alert, Actor actor) =>
        alert.ResolvedAt is { } ended ? $"the alert ended at {Text(ended)} ({(alert.Resolution.Length > 0 ? alert.Resolution : "cleared")}); there is nothing left to do about it"
        : Name(actor.Name).Length == 0 ? "say who does it: a name or a mail address"
        : null;

    private static async Task<AlertWorkflow> BeforeAsync(IStoreSession session, Alert alert, CancellationToken cancellationToken) =>
        await session.Workflow.FindAsync(alert.EpisodeId, cancellationToken).ConfigureAwait(false) ?? new AlertWorkflow(alert.EpisodeId);

    private static string Name(string name) => PlainText.Line(name, LongestName).Trim();

    private static string Note(string note) => PlainText.Line(note, LongestNote).Trim();

    internal static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
