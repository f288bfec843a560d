using System.Collections.Immutable;
using Risk.Rules.Evaluation;

namespace Risk.Rules.Alerts;

/// <summary>What a condition gave. An evaluation error counts as unknown.</summary>
internal enum Outcome { False, True, Unknown }

/// <param name="Revision">Changes when the condition does.</param>
internal readonly record struct LifeSettings(int Revision, TimeSpan HoldFor, int Readings, TimeSpan KeepFiringFor);

/// <param name="Clear">Whether the rule may end; looked at only while it fires and <paramref name="When"/> is false.</param>
/// <param name="Reading">Observation time of the newest reading that the condition used; null when it uses none.</param>
internal readonly record struct LifeObservation(Outcome When, Outcome Clear, DateTimeOffset? Reading);

/// <summary>The life of one rule (and key) for one supplier: the table of RULES.md 4.5, cell by cell. Pure.</summary>
internal static class RuleLife
{
    private const int MostOpenings = 20;

    /// <summary>The next state, or null for inactive with nothing to remember.</summary>
    /// <remarks>A state whose rule resolved keeps <see cref="RuleState.ResolvedAt"/> and its last points while pending, unknown or fading; who knows the score's memory forgets it.</remarks>
    public static RuleState? Next(RuleState? previous, string rule, string key, in LifeObservation seen, in LifeSettings settings, DateTimeOffset at)
    {
        FindingState? state = previous?.State;
        if (state == FindingState.Pending && previous!.RuleVersion != settings.Revision) state = previous.ResolvedAt is not null ? FindingState.Fading : previous.Openings.IsEmpty ? null : FindingState.Quiet;
        RuleState known = previous is null
            ? new RuleState { Rule = rule, Key = key, RuleVersion = settings.Revision, State = FindingState.Unknown, Since = at }
            : previous with { RuleVersion = settings.Revision };
        return (state, seen.When) switch
        {
            (FindingState.Firing, Outcome.True) => Known(known),
            (FindingState.Firing, Outcome.False) => Clearing(known, seen.Clear, settings, at),
            (FindingState.Firing, Outcome.Unknown) => Marked(known, at),

            (FindingState.Recovering, Outcome.True) => Known(known) with { State = FindingState.Firing, Since = at, Held = TimeSpan.Zero, CountedAt = null },
            (FindingState.Recovering, Outcome.False) => Recovering(Known(known), seen.Clear, settings, at),
            (FindingState.Recovering, Outcome.Unknown) => Marked(known, at),

            (FindingState.Pending, Outcome.True) => Pending(Known(known), seen, settings, at),
            (FindingState.Pending, Outcome.False) => Inactive(known),
            (FindingState.Pending, Outcome.Unknown) => Marked(known, at),

            (_, Outcome.True) => Pending(Known(known) with { State = FindingState.Pending, Since = at, Held = TimeSpan.Zero, CountedAt = at, Readings = [] }, seen, settings, at),
            (_, Outcome.False) => Inactive(known),
            _ => Marked(known, at) with { State = FindingState.Unknown, Since = state == FindingState.Unknown ? known.Since : at },
        };
    }

    /// <summary>Ends a firing or recovering state now.</summary>
    public static RuleState Resolve(RuleState state, DateTimeOffset at) =>
        Known(state) with { State = FindingState.Fading, Since = at, ResolvedAt = at, Held = TimeSpan.Zero, CountedAt = null, Readings = [] };

    private static RuleState Known(RuleState state) => state.UnknownSince is null ? state : state with { UnknownSince = null };

    /// <summary>Data is missing: nothing moves, and the clock stands still.</summary>
    private static RuleState Marked(RuleState state, DateTimeOffset at) => state with { UnknownSince = state.UnknownSince ?? at, CountedAt = null };

    private static RuleState? Inactive(RuleState state)
    {
        if (state.ResolvedAt is null && state.Openings.IsEmpty) return null;
        RuleState still = Known(state) with { Held = TimeSpan.Zero, CountedAt = null, Readings = [] };
        return state.ResolvedAt is { } resolvedAt
            ? still with { State = FindingState.Fading, Since = resolvedAt }
            : still with { State = FindingState.Quiet };
    }

    private static ImmutableArray<DateTimeOffset> Opened(ImmutableArray<DateTimeOffset> openings, DateTimeOffset at) =>
        (openings.Length < MostOpenings ? openings : openings.RemoveRange(0, openings.Length - MostOpenings + 1)).Add(at);

    private static RuleState Pending(RuleState state, in LifeObservation seen, in LifeSettings settings, DateTimeOffset at)
    {
        ImmutableArray<DateTimeOffset> readings = seen.Reading is { } reading && !state.Readings.Contains(reading) ? state.Readings.Add(reading) : state.Readings;
        if (readings.Length > settings.Readings) readings = readings.RemoveRange(0, readings.Length - settings.Readings);
        TimeSpan held = state.Held + (state.CountedAt is { } counted && at > counted ? at - counted : TimeSpan.Zero);
        // A condition without a reading of its own (facts, events) is met by its evaluation.
        bool isMet = held >= settings.HoldFor && (settings.Readings <= 1 || readings.Length >= settings.Readings);
        return isMet
            ? state with { State = FindingState.Firing, Since = at, Held = TimeSpan.Zero, CountedAt = null, Readings = [], ResolvedAt = null, Openings = Opened(state.Openings, at) }
            : state with { Held = held, CountedAt = at, Readings = readings };
    }

    private static RuleState Clearing(RuleState state, Outcome clear, in LifeSettings settings, DateTimeOffset at) => clear switch
    {
        Outcome.Unknown => Marked(state, at),
        Outcome.False => Known(state),
        _ when settings.KeepFiringFor <= TimeSpan.Zero => Resolve(state, at),
        _ => Known(state) with { State = FindingState.Recovering, Since = at, Held = TimeSpan.Zero, CountedAt = at },
    };

    private static RuleState Recovering(RuleState state, Outcome clear, in LifeSettings settings, DateTimeOffset at)
    {
        TimeSpan held = state.Held + (state.CountedAt is { } counted && at > counted ? at - counted : TimeSpan.Zero);
        if (held >= settings.KeepFiringFor && clear == Outcome.True) return Resolve(state, at);
        // Time counts only while the clear condition holds.
        return clear == Outcome.True ? state with { Held = held, CountedAt = at } : state with { Held = state.Held, CountedAt = null };
    }
}
