using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;
using Risk.Rules.Scoring;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>What one rule says about one subject: the states before and after, and what a finding needs.</summary>
internal sealed class Judgement
{
    public required RulePlan Plan { get; init; }

    public required string Key { get; init; }

    public RuleState? Before { get; init; }

    public RuleState? After { get; set; }

    public decimal Points { get; set; }

    public Severity Severity { get; init; }

    public string Message { get; init; } = "";

    public ImmutableArray<string> Missing { get; init; } = [];

    public string Error { get; init; } = "";

    public RuleException? Exception { get; init; }

    /// <summary>The waiver or false positive that somebody gave the finding, also when it no longer covers it; null: nobody did.</summary>
    public Acceptance? Acceptance { get; init; }

    /// <summary>Why <see cref="Acceptance"/> no longer covers it; "" while it does.</summary>
    public string AcceptanceOver { get; init; } = "";

    public bool IsAccepted => Acceptance is not null && AcceptanceOver.Length == 0;

    public ImmutableArray<FindingEvidence> Evidence { get; init; } = [];

    /// <summary>Why an alert that was open ends, should it end.</summary>
    public string Resolution { get; init; } = "cleared";

    public bool IsActive => After?.State is FindingState.Firing or FindingState.Recovering;
}

/// <summary>How a rule came out for the supplier as a whole.</summary>
internal enum RuleStanding { NotApplicable, Decided, Undecided }

/// <summary>Evaluates single rules over one dossier (RULES.md 4.4 and 4.5). One instance per supplier and evaluation.</summary>
/// <param name="isTrial">Nobody reads what is judged: messages and evidence are left out.</param>
internal sealed class RuleJudge(EvaluationScratch scratch, ScoringPolicy policy, Dossier dossier, SupplierState previous, List<Judgement> judgements, bool isTrial = false)
{
    private readonly DateTimeOffset at = dossier.AsOf;
    private int firstOfRule;

    public RuleStanding Judge(RulePlan plan)
    {
        firstOfRule = judgements.Count;
        Rule rule = plan.Rule;
        ReadOnlySpan<RuleState> before = StatesOf(rule.Id);
        if (!rule.IsEnabled)
        {
            foreach (RuleState state in before) judgements.Add(new Judgement { Plan = plan, Key = state.Key, Before = state, Resolution = "rule disabled" });
            return RuleStanding.NotApplicable;
        }

        if (rule.IsDormant)
        {
            // A source that was switched off, or lost its key, clears nothing.
            foreach (RuleState state in before)
            {
                if (state.State is FindingState.Firing or FindingState.Recovering || state.Alert is not null) Undecided(plan, state.Key, state, CelValue.Missing([.. rule.Inputs.Select(path => path + ": no enabled source supplies it")]));
                else End(plan, state, "no enabled source");
            }

            LimitPoints(rule);
            return RuleStanding.NotApplicable;
        }

        CelFrame frame = scratch.FrameOf(rule.Logic.Scope);
        CelValue applies = rule.Logic.AppliesTo?.Evaluate(frame) ?? CelValue.True;
        RuleStanding standing;
        if (applies.IsFalse)
        {
            foreach (RuleState state in before) End(plan, state, "no longer applicable");
            standing = RuleStanding.NotApplicable;
        }
        else if (applies.IsFailure)
        {
            foreach (RuleState state in before)
            {
                if (state.Key.Length > 0) Undecided(plan, state.Key, state, applies);
            }

            Undecided(plan, "", Find(before, ""), applies);
            standing = RuleStanding.Undecided;
        }
        else if (rule.Logic.Each is null)
        {
            standing = JudgeItem(plan, frame, "", Find(before, ""), null) == Outcome.Unknown ? RuleStanding.Undecided : RuleStanding.Decided;
            foreach (RuleState state in before)
            {
                if (state.Key.Length > 0) End(plan, state, "cleared");
            }
        }
        else standing = JudgeEach(plan, rule.Logic.Each, frame, before);

        LimitPoints(rule);
        return standing == RuleStanding.Undecided && rule.OnUnknown.Ignored ? RuleStanding.NotApplicable : standing;
    }

