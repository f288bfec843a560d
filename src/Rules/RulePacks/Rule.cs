using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;

namespace Risk.Rules.RulePacks;

/// <summary>One rule of a pack, after overlays, checked and ready to evaluate (RULES.md 4.2). Immutable.</summary>
public sealed record Rule
{
    internal Rule(RuleLogic logic) => Logic = logic;

    public required string Id { get; init; }

    public required string Pack { get; init; }

    public required string Title { get; init; }

    public required string Category { get; init; }

    public required Severity Severity { get; init; }

    public int Version { get; init; } = 1;

    public bool IsEnabled { get; init; } = true;

    /// <summary>No enabled source supplies any of the data it needs: it is not applicable to anyone.</summary>
    public bool IsDormant { get; init; }

    /// <summary>Who answers for the rule; the alert label <c>team</c>.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What to do when it fires.</summary>
    public string Next { get; init; } = "";

    /// <summary>Why the rule exists, and where its numbers come from.</summary>
    public string Rationale { get; init; } = "";

    public ImmutableArray<string> References { get; init; } = [];

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Metrics, facts and feeds it reads, through vars and limits: <c>metrics.otd</c>. Ordinal order.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>It looks at groups of suppliers and not at one (<c>scope</c>): no points, alerts without a supplier.</summary>
    public bool IsForGroups => Logic.Group is not null;

    /// <summary>The condition's text.</summary>
    public required string Condition { get; init; }

    /// <summary>How long it must hold before it fires.</summary>
    public TimeSpan HoldFor { get; init; }

    /// <summary>How many different readings must meet it before it fires.</summary>
    public int Readings { get; init; } = 1;

    /// <summary>How long it keeps firing after it cleared.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    public UnknownPolicy OnUnknown { get; init; } = UnknownPolicy.Hold;

    /// <summary>The most points of all its findings for one supplier together; null: no limit of its own.</summary>
    public decimal? MaximumPoints { get; init; }

    /// <summary>The total cannot be below it while the rule fires; null when the rule is no gate.</summary>
    public decimal? Floor { get; init; }

    /// <summary>Every severity that its alerts can have, its own first.</summary>
    public ImmutableArray<Severity> Severities => [Severity, .. Logic.SeverityWhen.Select(s => s.Severity).Where(s => s != Severity).Distinct()];

    internal RuleLogic Logic { get; }
}

/// <summary>What to do about an undecided rule (RULES.md 4.4 rule 8).</summary>
/// <param name="Ignored">It counts as not applicable while unknown; needs a reason in the file.</param>
/// <param name="AlertAfter">A no-data alert is raised after that long; null: never.</param>
/// <param name="Severity">Of the no-data alert.</param>
public sealed record UnknownPolicy(bool Ignored, TimeSpan? AlertAfter, Severity Severity)
{
    public static UnknownPolicy Hold { get; } = new(false, null, Severity.Warning);
}

/// <summary>A rule's compiled expressions, and what follows from them.</summary>
internal sealed record RuleLogic
{
    /// <summary>Changes when the condition does, so that pending clocks start anew.</summary>
    public required int Revision { get; init; }

    public required PackScope Scope { get; init; }

    public CelExpression? AppliesTo { get; init; }

    public required CelExpression When { get; init; }

    public CelExpression? Clear { get; init; }

    public EachClause? Each { get; init; }

    /// <summary>Null for rules over single suppliers.</summary>
    public GroupClause? Group { get; init; }

    public PointsClause Points { get; init; } = PointsClause.None;

    public ImmutableArray<(CelExpression When, Severity Severity)> SeverityWhen { get; init; } = [];

    public required CelTemplate Message { get; init; }

    /// <summary>The frame slot of <c>evidence</c> in the message.</summary>
    public required int EvidenceSlot { get; init; }

    public ImmutableArray<RuleException> Exceptions { get; init; } = [];

    /// <summary>It reads <c>coverage</c> and therefore runs after all others.</summary>
    public bool ReadsCoverage { get; init; }

    /// <summary>Whom it applies to can change by the passing of time alone.</summary>
    public bool AppliesByTime { get; init; }

    /// <summary>Its outcome can change by the passing of time alone.</summary>
    public bool IsTimeDependent { get; init; }
}

/// <param name="Slot">The frame slot of the item.</param>
internal sealed record EachClause(CelExpression In, string Name, int Slot, CelExpression Key);

/// <param name="By">The group that a supplier is in; "" for none. Sees the supplier, as <c>applies_to</c> does; all other expressions of the rule see the group.</param>
/// <param name="Slot">The frame slot of <c>group</c>.</param>
internal sealed record GroupClause(CelExpression By, int Slot);

/// <summary>Fixed points, or an expression.</summary>
internal sealed record PointsClause(decimal Fixed, CelExpression? Expression)
{
    public static PointsClause None { get; } = new(0, null);
}

/// <param name="ExpiresAt">The first instant at which it no longer applies.</param>
/// <param name="CountsInScore">False: the points are taken out as well.</param>
internal sealed record RuleException(string Id, CelExpression? Match, string Reason, string ApprovedBy, DateTimeOffset ExpiresAt, bool CountsInScore);

/// <param name="When">Null: always.</param>
/// <param name="ExpiresAt">The first instant at which it no longer applies; null: never.</param>
internal sealed record LimitOverride(CelExpression When, CelValue Value, string Text, DateTimeOffset? ExpiresAt);

internal sealed record Limit(string Name, CelValue Default, string DefaultText, ImmutableArray<LimitOverride> Overrides)
{
    public string About { get; init; } = "";

    public string Unit { get; init; } = "";

    /// <summary>What overlays may set it to; null: anything.</summary>
    public (double Minimum, double Maximum)? Range { get; init; }
}

/// <summary>What the expressions of one pack share: its environment, lists, vars and limits.</summary>
internal sealed class PackScope(string pack, CelEnvironment environment, RuleSlots slots, ImmutableArray<CelValue> lists, ImmutableArray<(string Name, CelExpression Expression)> vars, ImmutableArray<Limit> limits, int index)
{
    public string Pack => pack;

    public CelEnvironment Environment => environment;

    public RuleSlots Slots => slots;

    public ImmutableArray<CelValue> Lists => lists;

    public ImmutableArray<(string Name, CelExpression Expression)> Vars => vars;

    public ImmutableArray<Limit> Limits => limits;

    /// <summary>The scope's place in the rule set.</summary>
    public int Index => index;
}
