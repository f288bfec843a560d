using System.Collections.Immutable;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>How serious an alert of the rule is; ordered.</summary>
public enum Severity { Info, Warning, High, Critical }

/// <summary>Where a finding is in its life (RULES.md 4.5).</summary>
/// <remarks>
/// <see cref="Fading"/>: resolved, its points still fade out of the score. <see cref="Quiet"/>: faded too; only its openings are remembered, to see it flap, and no assessment lists it.
/// </remarks>
public enum FindingState { Unknown, Pending, Firing, Recovering, Fading, Quiet }

/// <summary>Portfolio-wide risk class of a supplier; ordered from best to worst, with "insufficient data" outside the order.</summary>
public enum Band { Low, Guarded, Elevated, High, Critical, InsufficientData }

/// <summary>One rule (and subject key) that says something about the supplier at the instant.</summary>
public sealed record Finding
{
    public required string Rule { get; init; }

    public required string Title { get; init; }

    /// <summary>The subject within the supplier for rules with <c>each</c>; else "".</summary>
    public required string Key { get; init; }

    public required string Category { get; init; }

    public required Severity Severity { get; init; }

    public required FindingState State { get; init; }

    /// <summary>Points it puts into its category before caps, 0 and up; faded or shared points included.</summary>
    public required decimal Points { get; init; }

    /// <summary>Rendered for people; plain text, one line.</summary>
    public required string Message { get; init; }

    /// <summary>What to do next, or "".</summary>
    public string Next { get; init; } = "";

    /// <summary>Lower limit of the total while it fires; null when the rule is no gate.</summary>
    public decimal? Floor { get; init; }

    /// <summary>Since when it has been in this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>For <see cref="FindingState.Unknown"/> and findings whose data went missing while open: path and reason, for example <c>metrics.otd: stale</c>.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Text of an evaluation error (division by zero ...), or "". The state is then as for unknown.</summary>
    public string Error { get; init; } = "";

    /// <summary>Id of the exception, waiver or false positive that hides the alert, or "".</summary>
    public string Exception { get; init; } = "";

    /// <summary>How often it opened within the flapping window, when it flaps; else 0. A flapping finding counts once, as any other.</summary>
    public int Flapping { get; init; }

    /// <summary>What proves it, newest first, at most 5.</summary>
    public ImmutableArray<FindingEvidence> Evidence { get; init; } = [];
}

/// <param name="Label">What the evidence is about, for example <c>events.insolvency 0000945436-16-000123</c>.</param>
/// <param name="OccurredAt">When it happened in the world.</param>
/// <param name="Value">What a reading or a fact says; null for events.</param>
public sealed record FindingEvidence(string Label, SourceId Source, DateTimeOffset OccurredAt, DateTimeOffset ObservedAt, string Url, string Excerpt, string? Value = null);

/// <summary>One line of the score's derivation.</summary>
/// <param name="Kind">finding, cap, override, worst-category, floor, coverage-floor or rounding.</param>
/// <param name="Label">Rule id (and key), or what the adjustment is.</param>
/// <param name="Points">Points before weights and caps; 0 for adjustments.</param>
/// <param name="Share">What it adds to (or takes from) the total, two decimals. The shares of an assessment sum exactly to its score.</param>
public sealed record Contribution(string Kind, string Category, string Label, decimal Points, decimal Share);

/// <param name="Points">Sum of the findings' points before cap and override.</param>
/// <param name="Score">After cap and override, 0 to 100.</param>
/// <param name="Weight">Normalised weight, 0 to 1.</param>
/// <param name="Coverage">Share of what is at stake in the category that could be decided, 0 to 1; null when no rule of it applies.</param>
public sealed record CategoryScore(string Category, decimal Points, decimal Score, decimal Weight, decimal? Coverage = null);

/// <summary>A move of score or band that came with another rule set.</summary>
/// <param name="FromRuleSet">Hash of the rule set before.</param>
/// <param name="At">When the supplier was first assessed with the present one.</param>
public sealed record RuleChange(string FromRuleSet, decimal ScoreBefore, Band BandBefore, DateTimeOffset At);

/// <summary>Everything the rules say about one supplier at one instant, with the derivation of the score.</summary>
public sealed record Assessment
{
    public required SupplierId Supplier { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Lower-case hex sha256 of the rule set (packs, overlay, scoring) it was made with.</summary>
    public required string RuleSetHash { get; init; }

    /// <summary>The score and band are where they are because the rules changed, not because of news; null when news moved them last.</summary>
    public RuleChange? RuleChange { get; init; }

    /// <summary>0 to 100, two decimals; the sum of <see cref="Contributions"/>.</summary>
    public required decimal Score { get; init; }

    public required Band Band { get; init; }

    /// <summary>1 (look first) to 5: the band against how much depends on the supplier (<see cref="Scoring.SupplierPriority"/>). Never part of the score.</summary>
    public int Priority { get; init; }

    /// <summary>Share of what is at stake in the applicable rules that could be decided, 0 to 1, four decimals (<see cref="Scoring.CoverageMeter"/>).</summary>
    public required decimal Coverage { get; init; }

    /// <summary>Coverage lowered by the age of the data it rests on, 0 to 1, four decimals.</summary>
    public required decimal Confidence { get; init; }

    /// <summary>True when some source it needs was stale or quarantined.</summary>
    public bool Degraded { get; init; }

    public required ImmutableArray<CategoryScore> Categories { get; init; }

    /// <summary>By category order, then severity, then rule and key.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    public required ImmutableArray<Contribution> Contributions { get; init; }

    /// <summary>Distinct missing inputs over all undecided rules, ordinal order: <c>metrics.otd: absent</c>.</summary>
    public required ImmutableArray<string> Missing { get; init; }

    /// <summary>The next instant at which the assessment changes by itself (a clock, a decay step, an expiry); null when none is known.</summary>
    public DateTimeOffset? NextDueAt { get; init; }
}
