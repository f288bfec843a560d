using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.RulePacks;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>What must be remembered of one rule as a whole between two evaluations, beside what is remembered of each supplier.</summary>
/// <param name="Groups">Of a rule over groups: by key.</param>
/// <param name="Fault">The open system alert about the rule's errors, or null.</param>
/// <param name="Notices">Open alerts about exceptions that end soon.</param>
public sealed record PortfolioRuleState(ImmutableArray<RuleState> Groups, Alert? Fault, ImmutableArray<Alert> Notices)
{
    public static PortfolioRuleState Initial { get; } = new([], null, []);

    public bool IsEmpty => Groups.IsEmpty && Fault is null && Notices.IsEmpty;
}

/// <summary>Suppliers for which a rule ends in an error.</summary>
/// <param name="Example">The first of them.</param>
/// <param name="Text">Its error.</param>
public sealed record RuleErrors(int Count, SupplierId Example, string Text);

/// <param name="NextDueAt">When it changes though nothing new is learned; null when it does not.</param>
public sealed record PortfolioRuleResult(PortfolioRuleState State, ImmutableArray<AlertTransition> Transitions, DateTimeOffset? NextDueAt);

/// <summary>
/// What concerns a rule and no single supplier: its groups, its errors (one system alert for the rule, RULES.md 4.5) and its exceptions that are about to end. Pure.
/// </summary>
public static class PortfolioEvaluation
{
    /// <summary>How long before its end the approver of an exception is told.</summary>
    public static readonly TimeSpan NoticeBefore = TimeSpan.FromDays(14);

    /// <summary>The rule label of notices about exceptions.</summary>
    public const string ExceptionRule = "SR-SYS-EXCEPTION";

    /// <param name="members">Of a rule over groups.</param>
    /// <param name="errors">Null when the rule errs for no supplier.</param>
    public static PortfolioRuleResult Evaluate(
        RuleSet set, string ruleId, PortfolioRuleState before, IReadOnlyCollection<GroupMember> members, RuleErrors? errors, DateTimeOffset at)
    {
        Rule? rule = set.Find(ruleId);
        var transitions = ImmutableArray.CreateBuilder<AlertTransition>();
        GroupResult groups = rule switch
        {
            // A source that was switched off, or lost its key, clears nothing.
            { IsForGroups: true, IsDormant: true } => new GroupResult(before.Groups, [], [], null),
            { IsForGroups: true } => set.EvaluateGroups(rule, members, before.Groups, at),
            _ => new GroupResult([], Ended(before.Groups, "rule removed", at), [], null),
        };
        transitions.AddRange(groups.Transitions);
        string? fault = rule is null ? null : FaultOf(errors, groups);
        Alert? open = Reconcile(before.Fault, fault, () => Fault(rule!, fault!, at), rule is null ? "rule removed" : "no error any more", at, transitions);
        DateTimeOffset? nextDue = groups.NextDueAt;
        var notices = ImmutableArray.CreateBuilder<Alert>();
        List<Alert> known = [.. before.Notices];
        foreach (RuleException exception in rule is { IsEnabled: true } ? rule.Logic.Exceptions : [])
        {
            DateTimeOffset from = exception.ExpiresAt - NoticeBefore;
            if (at < from && (nextDue is null || from < nextDue)) nextDue = from;
            if (at < from || at >= exception.ExpiresAt) continue;
            if (nextDue is null || exception.ExpiresAt < nextDue) nextDue = exception.ExpiresAt;
            string message = Notice(rule!, exception);
            Alert? told = known.Find(a => a.Key == exception.Id);
            known.RemoveAll(a => a.Key == exception.Id);
            notices.Add(Reconcile(told, message, () => NoticeAlert(rule!, exception, message, at), "", at, transitions)!);
        }

        foreach (Alert over in known) Reconcile(over, null, () => over, "the exception ended or was renewed", at, transitions);
        return new PortfolioRuleResult(new PortfolioRuleState(groups.States, open, notices.ToImmutable()), transitions.ToImmutable(), nextDue);
    }

