using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>An episode's story: what the rules found and what people did, in order.</summary>
internal static class EpisodeTimeline
{
    private const int MostShown = 8;

    /// <summary>The newest entries, oldest first; none when there is nothing but its opening.</summary>
    public static ImmutableArray<(string At, string What)> Of(EpisodeContext? episode)
    {
        if (episode is null) return [];
        IEnumerable<(DateTimeOffset At, string What)> found = episode.Transitions.Where(t => t.Transition.Kind is not (AlertTransitionKind.Updated or AlertTransitionKind.Relabelled))
            .Select(t => (t.At, What(t.Transition)));
        (DateTimeOffset At, string What)[] all = [.. found.Concat(episode.Acts.Where(a => !a.Kind.EndsWith(" void", StringComparison.Ordinal)).Select(a => (a.At, What(a)))).OrderBy(e => e.At)];
        if (all.Length < 2) return [];
        return [.. all.TakeLast(MostShown).Select(e => (e.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), e.What))];
    }

    private static string What(AlertTransition transition)
    {
        Alert alert = transition.Alert;
        string state = string.Create(CultureInfo.InvariantCulture, $"{alert.Severity.ToString().ToLowerInvariant()}, {alert.Points:0.#} points");
        return transition.Kind switch
        {
            AlertTransitionKind.Opened => $"Opened: {state}",
            AlertTransitionKind.Reopened => $"Open again ({state}). {PlainText.Line(alert.Reopened, 240)}",
            AlertTransitionKind.Resolved => $"Closed: {(alert.Resolution.Length > 0 ? PlainText.Line(alert.Resolution, 240) : "cleared")}",
            _ => $"{transition.Kind}: {state}",
        };
    }

    private static string What(AlertAct act)
    {
        string kind = act.Kind.Length > 0 ? char.ToUpperInvariant(act.Kind[0]) + act.Kind[1..] : "";
        string by = act.By == "risk" ? "" : $" by {PlainText.Line(act.By, 80)}";
        return $"{kind}{by}{(act.Note.Length > 0 ? ": " + PlainText.Line(act.Note, 240) : "")}";
    }
}
