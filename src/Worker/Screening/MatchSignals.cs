using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>The signal of a match, as it stands with what people decided.</summary>
internal static class MatchSignals
{
    /// <summary>A note that is worth no action.</summary>
    private const int ClearedSeverity = 1;

    private const int MaximumExcerpt = 1000;

    /// <param name="decision">The one that the match rests on, or null.</param>
    public static EventSignal Of(StoredMatch match, MatchDecision? decision)
    {
        EventSignal found = match.Content.Event;
        string note = match.Content.Note;
        if (decision is null) return note.Length == 0 ? found : Said(found with { Title = $"{found.Title} ({note})" }, note);
        string said = Describe(decision);
        return decision.Verdict == MatchVerdict.FalsePositive
            ? Said(found with { Title = $"Not {match.Content.ListedName} of {match.Content.List}: {said}", Severity = ClearedSeverity, Stage = MatchStages.Cleared }, said)
            : Said(found with { Title = $"On {match.Content.List} as {match.Content.ListedName}: {said}", Severity = match.Content.ConfirmedSeverity, Stage = MatchStages.Confirmed }, said);
    }

    /// <summary>"cleared as a false positive by WHO on 2026-03-01: REASON (until 2027-03-01)".</summary>
    public static string Describe(MatchDecision decision)
    {
        string verdict = decision.Verdict == MatchVerdict.FalsePositive ? "cleared as a false positive" : "confirmed";
        string until = decision.Until is { } end ? $" (until {Day(end)})" : "";
        return $"{verdict} by {decision.By} on {Day(decision.At)}: {decision.Reason}{until}";
    }

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static EventSignal Said(EventSignal signal, string what)
    {
        string excerpt = $"{what}. {signal.Evidence.Excerpt}";
        return signal with { Evidence = signal.Evidence with { Excerpt = excerpt.Length <= MaximumExcerpt ? excerpt : excerpt[..MaximumExcerpt] } };
    }
}
