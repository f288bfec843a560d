using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;

namespace Risk.Rules.Evaluation;

/// <summary>One evaluation of one supplier: all rules, then the score, then what changed for alerts. Used once.</summary>
internal sealed class SupplierEvaluation(RuleSet set, EvaluationScratch scratch, Dossier dossier, SupplierState previous)
{
    private readonly List<Judgement> judgements = [];
    private readonly DataUse use = new(set.Catalog, dossier);
    private readonly DateTimeOffset at = dossier.AsOf;
    private DateTimeOffset? nextDue;

    public EvaluationResult Run()
    {
        scratch.Reset(dossier);
        decimal coverage = JudgeAll();
        List<Finding> findings = Findings();
        ScoreResult score = Scorer.Score(set.Scoring, Weights(), findings, coverage, dossier.Supplier.Id, at, previous.Band);
        findings.Sort(ByCategory);
        (ImmutableArray<RuleState> states, ImmutableArray<AlertTransition> transitions) = Track(score);
        FindNextDue();
        var assessment = new Assessment
        {
            Supplier = dossier.Supplier.Id,
            AsOf = at,
            RuleSetHash = set.Hash,
            Score = score.Score,
            Band = score.Band,
            Coverage = coverage,
            Confidence = decimal.Round(coverage * use.MeanFreshness, 4),
            Degraded = use.IsDegraded,
            Categories = score.Categories,
            Findings = [.. findings],
            Contributions = score.Contributions,
            Missing = [.. MissingInputs()],
            NextDueAt = nextDue,
        };
        return new EvaluationResult(assessment, new SupplierState(score.Band, score.Score, states), transitions);
    }

    /// <summary>Judges every rule, those that read coverage last, and returns the share of applicable rules that was decided.</summary>
    private decimal JudgeAll()
    {
        var judge = new RuleJudge(scratch, set.Scoring, dossier, previous, judgements);
        int applicable = 0, decided = 0;
        foreach (RulePlan plan in set.Plans)
        {
            if (!plan.Rule.Logic.ReadsCoverage) Count(plan, judge.Judge(plan), ref applicable, ref decided);
        }

        // Nothing that could be asked is nothing known, not everything.
        decimal coverage = applicable == 0 ? 0 : decimal.Round((decimal)decided / applicable, 4);
        bool isAnnounced = false;
        foreach (RulePlan plan in set.Plans)
        {
            if (!plan.Rule.Logic.ReadsCoverage) continue;
            if (!isAnnounced) scratch.Coverage.Set(coverage, MissingInputs());
            isAnnounced = true;
            judge.Judge(plan);
        }

        if (isAnnounced) judgements.Sort(static (a, b) => ByRuleAndKey(a.Plan.Rule.Id, a.Key, b.Plan.Rule.Id, b.Key));
        return coverage;
    }

    private void Count(RulePlan plan, RuleStanding standing, ref int applicable, ref int decided)
    {
        if (standing == RuleStanding.NotApplicable) return;
        applicable++;
        use.Need(plan);
        if (plan.Rule.Logic.IsTimeDependent) Due(new DateTimeOffset(at.UtcDateTime.Date.AddDays(1), TimeSpan.Zero));
        if (standing != RuleStanding.Decided) return;
        decided++;
        use.Rest(plan);
    }

