using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Evaluation;

/// <summary>What a rule over groups says at an instant.</summary>
/// <param name="States">By key, ordinal order; nothing is kept of groups about which there is nothing to say.</param>
/// <param name="Findings">By key; without points.</param>
/// <param name="NextDueAt">When it changes though no member does; null when it does not.</param>
public sealed record GroupResult(ImmutableArray<RuleState> States, ImmutableArray<AlertTransition> Transitions, ImmutableArray<Finding> Findings, DateTimeOffset? NextDueAt);

/// <summary>One evaluation of one rule over the groups of the portfolio: the life of RULES.md 4.5 for each group, without points. Used once.</summary>
internal sealed class GroupEvaluation(Rule rule, GroupClause group, EvaluationScratch scratch, string ruleSetHash, DateTimeOffset at)
{
    private readonly CelFrame frame = scratch.FrameForGroups(rule.Logic.Scope, at);
    private readonly AlertTracker tracker = new(null, at, SupplierState.Initial, null, null) { RuleSetHash = ruleSetHash };
    private readonly ImmutableArray<RuleState>.Builder states = ImmutableArray.CreateBuilder<RuleState>();
    private readonly ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
    private DateTimeOffset? nextDue;

    /// <summary>Missing when somebody's group is not known: then nothing that is open ends for want of members.</summary>
    private CelValue strays = CelValue.True;

    public GroupResult Run(IReadOnlyCollection<GroupMember> members, ImmutableArray<RuleState> previous)
    {
        if (members.OrderBy(m => m.Supplier).FirstOrDefault(m => m.KeyMissing.Length > 0) is { } stray)
            strays = CelValue.Missing($"group.key: the group of {stray.Supplier} is not known ({stray.KeyMissing})");
        Dictionary<string, RuleState> before = previous.ToDictionary(s => s.Key, StringComparer.Ordinal);
        if (rule.IsEnabled)
        {
            foreach (GroupFigures figures in GroupFigures.Of(members))
            {
                before.Remove(figures.Key, out RuleState? state);
                Judge(figures, state);
            }
        }

        foreach (RuleState gone in before.Values.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (!rule.IsEnabled) Resolve(gone, "rule disabled");
            else if (strays.IsFailure && gone.Alert is not null) Hold(gone);
            else Resolve(gone, "nobody is in the group any more");
        }

        foreach (RuleException exception in rule.Logic.Exceptions) Due(exception.ExpiresAt);
        if (rule.Logic.IsTimeDependent) Due(new DateTimeOffset(at.UtcDateTime.Date.AddDays(1), TimeSpan.Zero));
        return new GroupResult(states.ToImmutable(), tracker.Transitions, findings.ToImmutable(), nextDue);
    }

