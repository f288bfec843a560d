using System.Collections.Immutable;
using Risk.Connectors.Sdk;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting;
using Risk.Worker.Storage;

namespace Risk.Worker.Ingestion;

/// <summary>Raises a system alert when a source fails for good or again, makes it graver once its data is too old to count, and ends it with the next success; tells before a source's announced end.</summary>
internal sealed class SourceHealth(IRiskStore store, AlertDispatcher dispatcher, SourceRegistry sources)
{
    public const string Rule = "SR-SYS-SOURCE";

    public const string SunsetRule = "SR-SYS-SUNSET";

    /// <summary>A passing failure (no connection, 503) is told from this many runs in a row on; refused content and wrong settings at once.</summary>
    private const int ToldAfter = 2;

    /// <summary>How long before a source's announced end people are told.</summary>
    private static readonly TimeSpan SunsetNotice = TimeSpan.FromDays(60);

    public async Task ReportAsync(SourceRunResult result, CancellationToken cancellationToken)
    {
        string source = result.Source.Value;
        SourceManifest? manifest = sources.Find(result.Source)?.Manifest;
        await using IStoreSession session = await store.WriteAsync(cancellationToken);
        SourceState? state = await session.Sources.FindAsync(result.Source, cancellationToken);
        AlertTransition? ofRun = OfRun(result, await session.Alerts.FindFiringAsync(Rule, source, cancellationToken), state, manifest);
        AlertTransition? ofEnd = OfEnd(result, await session.Alerts.FindFiringAsync(SunsetRule, source, cancellationToken), manifest);
        AlertTransition[] transitions = [.. new[] { ofRun, ofEnd }.OfType<AlertTransition>()];
        if (transitions.Length == 0) return;
        await session.Alerts.SaveAsync(transitions, result.EndedAt, cancellationToken);
        await dispatcher.OnTransitionsAsync(session, transitions, result.EndedAt, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static AlertTransition? OfRun(SourceRunResult result, Alert? open, SourceState? state, SourceManifest? manifest)
    {
        if (result.Failure is not { } failure) return open is null ? null : new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = result.EndedAt, Resolution = "the source answered again" });
        bool isStale = manifest is not null && state?.LastSuccessAt is { } last && result.EndedAt - last > manifest.CountsFor;
        if (open is null)
        {
            bool isTold = failure.IsQuarantine || failure.Kind is FailureKind.Misconfigured or FailureKind.Forbidden || state?.Failures >= ToldAfter;
            return isTold ? new AlertTransition(AlertTransitionKind.Opened, Open(result, failure, state, isStale)) : null;
        }

        // Once: the message says that it was told.
        Alert now = Open(result, failure, state, isStale);
        return isStale && !open.Message.EndsWith(TooOld, StringComparison.Ordinal)
            ? new AlertTransition(AlertTransitionKind.Worsened, open with { Severity = now.Severity, Labels = now.Labels, Message = now.Message, Revision = open.Revision + 1 }) : null;
    }

    private static AlertTransition? OfEnd(SourceRunResult result, Alert? open, SourceManifest? manifest)
    {
        bool isNear = manifest?.Sunset is { } end && end - result.EndedAt <= SunsetNotice;
        if (open is not null) return isNear ? null : new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = result.EndedAt, Resolution = "its end is no longer announced" });
        if (!isNear) return null;
        string source = result.Source.Value, day = manifest!.Sunset!.Value.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return new AlertTransition(AlertTransitionKind.Opened, SystemAlert(SunsetRule, result, Severity.Warning) with
        {
            Title = $"Source {source} ends on {day}",
            Message = $"{source}: {manifest.Publisher} announced its end for {day}; after that nothing new comes in, and what it supplied is unknown",
            Next = $"See {manifest.Homepage} for what takes its place, and which rules rest on it with 'risk catalog'.",
        });
    }

    private const string TooOld = "it is too old to count: what it supplied is unknown until the source answers again";

    private static Alert Open(SourceRunResult result, SourceFailureException failure, SourceState? state, bool isStale)
    {
        string source = result.Source.Value;
        string since = state?.LastSuccessAt is not { } last ? "no data of it has come in yet"
            : isStale ? $"last good data is of {last.UtcDateTime:yyyy-MM-dd HH:mm}Z, and {TooOld}" : $"last good data of {last.UtcDateTime:yyyy-MM-dd HH:mm}Z stays in force";
        return SystemAlert(Rule, result, failure.IsQuarantine || isStale ? Severity.High : Severity.Warning) with
        {
            Title = $"Source {source} failed",
            Message = $"{source}: {failure.Message}; {since}",
            Next = failure.IsQuarantine
                ? $"Nothing was cleared. Look at what came in with 'risk sources quarantine list {source}'; it is pulled again by schedule."
                : $"It is pulled again by schedule. 'risk sources show {source}' tells its last runs.",
        };
    }

    private static Alert SystemAlert(string rule, SourceRunResult result, Severity severity)
    {
        string source = result.Source.Value;
        return new Alert
        {
            EpisodeId = AlertIdentity.EpisodeId(rule, null, source, AlertKind.System, result.StartedAt),
            Rule = rule,
            Key = source,
            Kind = AlertKind.System,
            Severity = severity,
            Labels = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create("rule", rule), KeyValuePair.Create("category", AlertKind.System), KeyValuePair.Create("kind", AlertKind.System),
                    KeyValuePair.Create("severity", severity == Severity.High ? "high" : "warning"), KeyValuePair.Create("key", source),
                ]),
            Title = "",
            Message = "",
            StartsAt = result.StartedAt,
        };
    }
}