    private RuleStanding JudgeEach(RulePlan plan, EachClause each, CelFrame frame, ReadOnlySpan<RuleState> before)
    {
        CelValue items = each.In.Evaluate(frame);
        if (items.IsFailure)
        {
            foreach (RuleState state in before)
            {
                if (state.Key.Length > 0) Undecided(plan, state.Key, state, items);
            }

            Undecided(plan, "", Find(before, ""), items);
            return RuleStanding.Undecided;
        }

        CelList list = items.AsList;
        bool isUndecided = false;
        CelValue failure = list.IsOpen ? CelValue.Missing(list.OpenInputs) : CelValue.True;
        Dictionary<string, int>? seen = null;
        if (!list.Items.IsEmpty)
        {
            seen = new Dictionary<string, int>(StringComparer.Ordinal);
            int position = 0;
            foreach ((CelValue item, CelValue keyed) in EachItems.Of(list))
            {
                position++;
                frame[each.Slot] = keyed;
                CelValue key = each.Key.Evaluate(frame);
                frame[each.Slot] = item;
                if (key.IsFailure) failure = CelValue.Merge(failure, key);
                else if (key.AsText.Length == 0) failure = CelValue.Merge(failure, CelValue.Error(string.Create(CultureInfo.InvariantCulture, $"item {position} of 'each' has an empty key")));
                else if (!seen.TryAdd(key.AsText, position)) failure = CelValue.Merge(failure, CelValue.Error(string.Create(CultureInfo.InvariantCulture, $"items {seen[key.AsText]} and {position} of 'each' have the same key '{key.AsText}'")));
                else isUndecided |= JudgeItem(plan, frame, key.AsText, Find(before, key.AsText), item.Kind == CelValueKind.Object ? item.AsObject as EventObject : null) == Outcome.Unknown;
            }
        }

        foreach (RuleState state in before)
        {
            if (state.Key.Length == 0 || seen?.ContainsKey(state.Key) == true) continue;
            // Gone, as far as a list that may be incomplete can say so.
            if (failure.IsFailure) Undecided(plan, state.Key, state, failure);
            else End(plan, state, "cleared");
        }

        if (failure.IsFailure) Undecided(plan, "", Find(before, ""), failure);
        else if (Find(before, "") is { } whole) End(plan, whole, "cleared");
        return isUndecided || failure.IsFailure ? RuleStanding.Undecided : RuleStanding.Decided;
    }

    private Outcome JudgeItem(RulePlan plan, CelFrame frame, string key, RuleState? before, EventObject? item)
    {
        Rule rule = plan.Rule;
        CelValue condition = rule.Logic.When.Evaluate(frame);
        if (condition.IsFailure)
        {
            Undecided(plan, key, before, condition, frame);
            return Outcome.Unknown;
        }

        if (condition.IsFalse && before is null) return Outcome.False;
        var clear = Outcome.True;
        CelValue cleared = CelValue.True;
        if (condition.IsFalse && rule.Logic.Clear is not null && before!.State is FindingState.Firing or FindingState.Recovering)
        {
            cleared = rule.Logic.Clear!.Evaluate(frame);
            clear = OutcomeOf(cleared);
        }

        RuleState? after = Remembered(RuleLife.Next(
            before, rule.Id, key, new LifeObservation(OutcomeOf(condition), clear, rule.Readings > 1 ? NewestReading(plan) : null), Settings(rule), at));
        if (after is null)
        {
            judgements.Add(new Judgement { Plan = plan, Key = key, Before = before });
            return Outcome.False;
        }

        if (after.State is FindingState.Fading or FindingState.Quiet)
        {
            judgements.Add(Fading(plan, key, before, after));
            return Outcome.False;
        }

        ImmutableArray<FindingEvidence> evidence = isTrial ? [] : EvidenceFinder.Find(plan, dossier, item, key);
        frame[rule.Logic.EvidenceSlot] = CelValue.Text(evidence.IsEmpty ? "" : evidence[0].Excerpt.Length > 0 ? evidence[0].Excerpt : evidence[0].Label);
        bool isActive = after.State is FindingState.Firing or FindingState.Recovering;
        RuleException? exception = ExceptionFor(rule, frame);
        Severity severity = SeverityOf(rule, frame);
        decimal points = !isActive ? Faded(after) : exception is { CountsInScore: false } ? 0 : PointsOf(rule, frame) ?? after.LastPoints;
        Acceptance? acceptance = isActive ? AcceptanceOf(rule.Id, key) : null;
        string over = acceptance?.WhyOver(severity, points, isTrial ? default : evidence, at) ?? "";
        if (acceptance is { Kind: AcceptanceKind.FalsePositive } && over.Length == 0) points = 0;
        judgements.Add(new Judgement
        {
            Plan = plan, Key = key, Before = before, After = after with { Severity = severity }, Points = points, Severity = severity, Acceptance = acceptance, AcceptanceOver = over,
            Message = isTrial ? "" : rule.Logic.Message.Render(frame), Evidence = evidence, Exception = exception, Missing = cleared.MissingInputs, Error = cleared.ErrorText,
        });
        return clear == Outcome.Unknown ? Outcome.Unknown : OutcomeOf(condition);
    }

