using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>Who does something about an alert, and by which way: <c>command</c>, <c>link</c> or <c>api</c>.</summary>
internal sealed record Actor(string Name, string Via);

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
    private const int LongestName = 120;
    private const int LongestNote = 1_000;

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

    /// <summary>What every act needs: a firing alert and a name.</summary>
    private static string? Refuse(Alert alert, Actor actor) =>
        alert.ResolvedAt is { } ended ? $"the alert ended at {Text(ended)} ({(alert.Resolution.Length > 0 ? alert.Resolution : "cleared")}); there is nothing left to do about it"
        : Name(actor.Name).Length == 0 ? "say who does it: a name or a mail address"
        : null;

    private static async Task<AlertWorkflow> BeforeAsync(IStoreSession session, Alert alert, CancellationToken cancellationToken) =>
        await session.Workflow.FindAsync(alert.EpisodeId, cancellationToken).ConfigureAwait(false) ?? new AlertWorkflow(alert.EpisodeId);

    private static string Name(string name) => PlainText.Line(name, LongestName).Trim();

    private static string Note(string note) => PlainText.Line(note, LongestNote).Trim();

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
