using System.Collections.Immutable;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>One supplier's dossier, open for single questions of a rule set: what a condition says, without a rule's life and without a score. Not thread-safe.</summary>
public sealed class OpenDossier
{
    private readonly EvaluationScratch scratch;
    private readonly ImmutableArray<RulePlan> plans;
    private readonly (CelExpression When, CelFrame Frame)[] conditions;

    /// <summary>The most signals that a rule's evidence has.</summary>
    public const int MostEvidence = EvidenceFinder.Most;

    internal OpenDossier(EvaluationScratch scratch, ImmutableArray<RulePlan> plans)
    {
        this.scratch = scratch;
        this.plans = plans;
        conditions = [.. plans.Select(p => (p.Rule.Logic.When, scratch.FrameOf(p.Rule.Logic.Scope)))];
    }

    /// <summary>What the conditions read.</summary>
    public DossierView View => scratch.View;

    /// <summary>Takes another supplier's dossier in place of this one.</summary>
    public void Reset(Dossier dossier) => scratch.Reset(dossier);

    /// <summary>Whether the condition of a rule holds.</summary>
    /// <param name="rule">Place of the rule in <see cref="RuleSet.Rules"/>; one without <c>each</c>.</param>
    public CelOutcome Decide(int rule)
    {
        ref readonly (CelExpression When, CelFrame Frame) condition = ref conditions[rule];
        return condition.When.Decide(condition.Frame);
    }

    /// <summary>The inputs for want of which the rule is undecided.</summary>
    public ImmutableArray<string> MissingFor(int rule) => conditions[rule].When.Interpret(conditions[rule].Frame).MissingInputs;

    /// <summary>The signals that the rule rests on, newest first.</summary>
    /// <param name="into">Room for <see cref="MostEvidence"/>.</param>
    /// <returns>How many there are.</returns>
    public int EvidenceFor(int rule, Span<Signal> into) => EvidenceFinder.Signals(plans[rule], View.Dossier, into);
}
