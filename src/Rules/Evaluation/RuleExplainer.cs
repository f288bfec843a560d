using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Language;
using Risk.Rules.RulePacks;

namespace Risk.Rules.Evaluation;

/// <param name="Key">The item of an <c>each</c> rule, else "".</param>
/// <param name="When">The condition with the values of its parts.</param>
/// <param name="Clear">The clear condition, or null when the rule has none.</param>
/// <param name="Deciding">The operands that make the condition what it is, nearest miss first.</param>
/// <param name="Finding">What the rule says of it now, or null when it says nothing.</param>
public sealed record RuleSubjectTrace(string Key, CelTrace When, CelTrace? Clear, ImmutableArray<DecidingOperand> Deciding, Finding? Finding)
{
    /// <summary>holds, does not hold, cannot be decided, or is in error.</summary>
    public string Verdict => When.Value switch
    {
        { IsTrue: true } => "holds",
        { IsFalse: true } => "does not hold",
        { IsMissing: true } => "cannot be decided",
        _ => "is in error",
    };
}

/// <summary>An exception that hides the rule's alert for this supplier now.</summary>
/// <param name="ExpiresAt">The first instant at which it no longer applies.</param>
/// <param name="CountsInScore">False: the points are taken out as well.</param>
public sealed record ExceptionInForce(string Id, string Reason, string ApprovedBy, DateTimeOffset ExpiresAt, bool CountsInScore);

/// <summary>What time alone does to the rule next.</summary>
/// <param name="What">For example <c>fires</c>, <c>ends</c>, <c>can no longer be decided</c>.</param>
public sealed record RuleTurn(DateTimeOffset At, string Key, string What);

/// <param name="Value">In force for the supplier, as text.</param>
/// <param name="Origin">The default or the override that won, as the file has it.</param>
public sealed record LimitInForce(string Name, string Value, string Origin);

/// <summary>Why a rule fires or does not.</summary>
/// <param name="Standing">One sentence on rules that are disabled or dormant, else "".</param>
/// <param name="AppliesTo">Null when the rule applies to everyone.</param>
/// <param name="Items">The list of an <c>each</c> rule, else null.</param>
/// <param name="Findings">What the rule says now.</param>
/// <param name="Clocks">Holding times that run, in words.</param>
/// <param name="Exception">Null when none is in force.</param>
/// <param name="Next">What the rule does next if nothing new is learned; null when nothing within <see cref="OutlookFinder.Horizon"/>.</param>
public sealed record RuleExplanation(
    Rule Rule, string Standing, CelTrace? AppliesTo, CelTrace? Items, ImmutableArray<RuleSubjectTrace> Subjects, ImmutableArray<LimitInForce> Limits, ImmutableArray<Finding> Findings,
    ImmutableArray<string> Clocks, ExceptionInForce? Exception, RuleTurn? Next)
{
    /// <summary>Who is in the group, for rules over groups: the largest spend first.</summary>
    public ImmutableArray<GroupMember> Members { get; init; } = [];
}

/// <summary>Runs one rule's expressions with their traces.</summary>
internal static class RuleExplainer
{
    public static RuleExplanation Explain(Rule rule, EvaluationScratch scratch, EvaluationResult result, RuleTurn? next)
    {
        ImmutableArray<Finding> findings = [.. result.Assessment.Findings.Where(f => f.Rule == rule.Id)];
        CelFrame frame = scratch.FrameOf(rule.Logic.Scope);
        var subjects = ImmutableArray.CreateBuilder<RuleSubjectTrace>();
        CelTrace? items = null;
        if (rule.Logic.Each is not { } each) subjects.Add(Subject(rule, rule.Logic.Scope.Environment, frame, "", findings));
        else
        {
            items = each.In.Explain(frame);
            CelEnvironment environment = rule.Logic.Scope.Environment.With(each.Name, each.In.Type.Arguments[0]);
            if (items.Value.Kind == CelValueKind.List)
            {
                foreach ((CelValue item, CelValue keyed) in EachItems.Of(items.Value.AsList))
                {
                    frame[each.Slot] = keyed;
                    CelValue key = each.Key.Evaluate(frame);
                    frame[each.Slot] = item;
                    subjects.Add(Subject(rule, environment, frame, key.Kind == CelValueKind.Text ? key.AsText : key.ToString(), findings));
                }
            }
        }

        string standing = !rule.IsEnabled ? "The rule is disabled." : rule.IsDormant ? $"The rule is dormant: no enabled source supplies {string.Join(", ", rule.Inputs)}. What it fired before stays." : "";
        string hidden = findings.FirstOrDefault(f => f.Exception.Length > 0)?.Exception ?? "";
        return new RuleExplanation(
            rule, standing, rule.Logic.AppliesTo?.Explain(frame), items, subjects.ToImmutable(), Limits(rule, scratch, frame), findings,
            [.. result.State.Rules.Where(s => s.Rule == rule.Id).SelectMany(s => Clocks(rule, s, frame.Now))], InForce(rule, hidden), next);
    }

