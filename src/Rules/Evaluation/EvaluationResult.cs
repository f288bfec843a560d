using System.Collections.Immutable;
using Risk.Rules.Alerts;

namespace Risk.Rules.Evaluation;

/// <summary>What one evaluation of one supplier gives: the assessment, the state to remember, and what changed for alerts.</summary>
public sealed record EvaluationResult(Assessment Assessment, SupplierState State, ImmutableArray<AlertTransition> Transitions)
{
    /// <summary>Waivers and false positives that no longer cover what the rules find; what they closed is open again.</summary>
    public ImmutableArray<EndedAcceptance> Ended { get; init; } = [];
}
