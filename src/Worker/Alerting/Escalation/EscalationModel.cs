using System.Collections.Immutable;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Escalation;

/// <param name="After">Since the alert was told; by the calendar, where there is one.</param>
internal sealed record EscalationStep(TimeSpan After, string Receiver);

/// <summary>Who is told, one after the other, when nobody acknowledges an alert. Pure.</summary>
/// <param name="NoticeWithin">It only holds while the last day to give notice of the supplier's contract is no further away; null: whatever the contract.</param>
/// <param name="Calendar">Only its hours count; null: all do.</param>
internal sealed record EscalationModel(string Name, ImmutableArray<Matcher> Matchers, TimeSpan? NoticeWithin, BusinessCalendar? Calendar, ImmutableArray<EscalationStep> Steps)
{
    /// <param name="labels">Of the alert, with the portfolio's own columns.</param>
    public bool Takes(IReadOnlyDictionary<string, string> labels, Supplier? supplier, DateTimeOffset at) =>
        Matchers.All(m => m.Matches(labels)) && (NoticeWithin is not { } within || (NoticeDeadline(supplier) is { } deadline && at < deadline && deadline - at <= within));

    /// <summary>When it begins to hold because the notice deadline has come near, or null when it does already, or never will.</summary>
    public DateTimeOffset? TakesFrom(IReadOnlyDictionary<string, string> labels, Supplier? supplier, DateTimeOffset at) =>
        NoticeWithin is { } within && NoticeDeadline(supplier) is { } deadline && deadline - within > at && Matchers.All(m => m.Matches(labels)) ? deadline - within : null;

    /// <returns>When a step is due; null after the last.</returns>
    public DateTimeOffset? DueAt(int step, DateTimeOffset toldAt) =>
        step >= Steps.Length ? null : Calendar is null ? toldAt + Steps[step].After : Calendar.After(toldAt, Steps[step].After);

    /// <summary>The first instant at which notice can no longer be given; null when nothing is to be decided.</summary>
    public static DateTimeOffset? NoticeDeadline(Supplier? supplier) =>
        supplier?.Contract is { End: { } end, NoticeDays: { } days, RenewalDecision: "none" or "" } ? end.AddDays(-days) : null;
}
