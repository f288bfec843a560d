using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Workflow;

/// <summary>Tells the approver two weeks ahead that a waiver ends, once, as for exceptions in rule files.</summary>
internal static class WaiverNotices
{
    public const string Rule = "SR-SYS-WAIVER";

    /// <summary>Opens the notices that are due.</summary>
    public static async Task RunAsync(IRiskStore store, AlertDispatcher dispatcher, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IStoreSession reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (reading.ConfigureAwait(false))
        {
            // Most looks find nothing: they must not wait for, or hold, the writer.
            if ((await DueAsync(reading, at, cancellationToken).ConfigureAwait(false)).Length == 0) return;
        }

        IStoreSession session = await store.WriteAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            AlertTransition[] opened = [.. (await DueAsync(session, at, cancellationToken).ConfigureAwait(false)).Select(w => new AlertTransition(AlertTransitionKind.Opened, Notice(w, at)))];
            await session.Alerts.SaveAsync(opened, at, cancellationToken).ConfigureAwait(false);
            await dispatcher.OnTransitionsAsync(session, opened, at, cancellationToken).ConfigureAwait(false);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the notice of a waiver that is over.</summary>
    public static async Task<AlertTransition?> EndAsync(IStoreSession session, Acceptance waiver, DateTimeOffset at, CancellationToken cancellationToken) =>
        await session.Alerts.FindFiringAsync(Rule, waiver.Id, cancellationToken).ConfigureAwait(false) is { } told
            ? new AlertTransition(AlertTransitionKind.Resolved, told with { ResolvedAt = at, Resolution = "the waiver is over" }) : null;

    private static async Task<ImmutableArray<Acceptance>> DueAsync(IStoreSession session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var due = ImmutableArray.CreateBuilder<Acceptance>();
        foreach (Acceptance waiver in await session.Workflow.EndingAsync(at + PortfolioEvaluation.NoticeBefore, cancellationToken).ConfigureAwait(false))
        {
            // One that was short from the start says nothing new.
            if (waiver.Until <= at || waiver.Until - waiver.At <= PortfolioEvaluation.NoticeBefore) continue;
            if (await session.Alerts.FindFiringAsync(Rule, waiver.Id, cancellationToken).ConfigureAwait(false) is null) due.Add(waiver);
        }

        return due.ToImmutable();
    }

    private static Alert Notice(Acceptance waiver, DateTimeOffset at) => new()
    {
        EpisodeId = AlertIdentity.EpisodeId(Rule, null, waiver.Id, AlertKind.System, at),
        Rule = Rule,
        Key = waiver.Id,
        Kind = AlertKind.System,
        Severity = Severity.Info,
        Labels = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            [
                KeyValuePair.Create("rule", Rule), KeyValuePair.Create("category", AlertKind.System), KeyValuePair.Create("kind", AlertKind.System), KeyValuePair.Create("severity", "info"),
                KeyValuePair.Create("key", waiver.Id), KeyValuePair.Create("team", waiver.Approver),
            ]),
        Title = $"{waiver.Id} is about to end",
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{waiver.Id} for {waiver.Alert.Supplier} ({waiver.Alert.Rule}), approved by {waiver.Approver}, ends with {waiver.Until!.Value.AddSeconds(-1).UtcDateTime:yyyy-MM-dd}: {waiver.Alert.Message}"),
        Next = $"Let it end: the alert is told again then, if the risk is still there. Or give it anew when it is open: risk waivers add --alert {waiver.Alert.EpisodeId[..Math.Min(8, waiver.Alert.EpisodeId.Length)]}",
        StartsAt = at,
    };
}