    private void Judge(GroupFigures figures, RuleState? before)
    {
        frame[group.Slot] = CelValue.Object(figures);
        CelValue condition = rule.Logic.When.Evaluate(frame);
        CelValue cleared = CelValue.True;
        bool isOpen = before?.State is FindingState.Firing or FindingState.Recovering;
        if (condition.IsFalse && isOpen && rule.Logic.Clear is { } clear) cleared = clear.Evaluate(frame);
        if (condition.IsFalse && isOpen && strays.IsFailure) condition = strays;
        CelValue undecided = condition.IsFailure ? condition : cleared;
        RuleState? after = RuleLife.Next(
            before, rule.Id, figures.Key, new LifeObservation(OutcomeOf(condition), OutcomeOf(cleared), NewestReading(figures)),
            new LifeSettings(rule.Logic.Revision, rule.HoldFor, rule.Readings, rule.KeepFiringFor), at);

        // Without points there is nothing to fade.
        if (after?.State is FindingState.Fading or FindingState.Quiet) after = null;
        if (after is { ResolvedAt: not null }) after = after with { ResolvedAt = null };
        if (after is null)
        {
            if (before is not null) Resolve(before, "cleared");
            return;
        }

        frame[rule.Logic.EvidenceSlot] = CelValue.Text(figures.Summary());
        bool isActive = after.State is FindingState.Firing or FindingState.Recovering;
        Severity severity = condition.IsFailure && isActive ? before!.Severity : SeverityNow();
        string message = after.State == FindingState.Unknown ? CannotBeDecided(undecided)
            : undecided.IsFailure && before?.Alert is { } open ? open.Message : rule.Logic.Message.Render(frame);
        RuleException? exception = isActive ? Exception() : null;
        AlertDraft? risk = isActive && exception is null ? new AlertDraft(rule, figures.Key, AlertKind.Risk, severity, message, 0, []) : null;
        AlertDraft? noData = NoData(after, figures.Key, undecided);
        decimal announced = 0;
        Alert? alert = tracker.Reconcile(before?.Alert, risk, exception is null ? "cleared" : $"exception {exception.Id}", ref announced);
        Alert? noDataAlert = tracker.Reconcile(before?.NoDataAlert, noData, "data is back", ref announced);
        states.Add(after with { Severity = severity, Alert = alert, NoDataAlert = noDataAlert });
        if (after.CountedAt is not null && after.State == FindingState.Pending) Due(at + (rule.HoldFor - after.Held));
        if (after.CountedAt is not null && after.State == FindingState.Recovering) Due(at + (rule.KeepFiringFor - after.Held));
        findings.Add(new Finding
        {
            Rule = rule.Id, Title = rule.Title, Key = figures.Key, Category = rule.Category, Severity = severity, State = after.State, Points = 0, Message = message, Next = rule.Next,
            Since = after.Since, Missing = undecided.MissingInputs, Error = undecided.ErrorText, Exception = exception?.Id ?? "",
        });
    }

    /// <summary>The group's members may be among those whose group is not known: it stays as it was, marked.</summary>
    private void Hold(RuleState state)
    {
        states.Add(state with { UnknownSince = state.UnknownSince ?? at, CountedAt = null });
        findings.Add(new Finding
        {
            Rule = rule.Id, Title = rule.Title, Key = state.Key, Category = rule.Category, Severity = state.Severity, State = state.State, Points = 0, Message = state.Alert!.Message, Next = rule.Next,
            Since = state.Since, Missing = strays.MissingInputs, Error = strays.ErrorText,
        });
    }

    private void Resolve(RuleState state, string resolution)
    {
        decimal announced = 0;
        tracker.Reconcile(state.Alert, null, resolution, ref announced);
        tracker.Reconcile(state.NoDataAlert, null, resolution, ref announced);
    }

    private AlertDraft? NoData(RuleState state, string key, CelValue undecided)
    {
        if (state.UnknownSince is not { } since || rule.OnUnknown is not { AlertAfter: { } after, Ignored: false } policy) return null;
        if (at - since >= after) return new AlertDraft(rule, key, AlertKind.NoData, policy.Severity, CannotBeDecided(undecided), 0, []);
        Due(since + after);
        return null;
    }

    private string CannotBeDecided(CelValue undecided) =>
        $"{rule.Title}: cannot be decided; {(undecided.IsError ? undecided.ErrorText : "missing: " + string.Join(", ", undecided.MissingInputs))}";

    private Severity SeverityNow()
    {
        foreach ((CelExpression when, Severity severity) in rule.Logic.SeverityWhen)
        {
            if (when.Evaluate(frame).IsTrue) return severity;
        }

        return rule.Severity;
    }

    private RuleException? Exception()
    {
        foreach (RuleException exception in rule.Logic.Exceptions)
        {
            if (at < exception.ExpiresAt && (exception.Match is null || exception.Match.Evaluate(frame).IsTrue)) return exception;
        }

        return null;
    }

    private void Due(DateTimeOffset instant)
    {
        if (instant > at && (nextDue is null || instant < nextDue)) nextDue = instant;
    }

    private static DateTimeOffset? NewestReading(GroupFigures figures) => figures.Members.Max(m => m.ReadingAt);

    private static Outcome OutcomeOf(CelValue value) => value.IsFailure ? Outcome.Unknown : value.IsTrue ? Outcome.True : Outcome.False;
}
