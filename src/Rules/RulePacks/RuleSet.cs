using System.Collections.Concurrent;
using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Dossiers;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.Scoring;

namespace Risk.Rules.RulePacks;

/// <summary>Packs, overlays and scoring, compiled against a catalog. Immutable and thread-safe; made by <see cref="RuleSetLoader"/>.</summary>
public sealed class RuleSet
{
    private readonly MissingInputs missing;
    private readonly ImmutableArray<Rule> groupRules;
    private readonly ConcurrentBag<EvaluationScratch> idle = [];
    private readonly Dictionary<string, Rule> byId;

    internal RuleSet(string hash, Catalog catalog, ImmutableArray<Rule> rules, ImmutableArray<PackScope> scopes, ScoringPolicy scoring, ImmutableArray<ConditionalWeights> weightsWhen)
    {
        Hash = hash;
        Catalog = catalog;
        Rules = [.. rules.OrderBy(r => r.Id, StringComparer.Ordinal)];
        Plans = [.. Rules.Where(r => !r.IsForGroups).Select(r => RulePlan.Of(r, catalog))];
        Scopes = scopes;
        Scoring = scoring;
        WeightsWhen = weightsWhen;
        Weights = scoring.Weights();
        groupRules = [.. Rules.Where(r => r is { IsForGroups: true, IsEnabled: true })];
        missing = new MissingInputs(catalog);
        byId = Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);
        Expiries =
        [
            .. Rules.SelectMany(r => r.Logic.Exceptions).Select(e => e.ExpiresAt)
                .Concat(scopes.SelectMany(s => s.Limits).SelectMany(l => l.Overrides).Where(o => o.ExpiresAt is not null).Select(o => o.ExpiresAt!.Value))
                .Distinct().Order(),
        ];
    }

    /// <summary>Lower-case hex sha256 over the content of all files.</summary>
    public string Hash { get; }

    public Catalog Catalog { get; }

    /// <summary>By id, disabled and dormant ones included.</summary>
    public ImmutableArray<Rule> Rules { get; }

    public ScoringPolicy Scoring { get; }

    /// <summary>Of the rules over single suppliers, by id.</summary>
    internal ImmutableArray<RulePlan> Plans { get; }

    internal ImmutableArray<PackScope> Scopes { get; }

    internal ImmutableArray<ConditionalWeights> WeightsWhen { get; }

    /// <summary>Normalised weights where no <c>weights_when</c> matches.</summary>
    internal ImmutableArray<decimal> Weights { get; }

    /// <summary>Instants at which exceptions and overrides of limits end, rising.</summary>
    internal ImmutableArray<DateTimeOffset> Expiries { get; }

    /// <summary>The rule of the id, or null.</summary>
    public Rule? Find(string ruleId) => byId.GetValueOrDefault(ruleId);

    /// <summary>Assesses one supplier at the dossier's instant. Pure: the same rules, dossier and state give the same result.</summary>
    /// <param name="previous">What the last evaluation of the supplier returned; <see cref="SupplierState.Initial"/> before the first.</param>
    public EvaluationResult Evaluate(Dossier dossier, SupplierState previous)
    {
        EvaluationScratch scratch = Rent();
        try
        {
            return new SupplierEvaluation(this, scratch, dossier, previous).Run();
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>Why a rule does or does not fire: each condition with the values of its parts, the limits in force, and the state before.</summary>
    /// <returns>Null when there is no such rule over suppliers.</returns>
    public RuleExplanation? ExplainRule(string ruleId, Dossier dossier, SupplierState previous)
    {
        if (Find(ruleId) is not { IsForGroups: false } rule) return null;
        EvaluationResult result = Evaluate(dossier, previous);
        RuleTurn? next = new OutlookFinder(this).NextTurn(ruleId, dossier, result.State);
        EvaluationScratch scratch = Rent();
        try
        {
            scratch.Reset(dossier);
            scratch.Coverage.Set(result.Assessment.Coverage, result.Assessment.Missing);
            return RuleExplainer.Explain(rule, scratch, result, next);
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>What the supplier brings to the groups of the rules over groups.</summary>
    public GroupMemberships MembershipsOf(Dossier dossier)
    {
        if (groupRules.IsEmpty) return GroupMemberships.None;
        EvaluationScratch scratch = Rent();
        try
        {
            scratch.Reset(dossier);
            var members = ImmutableArray.CreateBuilder<GroupMember>();
            DateTimeOffset? nextDue = null;
            foreach (Rule rule in groupRules)
            {
                if (GroupSpend.MemberOf(rule, rule.Logic.Group!, scratch, Catalog, dossier) is { } member) members.Add(member);
                if (rule.Logic.IsTimeDependent) nextDue = new DateTimeOffset(dossier.AsOf.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
            }

            // Exactly the maximum age is still usable.
            int slot = GroupSpend.Slot(Catalog);
            if (slot >= 0 && !dossier.Metrics[slot].IsEmpty && dossier.Metrics[slot][^1].OccurredAt + Catalog.Metrics[slot].MaximumAge + TimeSpan.FromSeconds(1) is var stale
                && stale > dossier.AsOf && (nextDue is null || stale < nextDue)) nextDue = stale;
            return new GroupMemberships(members.ToImmutable(), nextDue);
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>Judges every group of one rule over groups. Pure.</summary>
    /// <param name="members">What all suppliers of the portfolio in force bring to this rule; of none, all groups are gone.</param>
    /// <param name="previous">The states that the last evaluation returned.</param>
    public GroupResult EvaluateGroups(Rule rule, IReadOnlyCollection<GroupMember> members, ImmutableArray<RuleState> previous, DateTimeOffset at)
    {
        EvaluationScratch scratch = Rent();
        try
        {
            return new GroupEvaluation(rule, rule.Logic.Group!, scratch, Hash, at).Run(members, previous);
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>Why a rule over groups does or does not fire for one group: the condition with the values of its parts, the limits, the state.</summary>
    /// <returns>Null when nobody is in the group.</returns>
    public RuleExplanation? ExplainGroup(Rule rule, string key, IReadOnlyCollection<GroupMember> members, ImmutableArray<RuleState> previous, DateTimeOffset at)
    {
        if (GroupFigures.Of(members).FirstOrDefault(g => g.Key == key) is not { } figures) return null;
        GroupResult result = EvaluateGroups(rule, members, previous, at);
        EvaluationScratch scratch = Rent();
        try
        {
            CelFrame frame = scratch.FrameForGroups(rule.Logic.Scope, at);
            frame[rule.Logic.Group!.Slot] = CelValue.Object(figures);
            return RuleExplainer.ExplainGroup(rule, scratch, frame, figures, result);
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>What must have been remembered after an assessment, as far as the assessment tells: clocks as if they had run without a stop, no openings, no alerts.</summary>
    public SupplierState StateOf(Assessment assessment) => RecordedState.Of(this, assessment);

    /// <summary>What becomes of an assessment by itself, and what it would be without each finding.</summary>
    /// <param name="dossier">The one the assessment was made from, at its instant.</param>
    /// <param name="state">What the evaluation that gave the assessment returned.</param>
    public Outlook Outlook(Dossier dossier, Assessment assessment, SupplierState state)
    {
        ImmutableArray<decimal> weights = WeightsFor(dossier);
        ScoreResult again = Scorer.Score(Scoring, weights, assessment.Findings, assessment.Coverage, assessment.Supplier, assessment.AsOf, assessment.Band);
        bool isReproduced = again.Score == assessment.Score && again.Band == assessment.Band;
        var finder = new OutlookFinder(this);
        bool canForesee = finder.CanForesee(dossier, assessment, state);
        BandCrossing? next = canForesee ? finder.Next(dossier, assessment, state, areSourcesChecked: true) : null;
        BandCrossing? abandoned = canForesee ? finder.Next(dossier, assessment, state, areSourcesChecked: false) : null;
        return new Outlook(isReproduced ? finder.WhatIfs(assessment, weights) : [], isReproduced, next, abandoned?.At == next?.At ? null : abandoned, canForesee);
    }

    private ImmutableArray<decimal> WeightsFor(Dossier dossier)
    {
        EvaluationScratch scratch = Rent();
        try
        {
            scratch.Reset(dossier);
            return WeightsFor(scratch);
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>The weights in force for the dossier that the frames hold.</summary>
    internal ImmutableArray<decimal> WeightsFor(EvaluationScratch scratch)
    {
        foreach (ConditionalWeights item in WeightsWhen)
        {
            if (item.When.Evaluate(scratch.FrameOf(Scopes[0])).IsTrue) return item.Weights;
        }

        return Weights;
    }

    /// <summary>Evaluates an expression over a dossier, with the first pack's lists, vars and limits.</summary>
    /// <returns>Type and value, or null when it does not compile.</returns>
    public (CelType Type, CelValue Value)? Ask(string expression, Dossier dossier, DiagnosticBag diagnostics)
    {
        PackScope scope = Scopes[0];
        if (CelCompiler.Compile(expression, scope.Environment, null, diagnostics) is not { } compiled) return null;
        EvaluationScratch scratch = Rent();
        try
        {
            scratch.Reset(dossier);
            return (compiled.Type, compiled.Evaluate(scratch.FrameOf(scope)));
        }
        finally
        {
            idle.Add(scratch);
        }
    }

    /// <summary>Opens a dossier for questions about single conditions.</summary>
    public OpenDossier Open(Dossier dossier)
    {
        var scratch = new EvaluationScratch(Catalog, missing, Scopes);
        scratch.Reset(dossier);
        return new OpenDossier(scratch, Plans);
    }

    /// <summary>Compiles every condition now, rather than when it has been evaluated often.</summary>
    public void Prepare()
    {
        foreach (Rule rule in Rules)
        {
            rule.Logic.When.Prepare();
            rule.Logic.Clear?.Prepare();
            rule.Logic.AppliesTo?.Prepare();
        }
    }

    private EvaluationScratch Rent() => idle.TryTake(out EvaluationScratch? scratch) ? scratch : new EvaluationScratch(Catalog, missing, Scopes);
}
