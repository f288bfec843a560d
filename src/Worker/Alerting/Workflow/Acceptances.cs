using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Screening;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>
/// Waivers and false positives. They are input of the evaluation, which closes the alert, and opens it again when they no longer cover it; here they are given, revoked, and noted as ended.
/// </summary>
internal static class Acceptances
{
    /// <summary>As long as an exception in a rule file.</summary>
    private static readonly TimeSpan LongestWaiver = TimeSpan.FromDays(366);

    /// <summary>Accepts the risk as it is now, until an instant.</summary>
    public static Task<ActionResult> WaiveAsync(IStoreSession session, Alert alert, Actor actor, string approver, string reason, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string? refusal = PlainText.Line(approver, AlertActions.LongestName) is not { Length: > 0 } ? "say who approved it: a name or a mail address"
            : until <= at ? "the waiver would be over already; say an instant to come"
            : until - at > LongestWaiver ? "a waiver lasts a year at most; it can be given anew when it ends"
            : null;
        return refusal is not null
            ? Task.FromResult(ActionResult.No(refusal))
            : GiveAsync(session, AcceptanceKind.Waiver, alert, actor, PlainText.Line(approver, AlertActions.LongestName), reason, until, at, cancellationToken);
    }

    /// <summary>Says that the evidence is not about what it seems to be. Holds as long as the evidence is the same.</summary>
    public static async Task<ActionResult> DismissAsync(IStoreSession session, Alert alert, Actor actor, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (AlertActions.Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);

        // What a list says of a supplier is decided for the pair, so that no other rule takes it for a match either.
        if (alert is not { Kind: AlertKind.Risk, Supplier: { } supplier, Evidence: [var only] }
            || await session.Screening.FindStandingAsync(supplier, only.Source, alert.Key, cancellationToken).ConfigureAwait(false) is null)
            return await GiveAsync(session, AcceptanceKind.FalsePositive, alert, actor, "", reason, null, at, cancellationToken).ConfigureAwait(false);
        try
        {
            string by = PlainText.Line(actor.Name, AlertActions.LongestName);
            MatchDecision decision = await MatchDecisions.AddAsync(session, new DecisionRequest(supplier, only.Source, alert.Key, MatchVerdict.FalsePositive, by, reason), at, cancellationToken).ConfigureAwait(false);
            await RecordAsync(session, alert.EpisodeId, new AlertAct(alert.EpisodeId, at, "false positive", by, actor.Via, $"{decision.Id}: {decision.Reason}"), cancellationToken).ConfigureAwait(false);
            return ActionResult.Yes($"Marked another party by {by} ({decision.Id}): the match is cleared until something that was compared changes. The next assessment, which a running service makes within seconds, closes the alert.");
        }
        catch (DecisionRefusedException refused)
        {
            return ActionResult.No(refused.Message);
        }
    }

    /// <summary>Takes one back: what it closed is told again after the next assessment.</summary>
    public static async Task<ActionResult> RevokeAsync(IStoreSession session, string id, Actor actor, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await session.Workflow.FindAcceptanceAsync(id, cancellationToken).ConfigureAwait(false) is not { } known) return ActionResult.No($"there is no '{id}'; 'risk waivers list --all' tells which there are");
        if (known.EndedAt is not null) return ActionResult.Yes($"It is over already: {known.Why}.");
        if (PlainText.Line(actor.Name, AlertActions.LongestName) is not { Length: > 0 } by) return ActionResult.No("say who does it: a name or a mail address");
        if (PlainText.Line(reason, AlertActions.LongestNote) is not { Length: > 0 } why) return ActionResult.No("say why");

