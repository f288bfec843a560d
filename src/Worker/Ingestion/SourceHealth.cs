using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Ingestion;

/// <summary>Raises a system alert when a source fails for good or again, and ends it with the next success.</summary>
internal sealed class SourceHealth(IRiskStore store, AlertDispatcher dispatcher)
{
    public const string Rule = "SR-SYS-SOURCE";

    /// <summary>A passing failure (no connection, 503) is told from this many runs in a row on; refused content and wrong settings at once.</summary>
    private const int ToldAfter = 2;

    public async Task ReportAsync(SourceRunResult result, CancellationToken cancellationToken)
    {
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        Alert? open = await session.Alerts.FindFiringAsync(Rule, result.Source.Value, cancellationToken);
        SourceState? state = await session.Sources.FindAsync(result.Source, cancellationToken);
        AlertTransition? transition = (result.Failure, open) switch
        {
            (null, { } ended) => new AlertTransition(AlertTransitionKind.Resolved, ended with { ResolvedAt = result.EndedAt, Resolution = "the source answered again" }),
            ({ } failure, null) when failure.IsQuarantine || failure.Kind is Connectors.Sdk.FailureKind.Misconfigured or Connectors.Sdk.FailureKind.Forbidden || state?.Failures >= ToldAfter =>
                new AlertTransition(AlertTransitionKind.Opened, Open(result, failure, state)),
            _ => null,
        };
        if (transition is null) return;
        await session.Alerts.SaveAsync([transition], result.EndedAt, cancellationToken);
        await dispatcher.OnTransitionsAsync(session, [transition], result.EndedAt, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static Alert Open(SourceRunResult result, Connectors.Sdk.SourceFailureException failure, SourceState? state)
    {
        string source = result.Source.Value;
        string since = state?.LastSuccessAt is { } last ? $"last good data of {last.UtcDateTime:yyyy-MM-dd HH:mm}Z stays in force" : "no data of it has come in yet";
        return new Alert
        {
            EpisodeId = AlertIdentity.EpisodeId(Rule, null, source, AlertKind.System, result.StartedAt),
            Rule = Rule,
            Key = source,
            Kind = AlertKind.System,
            Severity = failure.IsQuarantine ? Severity.High : Severity.Warning,
            Labels = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create("rule", Rule), KeyValuePair.Create("category", AlertKind.System), KeyValuePair.Create("kind", AlertKind.System),
                    KeyValuePair.Create("severity", failure.IsQuarantine ? "high" : "warning"), KeyValuePair.Create("key", source),
                ]),
            Title = $"Source {source} failed",
            Message = $"{source}: {failure.Message}; {since}",
            Next = failure.IsQuarantine
                ? $"Nothing was cleared. Look at what came in with 'risk sources show {source}'; it is pulled again by schedule."
                : $"It is pulled again by schedule. 'risk sources show {source}' tells its last runs.",
            StartsAt = result.StartedAt,
        };
    }
}