    private SortedSet<string> MissingInputs()
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Judgement judgement in judgements) missing.UnionWith(judgement.Missing);
        return missing;
    }

    private ImmutableArray<decimal> Weights()
    {
        foreach (ConditionalWeights item in set.WeightsWhen)
        {
            if (item.When.Evaluate(scratch.FrameOf(set.Scopes[0])).IsTrue) return item.Weights;
        }

        return set.Weights;
    }

    private List<Finding> Findings()
    {
        var findings = new List<Finding>();
        foreach (Judgement judgement in judgements)
        {
            if (judgement.After is not { } state) continue;
            Rule rule = judgement.Plan.Rule;
            bool counts = judgement.Exception is not { CountsInScore: false };
            findings.Add(new Finding
            {
                Rule = rule.Id, Title = rule.Title, Key = judgement.Key, Category = rule.Category, Severity = judgement.Severity, State = state.State, Points = judgement.Points,
                Message = judgement.Message, Next = rule.Next, Floor = judgement.IsActive && counts ? rule.Floor : null, Since = state.Since, Missing = judgement.Missing, Error = judgement.Error,
                Exception = judgement.IsActive ? judgement.Exception?.Id ?? "" : "", Evidence = judgement.Evidence,
            });
        }

        return findings;
    }

    private (ImmutableArray<RuleState> States, ImmutableArray<AlertTransition> Transitions) Track(ScoreResult score)
    {
        var tracker = new AlertTracker(dossier.Supplier, at, previous, score.Score, score.Band);
        bool isRetired = dossier.Supplier.Status == "offboarded";
        var states = ImmutableArray.CreateBuilder<RuleState>();
        decimal ignored = 0;
        foreach (RuleState state in previous.Rules)
        {
            if (set.Find(state.Rule) is not null) continue;
            tracker.Reconcile(state.Alert, null, "rule removed", ref ignored);
            tracker.Reconcile(state.NoDataAlert, null, "rule removed", ref ignored);
        }

        foreach (Judgement judgement in judgements)
        {
            AlertDraft? risk = null, noData = null;
            string resolution = isRetired ? "supplier retired" : judgement.Resolution;
            if (judgement.IsActive && !isRetired)
            {
                if (judgement.Exception is { } exception) resolution = $"exception {exception.Id}";
                else risk = new AlertDraft(judgement.Plan.Rule, judgement.Key, AlertKind.Risk, judgement.Severity, judgement.Message, judgement.Points, judgement.Evidence);
            }

            if (!isRetired && judgement.After?.UnknownSince is { } since && judgement.Plan.Rule.OnUnknown is { AlertAfter: { } after } policy)
            {
                if (at - since >= after) noData = new AlertDraft(judgement.Plan.Rule, judgement.Key, AlertKind.NoData, policy.Severity, NoDataMessage(judgement), 0, []);
                else Due(since + after);
            }

            decimal announced = judgement.Before?.AnnouncedPoints ?? 0;
            Alert? alert = tracker.Reconcile(judgement.Before?.Alert, risk, resolution, ref announced);
            Alert? noDataAlert = tracker.Reconcile(judgement.Before?.NoDataAlert, noData, resolution == "cleared" ? "data is back" : resolution, ref ignored);
            if (judgement.After is { } state) states.Add(state with { Alert = alert, NoDataAlert = noDataAlert, AnnouncedPoints = alert is null ? 0 : announced });
        }

        return (states.ToImmutable(), tracker.Transitions);
    }

    private string NoDataMessage(Judgement judgement)
    {
        string why = judgement.Missing.IsEmpty ? judgement.Error : string.Join(", ", judgement.Missing);
        return string.Create(CultureInfo.InvariantCulture, $"{dossier.Supplier.Name}: \"{judgement.Plan.Rule.Title}\" cannot be decided since {judgement.After!.UnknownSince!.Value.UtcDateTime:yyyy-MM-dd}; missing: {why}");
    }

    /// <summary>The earliest instant at which the assessment changes though nothing new is learned.</summary>
    private void FindNextDue()
    {
        foreach (Judgement judgement in judgements)
        {
            if (judgement.After is not { } state) continue;
            Rule rule = judgement.Plan.Rule;
            if (state.CountedAt is not null && state.State == FindingState.Pending && rule.HoldFor > state.Held) Due(at + (rule.HoldFor - state.Held));
            if (state.CountedAt is not null && state.State == FindingState.Recovering && rule.KeepFiringFor > state.Held) Due(at + (rule.KeepFiringFor - state.Held));
            if (state.ResolvedAt is not null) Due(at.AddDays(1));
        }

        foreach (DateTimeOffset expiry in set.Expiries)
        {
            if (expiry > at) Due(expiry);
        }

        if (use.StaleAt is { } stale) Due(stale);
    }

    private void Due(DateTimeOffset instant)
    {
        if (nextDue is null || instant < nextDue) nextDue = instant;
    }

    private int ByCategory(Finding a, Finding b)
    {
        int category = set.Scoring.IndexOf(a.Category).CompareTo(set.Scoring.IndexOf(b.Category));
        if (category != 0) return category;
        return a.Severity != b.Severity ? b.Severity.CompareTo(a.Severity) : ByRuleAndKey(a.Rule, a.Key, b.Rule, b.Key);
    }

    private static int ByRuleAndKey(string rule, string key, string otherRule, string otherKey) =>
        string.CompareOrdinal(rule, otherRule) is not 0 and var order ? order : string.CompareOrdinal(key, otherKey);
}
