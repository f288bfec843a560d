using System.Globalization;
using Risk.Connectors.Sdk.Screening;
using Risk.Rules.Signals;
using Risk.Worker.Storage;

namespace Risk.Worker.Screening;

/// <summary>The signal of a match, as it stands with what people decided.</summary>
internal static class MatchSignals
{
    private const int MaximumExcerpt = 1000;

    /// <summary>Withdrawn when a person found that it is another party: no rule can take it for a match.</summary>
    /// <param name="decision">The one that the match rests on, or null.</param>
    public static EventSignal Of(StoredMatch match, MatchDecision? decision)
    {
        EventSignal found = match.Content.Event with { Title = Title(match, decision) };
        if (decision is null) return match.Content.Note.Length == 0 ? found : Said(found, match.Content.Note);
        return decision.Verdict == MatchVerdict.FalsePositive
            ? found with { Withdrawn = true }
            : Said(found with { Severity = match.Content.ConfirmedSeverity, Stage = MatchStages.Confirmed }, Describe(decision));
    }

    /// <summary>One line about the match as it stands.</summary>
    public static string Title(StoredMatch match, MatchDecision? decision)
    {
        MatchContent content = match.Content;
        return decision switch
        {
            null => content.Note.Length == 0 ? content.Event.Title : $"{content.Event.Title} ({content.Note})",
            { Verdict: MatchVerdict.FalsePositive } => $"Not {content.ListedName} on {content.List}: {Describe(decision)}",
            _ => $"On {content.List} as {content.ListedName}: {Describe(decision)}",
        };
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