    /// <summary>The condition of a rule over groups for one group.</summary>
    /// <param name="frame">Holds the group.</param>
    public static RuleExplanation ExplainGroup(Rule rule, EvaluationScratch scratch, CelFrame frame, GroupFigures figures, GroupResult result)
    {
        ImmutableArray<Finding> findings = [.. result.Findings.Where(f => f.Key == figures.Key)];
        CelEnvironment environment = rule.Logic.Scope.Environment.With(GroupScope.Variable, CelType.Object(RuleEnvironment.GroupType.Name));
        return new RuleExplanation(
            rule, rule.IsEnabled ? "" : "The rule is disabled.", null, null, [Subject(rule, environment, frame, figures.Key, findings)], Limits(rule, scratch, frame), findings,
            [.. result.States.Where(s => s.Key == figures.Key).SelectMany(s => Clocks(rule, s, frame.Now))], InForce(rule, findings.FirstOrDefault()?.Exception ?? ""), null)
        {
            Members = figures.Members,
        };
    }

    private static ExceptionInForce? InForce(Rule rule, string id) => rule.Logic.Exceptions.FirstOrDefault(e => e.Id == id) is { } exception
        ? new ExceptionInForce(exception.Id, exception.Reason, exception.ApprovedBy, exception.ExpiresAt, exception.CountsInScore) : null;

    /// <summary>The limits that the rule reads, with the override that won.</summary>
    private static ImmutableArray<LimitInForce> Limits(Rule rule, EvaluationScratch scratch, CelFrame frame)
    {
        var limits = ImmutableArray.CreateBuilder<LimitInForce>();
        for (int i = 0; i < rule.Logic.Scope.Limits.Length; i++)
        {
            Limit limit = rule.Logic.Scope.Limits[i];
            if (!Reads(rule, "limit." + limit.Name)) continue;
            LimitOverride? won = limit.Overrides.FirstOrDefault(o => !(frame.Now >= o.ExpiresAt) && !o.When.Evaluate(frame).IsFalse);
            limits.Add(new LimitInForce(limit.Name, scratch.Limit(rule.Logic.Scope, i).ToString(), won?.Text ?? $"{limit.DefaultText} (default)"));
        }

        return limits.ToImmutable();
    }

    private static IEnumerable<string> Clocks(Rule rule, RuleState state, DateTimeOffset at)
    {
        string key = state.Key.Length == 0 ? "" : $" [{state.Key}]";
        if (state.State == FindingState.Pending)
        {
            if (rule.HoldFor > state.Held)
            {
                yield return state.CountedAt is null
                    ? $"pending{key}: {Span(state.Held)} of {Span(rule.HoldFor)} held; the clock stands still while data is missing"
                    : $"pending{key}: {Span(state.Held)} of {Span(rule.HoldFor)} held; fires on {Instant(at + (rule.HoldFor - state.Held))} if it holds until then";
            }

            if (rule.Readings > 1 && rule.Readings > state.Readings.Length) yield return string.Create(CultureInfo.InvariantCulture, $"pending{key}: {state.Readings.Length} of {rule.Readings} readings; fires when a new reading meets the condition too");
        }

        if (state.State == FindingState.Recovering)
        {
            yield return state.CountedAt is null
                ? $"recovering{key}: {Span(state.Held)} of {Span(rule.KeepFiringFor)} clear; the clock stands still"
                : $"recovering{key}: {Span(state.Held)} of {Span(rule.KeepFiringFor)} clear; resolves on {Instant(at + (rule.KeepFiringFor - state.Held))} if it stays clear";
        }

        if (state.UnknownSince is { } since && rule.OnUnknown.AlertAfter is { } after && at - since < after) yield return $"undecided{key} since {Instant(since)}; a no-data alert opens on {Instant(since + after)} if data does not come";
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} d")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h");

    private static bool Reads(Rule rule, string path) =>
        rule.Logic.When.References.Contains(path) || rule.Logic.Clear?.References.Contains(path) == true || rule.Logic.AppliesTo?.References.Contains(path) == true
        || rule.Logic.Points.Expression?.References.Contains(path) == true || rule.Logic.Message.References.Contains(path);

    private static RuleSubjectTrace Subject(Rule rule, CelEnvironment environment, CelFrame frame, string key, ImmutableArray<Finding> findings) => new(
        key, rule.Logic.When.Explain(frame), rule.Logic.Clear?.Explain(frame), new ConditionReading(rule.Logic.When.Text, environment, frame).Read(),
        findings.FirstOrDefault(f => f.Key == key));
}
