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
    private readonly List<(RulePlan Plan, RuleStanding Standing)> moving = [];
    private DateTimeOffset? nextDue;

    public EvaluationResult Run()
    {
        scratch.Reset(dossier);
        ImmutableArray<decimal> weights = set.WeightsFor(scratch);
        var meter = new CoverageMeter(set.Scoring, weights);
        decimal coverage = JudgeAll(meter);
        List<Finding> findings = FindingsOf(judgements);
        ScoreResult score = Scorer.Score(set.Scoring, weights, findings, coverage, dossier.Supplier.Id, at, previous.Band);
        findings.Sort(ByCategory);
        (ImmutableArray<RuleState> states, ImmutableArray<AlertTransition> transitions) = Track(score);
        RuleChange? ruleChange = RuleChangeOf(score);
        var assessment = new Assessment
        {
            Supplier = dossier.Supplier.Id,
            AsOf = at,
            RuleSetHash = set.Hash,
            RuleChange = ruleChange,
            Score = score.Score,
            Band = score.Band,
            Priority = SupplierPriority.Of(dossier.Supplier, score.Band),
            Coverage = coverage,
            Confidence = decimal.Round(coverage * use.MeanFreshness, 4),
            Degraded = use.IsDegraded,
            Categories = [.. score.Categories.Select((c, i) => c with { Coverage = meter.ShareOf(i) })],
            Findings = [.. findings],
            Contributions = score.Contributions,
            Missing = [.. MissingInputs()],
        };
        ImmutableArray<EndedAcceptance> ended = EndedAcceptances();
        var state = new SupplierState(score.Band, score.Score, states)
        {
            RuleSetHash = set.Hash, RuleChange = ruleChange, Acceptances = ended.IsEmpty ? previous.Acceptances : [.. previous.Acceptances.Except(ended.Select(e => e.Acceptance))],
        };
        FindKnownDue();
        // Last: it puts later instants into the frames.
        nextDue = new NextChange(set, scratch, dossier, state, weights, assessment).Find(moving, nextDue);
        return new EvaluationResult(assessment with { NextDueAt = nextDue }, state, transitions) { Ended = ended };
    }

    /// <summary>Those that no longer cover what they were given for, and those whose time is up.</summary>
    private ImmutableArray<EndedAcceptance> EndedAcceptances()
    {
        if (previous.Acceptances.IsEmpty) return [];
        var ended = ImmutableArray.CreateBuilder<EndedAcceptance>();
        foreach (Acceptance acceptance in previous.Acceptances)
        {
            string why = judgements.Find(j => j.Acceptance == acceptance)?.AcceptanceOver ?? acceptance.WhyOver(acceptance.Alert.Severity, 0, default, at);
            if (why.Length > 0) ended.Add(new EndedAcceptance(acceptance, why));
            else if (acceptance.Until is { } until) Due(until);
        }

        return ended.ToImmutable();
    }

    /// <summary>The set differs from that of the last assessment.</summary>
    private bool IsOtherSet => previous.RuleSetHash is { Length: > 0 } before && before != set.Hash;

    /// <summary>Kept until the score moves again, so that it can be asked later why it stands where it does.</summary>
    private RuleChange? RuleChangeOf(ScoreResult score)
    {
        if (previous.Score is not { } scoreBefore || previous.Band is not { } bandBefore) return null;
        if (scoreBefore == score.Score && bandBefore == score.Band) return previous.RuleChange;
        return IsOtherSet ? new RuleChange(previous.RuleSetHash!, scoreBefore, bandBefore, at) : null;
    }

    /// <summary>Judges every rule, those that read coverage last, and returns the coverage.</summary>
    private decimal JudgeAll(CoverageMeter meter)
    {
        var judge = new RuleJudge(scratch, set.Scoring, dossier, previous, judgements);
        foreach (RulePlan plan in set.Plans)
        {
            if (!plan.Rule.Logic.ReadsCoverage) Count(plan, judge.Judge(plan), meter);
        }

        decimal coverage = meter.Share();
        bool isAnnounced = false;
        foreach (RulePlan plan in set.Plans)
        {
            if (!plan.Rule.Logic.ReadsCoverage) continue;
            if (!isAnnounced) scratch.Coverage.Set(coverage, MissingInputs());
            isAnnounced = true;
            Note(plan, judge.Judge(plan));
        }

        if (isAnnounced) judgements.Sort(static (a, b) => ByRuleAndKey(a.Plan.Rule.Id, a.Key, b.Plan.Rule.Id, b.Key));
        return coverage;
    }

    private void Count(RulePlan plan, RuleStanding standing, CoverageMeter meter)
    {
        Note(plan, standing);
        if (standing == RuleStanding.NotApplicable) return;
        meter.Count(plan.Rule, standing == RuleStanding.Decided);
        use.Need(plan);
        if (standing == RuleStanding.Decided) use.Rest(plan);
    }

    /// <summary>Remembers rules whose outcome or points time alone can change.</summary>
    private void Note(RulePlan plan, RuleStanding standing)
    {
        bool fades = false;
        for (int i = judgements.Count - 1; i >= 0 && judgements[i].Plan == plan; i--) fades |= judgements[i].After?.ResolvedAt is not null;
        if (fades || (plan.Rule is { IsEnabled: true, IsDormant: false, Logic.IsTimeDependent: true } && !IsSettled(plan, standing))) moving.Add((plan, standing));
    }

    /// <summary>Time does not make it apply, or it looks at single events and there is none.</summary>
    private bool IsSettled(RulePlan plan, RuleStanding standing)
    {
        if (standing == RuleStanding.NotApplicable && !plan.Rule.Logic.AppliesByTime) return true;
        if (plan.Rule.Logic is not { Each: { } each, AppliesTo: null } || each.In.References.IsEmpty || each.In.References.Any(r => !r.StartsWith("events.", StringComparison.Ordinal))) return false;
        foreach (int slot in plan.Feeds)
        {
            if (!dossier.Feeds[slot].Events.IsEmpty) return false;
        }

        return true;
    }

    private SortedSet<string> MissingInputs()
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Judgement judgement in judgements) missing.UnionWith(judgement.Missing);
        return missing;
    }

    public static List<Finding> FindingsOf(IReadOnlyList<Judgement> judgements)
    {
        var findings = new List<Finding>();
        foreach (Judgement judgement in judgements)
        {
            if (judgement.After is not { } state || state.State == FindingState.Quiet) continue;
            Rule rule = judgement.Plan.Rule;
            bool counts = judgement.Exception is not { CountsInScore: false } && !(judgement is { IsAccepted: true, Acceptance.Kind: AcceptanceKind.FalsePositive });
            findings.Add(new Finding
            {
                Rule = rule.Id, Title = rule.Title, Key = judgement.Key, Category = rule.Category, Severity = judgement.Severity, State = state.State, Points = judgement.Points,
                Message = judgement.Message, Next = rule.Next, Floor = judgement.IsActive && counts ? rule.Floor : null, Since = state.Since, Missing = judgement.Missing, Error = judgement.Error,
                Exception = judgement.IsActive ? judgement.Exception?.Id ?? (judgement.IsAccepted ? judgement.Acceptance!.Id : "") : "", Evidence = judgement.Evidence,
                Flapping = state.IsFlapping ? state.Openings.Length : 0,
            });
        }

        return findings;
    }

    private (ImmutableArray<RuleState> States, ImmutableArray<AlertTransition> Transitions) Track(ScoreResult score)
    {
        var tracker = new AlertTracker(dossier.Supplier, at, previous, score.Score, score.Band) { RuleSetHash = set.Hash, IsOtherSet = IsOtherSet };
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
                else if (judgement.IsAccepted) resolution = judgement.Acceptance!.Resolution;
                else
                {
                    risk = new AlertDraft(judgement.Plan.Rule, judgement.Key, AlertKind.Risk, judgement.Severity, Told(judgement), judgement.Points, judgement.Evidence, FlapsOf(judgement))
                    {
                        After = judgement.Acceptance is { } acceptance ? new EndedAcceptance(acceptance, judgement.AcceptanceOver) : null,
                    };
                }
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

    private static int FlapsOf(Judgement judgement) => judgement.After is { IsFlapping: true } state ? state.Openings.Length : 0;

    private string Told(Judgement judgement) => FlapsOf(judgement) is > 0 and var times
        ? string.Create(CultureInfo.InvariantCulture, $"{judgement.Message} (flapping: opened {times} times in {set.Scoring.Flapping.Within.TotalDays:0.#} days)")
        : judgement.Message;

    private string NoDataMessage(Judgement judgement)
    {
        string why = judgement.Missing.IsEmpty ? judgement.Error : string.Join(", ", judgement.Missing);
        return string.Create(CultureInfo.InvariantCulture, $"{dossier.Supplier.Name}: \"{judgement.Plan.Rule.Title}\" cannot be decided since {judgement.After!.UnknownSince!.Value.UtcDateTime:yyyy-MM-dd}; missing: {why}");
    }

    /// <summary>Instants that follow from the rules' clocks.</summary>
    private void FindKnownDue()
    {
        foreach (Judgement judgement in judgements)
        {
            if (judgement.After is not { } state) continue;
            Rule rule = judgement.Plan.Rule;
            if (state.CountedAt is not null && state.State == FindingState.Pending && rule.HoldFor > state.Held) Due(at + (rule.HoldFor - state.Held));
            if (state.CountedAt is not null && state.State == FindingState.Recovering && rule.KeepFiringFor > state.Held) Due(at + (rule.KeepFiringFor - state.Held));
            // The mark goes when the last opening but one leaves the window.
            if (state is { IsFlapping: true, Openings.Length: > 1 }) Due(state.Openings[^2] + set.Scoring.Flapping.Within);
        }

        foreach (DateTimeOffset expiry in set.Expiries)
        {
            if (expiry > at) Due(expiry);
        }

        foreach (ScoreOverride item in set.Scoring.Overrides)
        {
            if (item.Supplier == dossier.Supplier.Id && item.ExpiresAt > at) Due(item.ExpiresAt);
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