        // The evaluation ends it, and with that reopens what it had closed.
        Acceptance over = known.Acceptance with { Revoked = $"{by} revoked it: {why}" };
        await session.Workflow.AcceptAsync(over, cancellationToken).ConfigureAwait(false);
        await RecordAsync(session, over.Alert.EpisodeId, new AlertAct(over.Alert.EpisodeId, at, "revoked", by, actor.Via, $"{id}: {why}"), cancellationToken).ConfigureAwait(false);
        await session.Assessments.TouchAsync(over.Alert.Supplier!.Value, cancellationToken).ConfigureAwait(false);
        return ActionResult.Yes($"{id} is revoked by {by}; what it closed is open again after the next assessment, which a running service makes within seconds.");
    }

    /// <summary>In the session that saves the assessments: notes which of them no longer hold.</summary>
    /// <returns>What ends with them: notices that they are about to.</returns>
    public static async Task<IReadOnlyList<AlertTransition>> EndAsync(IStoreSession session, IEnumerable<EvaluationResult> results, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var notices = new List<AlertTransition>();
        foreach (EndedAcceptance ended in results.SelectMany(r => r.Ended))
        {
            string kind = ended.Acceptance.Kind == AcceptanceKind.Waiver ? "waiver void" : "false positive void", episode = ended.Acceptance.Alert.EpisodeId;
            await session.Workflow.EndAsync(ended.Acceptance.Id, at, ended.Why, cancellationToken).ConfigureAwait(false);
            await RecordAsync(session, episode, new AlertAct(episode, at, kind, "risk", "", $"{ended.Acceptance.Id}: {ended.Why}"), cancellationToken).ConfigureAwait(false);
            if (await WaiverNotices.EndAsync(session, ended.Acceptance, at, cancellationToken).ConfigureAwait(false) is { } notice) notices.Add(notice);
        }

        return notices;
    }

    private static async Task<ActionResult> GiveAsync(
        IStoreSession session, AcceptanceKind kind, Alert alert, Actor actor, string approver, string reason, DateTimeOffset? until, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (AlertActions.Refuse(alert, actor) is { } refusal) return ActionResult.No(refusal);
        if (alert.Kind != AlertKind.Risk || alert.Supplier is not { } supplier)
            return ActionResult.No($"it is {(alert.Kind == AlertKind.Risk ? "about a group of suppliers" : alert.Kind == AlertKind.NoData ? "about missing data" : "a fault of the monitor")}, and only a finding about one supplier can be accepted or dismissed; snooze it instead");
        if (PlainText.Line(reason, AlertActions.LongestNote) is not { Length: > 0 } why) return ActionResult.No("say why");
        string by = PlainText.Line(actor.Name, AlertActions.LongestName);
        string id = (kind == AcceptanceKind.Waiver ? "waiver-" : "false-positive-") + StableId.Of("acceptance", alert.EpisodeId, at.UtcTicks.ToString(CultureInfo.InvariantCulture))[..10];
        var acceptance = new Acceptance(id, kind, alert, why, by, approver, at, until);
        if ((await session.Assessments.StatesAsync([supplier], cancellationToken).ConfigureAwait(false))[supplier].Acceptances.FirstOrDefault(a => a.Alert.Rule == alert.Rule && a.Alert.Key == alert.Key) is { } known)
            await session.Workflow.EndAsync(known.Id, at, $"replaced by {id}", cancellationToken).ConfigureAwait(false);
        await session.Workflow.AcceptAsync(acceptance, cancellationToken).ConfigureAwait(false);
        string act = kind == AcceptanceKind.Waiver ? "accepted" : "false positive", said = until is null ? $"{id}: {why}" : $"{id} until {AlertActions.Text(until.Value)}, approved by {approver}: {why}";
        await RecordAsync(session, alert.EpisodeId, new AlertAct(alert.EpisodeId, at, act, by, actor.Via, $"{said} (evidence {acceptance.EvidenceHash[..12]})"), cancellationToken).ConfigureAwait(false);
        await session.Assessments.TouchAsync(supplier, cancellationToken).ConfigureAwait(false);
        string done = until is null ? $"Marked a false positive by {by}" : $"Accepted until {AlertActions.Text(until.Value)}, approved by {approver}";
        return ActionResult.Yes($"{done} ({id}). The next assessment, which a running service makes within seconds, closes the alert; other evidence or a worse severity opens it again.");
    }

    private static async Task RecordAsync(IStoreSession session, string episode, AlertAct act, CancellationToken cancellationToken) => await session.Workflow.RecordAsync(
        act, await session.Workflow.FindAsync(episode, cancellationToken).ConfigureAwait(false) ?? new AlertWorkflow(episode), cancellationToken).ConfigureAwait(false);
}
