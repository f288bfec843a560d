using Risk.Rules.Alerts;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>Ends snoozes: by their time, or because the alert got worse.</summary>
internal static class Snoozes
{
    /// <summary>Notes which snoozes are over. Their groups look by themselves: they were told when to.</summary>
    public static async Task EndAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (AlertWorkflow over in await session.Workflow.SnoozesOverAsync(at, cancellationToken).ConfigureAwait(false))
            await EndAsync(session, over, $"the snooze by {over.Snoozed!.By} is over", at, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What was snoozed as it was does not stay unheard when it gets worse.</summary>
    public static async Task WakeAsync(IStoreSession session, IEnumerable<AlertTransition> transitions, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string[] worse = [.. transitions.Where(t => t.Kind == AlertTransitionKind.Worsened).Select(t => t.Alert.EpisodeId)];
        if (worse.Length == 0) return;
        foreach (AlertWorkflow known in (await session.Workflow.FindManyAsync(worse, cancellationToken).ConfigureAwait(false)).Values)
            if (known.IsSnoozed(at)) await EndAsync(session, known, $"it got worse; {known.Snoozed!.By} had snoozed it", at, cancellationToken).ConfigureAwait(false);
    }

    private static Task EndAsync(IStoreSession session, AlertWorkflow known, string why, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.Workflow.RecordAsync(new AlertAct(known.EpisodeId, at, "snooze ended", "risk", "", why), known with { Snoozed = null }, cancellationToken);
}
