using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Hosting.Reloading;

/// <summary>Someone is told that changed files are not in force: one system alert, from the first refusal to the next good load.</summary>
internal static class ReloadAlerts
{
    public const string Rule = "SR-SYS-RELOAD";

    private const string Key = "";

    public static async Task RefusedAsync(IStoreSession session, RunningSet running, string summary, DateTimeOffset at, CancellationToken cancellationToken)
    {
        string message = $"Changed files are not in force, rule set {running.Book.Rules.Hash[..12]} runs on: {summary}";
        Alert? open = await session.Alerts.FindFiringAsync(Rule, Key, cancellationToken);
        if (open?.Message == message) return;
        AlertTransition transition = open is null
            ? new AlertTransition(AlertTransitionKind.Opened, Open(message, running.Book.Rules.Hash, at))
            : new AlertTransition(AlertTransitionKind.Updated, open with { Message = message });
        await SaveAsync(session, running.Dispatcher, transition, at, cancellationToken);
    }

    public static async Task AcceptedAsync(IStoreSession session, AlertDispatcher dispatcher, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await session.Alerts.FindFiringAsync(Rule, Key, cancellationToken) is not { } open) return;
        var ended = new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = at, Resolution = "the files load again" });
        await SaveAsync(session, dispatcher, ended, at, cancellationToken);
    }

    private static async Task SaveAsync(IStoreSession session, AlertDispatcher dispatcher, AlertTransition transition, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await session.Alerts.SaveAsync([transition], at, cancellationToken);
        await dispatcher.OnTransitionsAsync(session, [transition], at, cancellationToken);
    }

    private static Alert Open(string message, string hash, DateTimeOffset at) => new()
    {
        EpisodeId = AlertIdentity.EpisodeId(Rule, null, Key, AlertKind.System, at),
        Rule = Rule,
        Key = Key,
        Kind = AlertKind.System,
        Severity = Severity.High,
        Labels = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            [KeyValuePair.Create("rule", Rule), KeyValuePair.Create("category", AlertKind.System), KeyValuePair.Create("kind", AlertKind.System), KeyValuePair.Create("severity", "high")]),
        Title = "A change of the rule files was refused",
        Message = message,
        Next = "Mend the file: 'risk check' tells everything that is wrong, 'risk test' which test fails (change it with the rule, or tune in overlay.yaml, which the packs' tests leave out). The service takes the change over by itself when it is right.",
        RuleSetHash = hash,
        StartsAt = at,
    };
}
