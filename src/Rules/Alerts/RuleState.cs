using System.Collections.Immutable;
using Risk.Rules.Evaluation;

namespace Risk.Rules.Alerts;

/// <summary>What must be remembered of one rule (and key) of one supplier between two evaluations. Nothing is kept for inactive ones, but for the openings of those that fired lately.</summary>
public sealed record RuleState
{
    public required string Rule { get; init; }

    public required string Key { get; init; }

    /// <summary>A rule whose condition changed restarts pending clocks (RULES.md 4.5).</summary>
    public required int RuleVersion { get; init; }

    public required FindingState State { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Evaluation time for which the condition has held while pending, or the clear condition while recovering; stops while unknown.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>When <see cref="Held"/> was last counted; null while the clock stands still.</summary>
    public DateTimeOffset? CountedAt { get; init; }

    /// <summary>Observation times of the different readings for which the condition held, for <c>readings: n</c>; the newest n at most.</summary>
    public ImmutableArray<DateTimeOffset> Readings { get; init; } = [];

    /// <summary>Points when last computed while firing: kept while unknown, faded after it resolved.</summary>
    public decimal LastPoints { get; init; }

    public Severity Severity { get; init; }

    /// <summary>Points that receivers were last told of; a rise or fall by 10 from there is told again.</summary>
    public decimal AnnouncedPoints { get; init; }

    /// <summary>When it resolved, as long as its points fade: <see cref="FindingState.Fading"/>, or unknown or pending after that.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Since when data has been missing; null while it is there.</summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>When it began to fire, within the flapping window, oldest first; at most the newest 20.</summary>
    public ImmutableArray<DateTimeOffset> Openings { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>It opens and resolves too often (<see cref="Scoring.FlapPolicy"/>).</summary>
    public bool IsFlapping { get; init; }

    /// <summary>The open risk alert, or null (pending, unknown, hidden by an exception ...).</summary>
    public Alert? Alert { get; init; }

    /// <summary>The open no-data alert, or null.</summary>
    public Alert? NoDataAlert { get; init; }
}

/// <summary>What must be remembered of one supplier between two evaluations.</summary>
/// <param name="Band">The band in force, for margins; null before the first assessment.</param>
/// <param name="Score">The last score; null before the first assessment.</param>
/// <param name="Rules">By rule and key, ordinal order.</param>
public sealed record SupplierState(Band? Band, decimal? Score, ImmutableArray<RuleState> Rules)
{
    public static SupplierState Initial { get; } = new(null, null, []);

    /// <summary>Waivers and false positives in force, which close alerts as long as they cover them.</summary>
    public ImmutableArray<Acceptance> Acceptances { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The rule set of the last assessment; null or "" before the first.</summary>
    public string? RuleSetHash { get; init; }

    /// <summary>Set when the score or band came to where it is by a change of the rules.</summary>
    public RuleChange? RuleChange { get; init; }
}