    private void Undecided(RulePlan plan, string key, RuleState? before, CelValue failure, CelFrame? itemFrame = null)
    {
        Rule rule = plan.Rule;
        // What is ignored is missing data; an error is a fault of the rule.
        if (rule.OnUnknown.Ignored && !failure.IsError && before is null or { State: FindingState.Quiet })
        {
            if (before is not null) judgements.Add(new Judgement { Plan = plan, Key = key, Before = before, After = Remembered(before) });
            return;
        }

        RuleState after = Remembered(RuleLife.Next(before, rule.Id, key, new LifeObservation(Outcome.Unknown, Outcome.Unknown, null), Settings(rule), at))!;
        bool fired = after.State is FindingState.Firing or FindingState.Recovering;
        RuleException? exception = ExceptionFor(rule, scratch.FrameOf(rule.Logic.Scope));
        decimal points;
        if (fired) points = exception is { CountsInScore: false } ? 0 : after.LastPoints;
        else
        {
            // Without an item, points that depend on it cannot be had; those of the whole rule can.
            decimal whole = (rule.Logic.Each is null || itemFrame is not null || rule.Logic.Points.Expression is null ? PointsOf(rule, scratch.FrameOf(rule.Logic.Scope)) : null) ?? rule.MaximumPoints ?? 0;
            points = Math.Max(policy.UnknownShare * Math.Min(whole, rule.MaximumPoints ?? whole), Faded(after));
            if (rule.OnUnknown.Ignored) points = Faded(after);
        }

        string missing = string.Join(", ", failure.MissingInputs);
        Acceptance? acceptance = fired ? AcceptanceOf(rule.Id, key) : null;
        string over = acceptance?.WhyOver(after.Severity, points, default, at) ?? "";
        Alert? known = before?.Alert ?? (over.Length > 0 ? acceptance!.Alert : null);
        judgements.Add(new Judgement
        {
            Acceptance = acceptance, AcceptanceOver = over,
            Plan = plan, Key = key, Before = before, After = after, Points = points, Severity = fired ? after.Severity : rule.Severity, Missing = failure.MissingInputs, Error = failure.ErrorText,
            Message = fired && known is not null ? known.Message : failure.IsError ? $"{rule.Title}: cannot be decided: {failure.ErrorText}" : $"{rule.Title}: cannot be decided; missing: {missing}",
            Evidence = fired && known is not null ? known.Evidence : [], Exception = exception,
        });
    }

    private void End(RulePlan plan, RuleState state, string resolution)
    {
        RuleState? after = state.State is FindingState.Firing or FindingState.Recovering
            ? RuleLife.Resolve(state, at)
            : RuleLife.Next(state, state.Rule, state.Key, new LifeObservation(Outcome.False, Outcome.True, null), Settings(plan.Rule), at);
        after = Remembered(after);
        judgements.Add(after is null
            ? new Judgement { Plan = plan, Key = state.Key, Before = state, Resolution = resolution }
            : Fading(plan, state.Key, state, after, resolution));
    }

    private Judgement Fading(RulePlan plan, string key, RuleState? before, RuleState after, string resolution = "cleared") => new()
    {
        Plan = plan, Key = key, Before = before, After = after, Points = Faded(after), Severity = after.Severity, Resolution = resolution,
        Message = after.ResolvedAt is { } over ? string.Create(CultureInfo.InvariantCulture, $"{plan.Rule.Title}: over since {over.UtcDateTime:yyyy-MM-dd}; its points fade") : "",
    };

    /// <summary>Forgets what has faded, and openings that are too long ago to make it flap.</summary>
    private RuleState? Remembered(RuleState? state)
    {
        if (state is null) return null;
        if (!state.Openings.IsEmpty) state = Flapping(state);
        if (state.ResolvedAt is not null && Faded(state) == 0)
            state = state with { ResolvedAt = null, State = state.State == FindingState.Fading ? FindingState.Quiet : state.State };
        return state is { State: FindingState.Quiet, Openings.IsEmpty: true } ? null : state;
    }

