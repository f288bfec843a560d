using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Replay;

/// <summary>One episode of an alert that the rules would have raised.</summary>
internal sealed record ReplayedAlert
{
    public required SupplierId Supplier { get; init; }

    public required string Rule { get; init; }

    /// <summary>The subject within the supplier, or "".</summary>
    public required string Key { get; init; }

    /// <summary>risk or no_data.</summary>
    public required string Kind { get; init; }

    /// <summary>When it opened.</summary>
    public required Severity Severity { get; init; }

    /// <summary>As it opened.</summary>
    public required string Message { get; init; }

    /// <summary>Who answers for the supplier; where the portfolio names nobody, the rule's team, as <c>team NAME</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>Who answers for the rule, or "".</summary>
    public required string Team { get; init; }

    /// <summary>Where routing.yaml sends it, by name; empty when an inhibit rule hid it as it opened.</summary>
    public required ImmutableArray<string> Receivers { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null: open at the end.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>It was open when the replay began: no one can tell since when.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>How often it was told again because it got worse.</summary>
    public int Worsened { get; init; }

    /// <summary>What makes two episodes the same alert.</summary>
    public (SupplierId Supplier, string Rule, string Key, string Kind) Identity => (Supplier, Rule, Key, Kind);
}

/// <summary>What the rules would have said of one supplier.</summary>
/// <param name="Score">At the end; null when it was not in the portfolio then.</param>
/// <param name="Alerts">By opening, then rule, key and kind.</param>
/// <param name="WatchedSeconds">How long it was in the portfolio and assessed.</param>
/// <param name="KnownSeconds">Watched seconds, each weighted with the coverage then, times 10,000.</param>
/// <param name="UnknownSeconds">By rule: how long it could not be decided, summed over its subjects.</param>
internal sealed record SupplierOutcome(
    SupplierId Id, string Name, string Owner, decimal? Score, Band? Band, ImmutableArray<ReplayedAlert> Alerts, int Evaluations, long WatchedSeconds, long KnownSeconds,
    ImmutableSortedDictionary<string, long> UnknownSeconds);