    private static string? FaultOf(RuleErrors? errors, GroupResult groups)
    {
        if (errors is not null)
        {
            string more = errors.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {errors.Count - 1:N0} more");
            return $"cannot be evaluated for {errors.Example}{more}: {errors.Text}";
        }

        Finding[] broken = [.. groups.Findings.Where(f => f.Error.Length > 0)];
        if (broken.Length == 0) return null;
        string others = broken.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {broken.Length - 1:N0} more");
        return $"cannot be evaluated for group {broken[0].Key}{others}: {broken[0].Error}";
    }

    private static Alert Fault(Rule rule, string fault, DateTimeOffset at) => SystemAlert(
        rule.Id, "", Severity.Warning, rule.Owner, $"Rule {rule.Id} errs", $"{rule.Id} ({rule.Title}) {fault}",
        $"Until it is mended the rule is undecided there. 'risk explain' with '--rule {rule.Id}' shows the parts of its condition.", at);

    private static string Notice(Rule rule, RuleException exception)
    {
        DateTime last = exception.ExpiresAt.AddSeconds(-1).UtcDateTime;
        return string.Create(
            CultureInfo.InvariantCulture, $"Exception {exception.Id} of {rule.Id} ({rule.Title}), approved by {exception.ApprovedBy}, ends with {last:yyyy-MM-dd}: {exception.Reason}");
    }

    private static Alert NoticeAlert(Rule rule, RuleException exception, string message, DateTimeOffset at) => SystemAlert(
        ExceptionRule, exception.Id, Severity.Info, exception.ApprovedBy, $"Exception {exception.Id} is about to end", message,
        $"Renew it in the pack with a new date and reason, or let it end: the alerts it hides of {rule.Id} are told then.", at);

    private static Alert SystemAlert(string rule, string key, Severity severity, string team, string title, string message, string next, DateTimeOffset at)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        labels["rule"] = rule;
        labels["category"] = AlertKind.System;
        labels["kind"] = AlertKind.System;
        labels["severity"] = severity.ToString().ToLowerInvariant();
        if (key.Length > 0) labels["key"] = key;
        if (team.Length > 0) labels["team"] = team;
        return new Alert
        {
            EpisodeId = AlertIdentity.EpisodeId(rule, null, key, AlertKind.System, at), Rule = rule, Key = key, Kind = AlertKind.System, Severity = severity,
            Labels = labels.ToImmutable(), Title = title, Message = message, Next = next, StartsAt = at,
        };
    }

    private static Alert? Reconcile(
        Alert? open, string? wanted, Func<Alert> make, string resolution, DateTimeOffset at, ImmutableArray<AlertTransition>.Builder transitions)
    {
        if (wanted is null)
        {
            if (open is not null) transitions.Add(new AlertTransition(AlertTransitionKind.Resolved, open with { ResolvedAt = at, Resolution = resolution }));
            return null;
        }

        Alert made = make();
        Alert now = open is null ? made : made with { EpisodeId = open.EpisodeId, StartsAt = open.StartsAt };
        if (open is null) transitions.Add(new AlertTransition(AlertTransitionKind.Opened, now));
        else if (open.Message != now.Message || !open.Labels.SequenceEqual(now.Labels)) transitions.Add(new AlertTransition(AlertTransitionKind.Updated, now));
        return now;
    }

    private static ImmutableArray<AlertTransition> Ended(ImmutableArray<RuleState> groups, string resolution, DateTimeOffset at) =>
    [
        .. groups.SelectMany(g => (Alert?[])[g.Alert, g.NoDataAlert]).OfType<Alert>()
            .Select(alert => new AlertTransition(AlertTransitionKind.Resolved, alert with { ResolvedAt = at, Resolution = resolution })),
    ];
}