    private RuleState Flapping(RuleState state)
    {
        ImmutableArray<DateTimeOffset> openings = state.Openings;
        int old = 0;
        while (old < openings.Length && at - openings[old] >= policy.Flapping.Within) old++;
        if (old > 0) openings = openings.RemoveRange(0, old);
        bool isFlapping = policy.Flapping.IsFlapping(openings.Length, state.IsFlapping);
        return old == 0 && isFlapping == state.IsFlapping ? state : state with { Openings = openings, IsFlapping = isFlapping };
    }

    private decimal Faded(RuleState state) => state.ResolvedAt is { } resolvedAt ? policy.Faded(state.LastPoints, at - resolvedAt) : 0;

    /// <summary>All findings of the rule together give at most its maximum: firing ones first, then undecided, then fading.</summary>
    private void LimitPoints(Rule rule)
    {
        decimal left = rule.MaximumPoints ?? decimal.MaxValue;
        for (int pass = 0; pass < 3; pass++)
        {
            for (int i = firstOfRule; i < judgements.Count; i++)
            {
                Judgement judgement = judgements[i];
                int order = judgement.IsActive ? 0 : judgement.After?.State == FindingState.Unknown ? 1 : 2;
                if (order != pass) continue;
                judgement.Points = Math.Min(judgement.Points, left);
                left -= judgement.Points;
                // Undecided ones keep the points of when they were last decided.
                if (order == 0 && judgement.After!.UnknownSince is null) judgement.After = judgement.After with { LastPoints = judgement.Points };
            }
        }
    }

    private static decimal? PointsOf(Rule rule, CelFrame frame)
    {
        if (rule.Logic.Points.Expression is not { } expression) return rule.Logic.Points.Fixed;
        CelValue value = expression.Evaluate(frame);
        if (value.Kind != CelValueKind.Double || !double.IsFinite(value.AsDouble)) return null;
        return decimal.Round((decimal)Math.Clamp(value.AsDouble, 0, 1000), 4);
    }

    private static Severity SeverityOf(Rule rule, CelFrame frame)
    {
        foreach ((CelExpression when, Severity severity) in rule.Logic.SeverityWhen)
        {
            if (when.Evaluate(frame).IsTrue) return severity;
        }

        return rule.Severity;
    }

    private RuleException? ExceptionFor(Rule rule, CelFrame frame)
    {
        foreach (RuleException exception in rule.Logic.Exceptions)
        {
            if (at < exception.ExpiresAt && (exception.Match is null || exception.Match.Evaluate(frame).IsTrue)) return exception;
        }

        return null;
    }

    private Acceptance? AcceptanceOf(string rule, string key)
    {
        foreach (Acceptance acceptance in previous.Acceptances)
        {
            if (acceptance.Alert.Rule == rule && acceptance.Alert.Key == key) return acceptance;
        }

        return null;
    }

    private DateTimeOffset? NewestReading(RulePlan plan)
    {
        DateTimeOffset? newest = null;
        foreach (int slot in plan.Metrics)
        {
            ImmutableArray<MetricSignal> readings = dossier.Metrics[slot];
            if (!readings.IsEmpty && (newest is null || readings[^1].OccurredAt > newest)) newest = readings[^1].OccurredAt;
        }

        return newest;
    }

    private static LifeSettings Settings(Rule rule) => new(rule.Logic.Revision, rule.HoldFor, rule.Readings, rule.KeepFiringFor);

    private static Outcome OutcomeOf(CelValue value) => value.IsFailure ? Outcome.Unknown : value.IsTrue ? Outcome.True : Outcome.False;

    private static RuleState? Find(ReadOnlySpan<RuleState> states, string key)
    {
        foreach (RuleState state in states)
        {
            if (state.Key == key) return state;
        }

        return null;
    }

    /// <summary>The states of one rule: they stand together, by rule in ordinal order.</summary>
    private ReadOnlySpan<RuleState> StatesOf(string rule)
    {
        ReadOnlySpan<RuleState> all = previous.Rules.AsSpan();
        int low = 0, high = all.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(all[middle].Rule, rule) < 0) low = middle + 1;
            else high = middle;
        }

        int end = low;
        while (end < all.Length && all[end].Rule == rule) end++;
        return all[low..end];
    }
}
