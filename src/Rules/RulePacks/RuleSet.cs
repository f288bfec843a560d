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
    private readonly ConcurrentBag<EvaluationScratch> idle = [];
    private readonly Dictionary<string, RulePlan> byId;

    internal RuleSet(string hash, Catalog catalog, ImmutableArray<Rule> rules, ImmutableArray<PackScope> scopes, ScoringPolicy scoring, ImmutableArray<ConditionalWeights> weightsWhen)
    {
        Hash = hash;
        Catalog = catalog;
        Rules = [.. rules.OrderBy(r => r.Id, StringComparer.Ordinal)];
        Plans = [.. Rules.Select(r => RulePlan.Of(r, catalog))];
        Scopes = scopes;
        Scoring = scoring;
        WeightsWhen = weightsWhen;
        Weights = scoring.Weights();
        missing = new MissingInputs(catalog);
        byId = Plans.ToDictionary(p => p.Rule.Id, StringComparer.Ordinal);
        Expiries =
        [
            .. Rules.SelectMany(r => r.Logic.Exceptions).Select(e => e.ExpiresAt)
                .Concat(scopes.SelectMany(s => s.Limits).SelectMany(l => l.Overrides).Where(o => o.ExpiresAt is not null).Select(o => o.ExpiresAt!.Value))
                .Concat(scoring.Overrides.Select(o => o.ExpiresAt)).Distinct().Order(),
        ];
    }

    /// <summary>Lower-case hex sha256 over the content of all files.</summary>
    public string Hash { get; }

    public Catalog Catalog { get; }

    /// <summary>By id, disabled and dormant ones included.</summary>
    public ImmutableArray<Rule> Rules { get; }

    public ScoringPolicy Scoring { get; }

    internal ImmutableArray<RulePlan> Plans { get; }

    internal ImmutableArray<PackScope> Scopes { get; }

    internal ImmutableArray<ConditionalWeights> WeightsWhen { get; }

    /// <summary>Normalised weights where no <c>weights_when</c> matches.</summary>
    internal ImmutableArray<decimal> Weights { get; }

    /// <summary>Instants at which exceptions and overrides end, rising.</summary>
    internal ImmutableArray<DateTimeOffset> Expiries { get; }

    /// <summary>The rule of the id, or null.</summary>
    public Rule? Find(string ruleId) => byId.TryGetValue(ruleId, out RulePlan? plan) ? plan.Rule : null;

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
    /// <returns>Null when there is no such rule.</returns>
    public RuleExplanation? ExplainRule(string ruleId, Dossier dossier, SupplierState previous)
    {
        if (!byId.TryGetValue(ruleId, out RulePlan? plan)) return null;
        EvaluationResult result = Evaluate(dossier, previous);
        EvaluationScratch scratch = Rent();
        try
        {
            scratch.Reset(dossier);
            scratch.Coverage.Set(result.Assessment.Coverage, result.Assessment.Missing);
            return RuleExplainer.Explain(plan.Rule, scratch, result);
        }
        finally
        {
            idle.Add(scratch);
        }
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

    private EvaluationScratch Rent() => idle.TryTake(out EvaluationScratch? scratch) ? scratch : new EvaluationScratch(Catalog, missing, Scopes);
}
