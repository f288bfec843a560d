using System.Collections.Immutable;

namespace Risk.Worker.Replay;

/// <summary>The whole result of a replay; written as text or JSON.</summary>
/// <param name="Rule">The rule whose alerts were asked for, or null.</param>
/// <param name="RuleSetHash">Of the rules in the workspace.</param>
/// <param name="Present">What they did.</param>
/// <param name="ProposedHash">Of the rules that were tried, or null.</param>
/// <param name="Changes">What the files of the two say differently.</param>
/// <param name="Comparison">What the tried rules change, or null.</param>
/// <param name="Budget">Alerts a week, or null.</param>
internal sealed record ReplayReport(
    ReplayPeriod Period, ReplayedHistory History, string? Rule, string RuleSetHash, ReplaySummary Present, string? ProposedHash, ImmutableArray<RuleFileChange> Changes,
    ReplayComparison? Comparison, decimal? Budget)
{
    /// <summary>
    /// What the budget is held against, alerts a week: those that only the new rules raise, or without new rules all. Lost ones are not set against gained ones: they
    /// rarely come from the same people.
    /// </summary>
    public decimal Spent => Comparison?.GainedPerWeek ?? Present.PerWeek;

    public bool IsOverBudget => Spent > Budget;

    /// <summary>Who gets what the budget is held against, most first.</summary>
    public IEnumerable<(string Owner, int Alerts)> Spenders => Comparison is { } comparison
        ? comparison.Owners.Where(o => o.Gained > 0).OrderByDescending(o => o.Gained).ThenBy(o => o.Name, StringComparer.Ordinal).Select(o => (o.Name, o.Gained))
        : Present.Owners.Where(o => o.Opened > 0).Select(o => (o.Name, o.Opened));
}
