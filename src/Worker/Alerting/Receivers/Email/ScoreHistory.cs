using System.Collections.Immutable;
using Risk.Rules.Evaluation;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>Scores over time as bars that a mail can draw without fetching anything.</summary>
internal static class ScoreHistory
{
    private const int MostBars = 30;
    private const int FewestBars = 4;

    /// <summary>Bars of equal span from the first score to now, a day each or longer; none when there are too few days to see anything, or the score never moved.</summary>
    /// <param name="scores">Oldest first; each holds until the next.</param>
    public static ImmutableArray<ScoreBar> Of(ImmutableArray<(DateTimeOffset At, decimal Score, Band Band)> scores, DateTimeOffset at)
    {
        if (scores.IsEmpty || scores.All(s => s.Score == scores[0].Score)) return [];
        DateTimeOffset from = scores[0].At;
        int bars = (int)Math.Min(MostBars, Math.Ceiling((at - from).TotalDays) + 1);
        if (bars < FewestBars) return [];
        var made = ImmutableArray.CreateBuilder<ScoreBar>(bars);
        int next = 0;
        for (int i = 0; i < bars; i++)
        {
            DateTimeOffset end = from + ((at - from) * i / (bars - 1));
            while (next + 1 < scores.Length && scores[next + 1].At <= end) next++;
            made.Add(new ScoreBar(end, (int)Math.Round(scores[next].Score, MidpointRounding.AwayFromZero), scores[next].Band));
        }

        return made.MoveToImmutable();
    }
}
