using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Muting;

/// <summary>Whether, and why, nobody is told of an alert at an instant.</summary>
internal sealed class Mutings(Inhibitions inhibitions, Silences silences, int flappingOpens, DateTimeOffset at)
{
    /// <summary>An alert that opens and ends too often is told when it has fired that long; what is critical does not wait.</summary>
    internal static readonly TimeSpan FlappingHold = TimeSpan.FromHours(24);

    /// <param name="workflow">What people did about it; null: nothing.</param>
    /// <returns>Words fit to follow the alert's name, or null when it is to be told.</returns>
    public string? Why(Alert alert, AlertWorkflow? workflow)
    {
        if (silences.Find(alert.Labels, at) is { } silence) return $"silenced by {silence.Id} until {Text(silence.EndsAt)}, {silence.Author}: {silence.Reason}";
        if (inhibitions.Find(alert) is { } cause) return $"inhibited by '{cause.Title}' ({cause.Rule})";
        if (workflow?.Snoozed is { } snooze && workflow.IsSnoozed(at) && alert.ResolvedAt is null) return $"snoozed until {Text(snooze.Until)} by {snooze.By}";
        return IsFlapping(alert) ? string.Create(CultureInfo.InvariantCulture, $"flapping: opened {alert.Flapping} times lately; told once it has fired for {FlappingHold.TotalHours:0} hours") : null;
    }

    /// <summary>Why an alert that waits needs not be told any more: somebody has taken it. Null otherwise.</summary>
    public static string? Taken(Alert alert, AlertWorkflow? workflow) =>
        workflow?.Acknowledged is { } taken && workflow.IsAcknowledged(alert) && alert.ResolvedAt is null ? $"acknowledged by {taken.By} on {Text(taken.At)}" : null;

    /// <summary>The opening that makes it flap is told, and says so; those after it are not while they are short.</summary>
    private bool IsFlapping(Alert alert) =>
        alert.Flapping > flappingOpens && alert.Severity < Severity.Critical && (alert.ResolvedAt ?? at) - alert.StartsAt < FlappingHold;

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
