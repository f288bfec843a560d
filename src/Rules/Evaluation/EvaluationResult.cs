using System.Collections.Immutable;
using Risk.Rules.Alerts;

namespace Risk.Rules.Evaluation;

/// <summary>What one evaluation of one supplier gives: the assessment, the state to remember, and what changed for alerts.</summary>
public sealed record EvaluationResult(Assessment Assessment, SupplierState State, ImmutableArray<AlertTransition> Transitions);
