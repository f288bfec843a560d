using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.People;

/// <summary>A part that is told later.</summary>
internal sealed record HeldPart(Part Part, HoldCause Cause, DateTimeOffset DueAt);

/// <param name="Messages">To be sent now; parts that stand together become one table.</param>
internal sealed record PacedParts(ImmutableArray<ImmutableArray<Part>> Messages, ImmutableArray<HeldPart> Held);

/// <summary>Decides what one person is told now, what together, and what later. Pure; nothing is lost: all that is news is in a message or held.</summary>
internal static class Pacing
{
    /// <param name="parts">All for one person at one instant; no alert in two of them.</param>
    /// <param name="sent">When the person was sent something in the last 24 hours, in order.</param>
    public static PacedParts Decide(IReadOnlyCollection<Part> parts, IReadOnlyCollection<DateTimeOffset> sent, PeoplePolicy policy, DateTimeOffset at)
    {
        var held = ImmutableArray.CreateBuilder<HeldPart>();
        Part[] now = [.. parts.SelectMany(p => ForNow(p, at, held)).OrderByDescending(p => p.Notification.Worst.Severity)];
        IEnumerable<ImmutableArray<Part>> messages = Collapse(now, sent, policy.Burst, at, held);
        return new PacedParts([.. BelowCeiling(messages, sent, policy, at, held)], held.ToImmutable());
    }

    /// <summary>No more messages may be sent to somebody who was sent these.</summary>
    public static bool IsFull(IReadOnlyCollection<DateTimeOffset> sent, PeoplePolicy policy, DateTimeOffset at) =>
        sent.Count(s => s > at.AddHours(-1)) >= policy.MostPerHour || sent.Count(s => s > at.AddDays(-1)) >= policy.MostPerDay;

    /// <summary>Of somebody who gets digests only what is critical.</summary>
    private static IEnumerable<Part> ForNow(Part part, DateTimeOffset at, ImmutableArray<HeldPart>.Builder held)
    {
        Notification all = part.Notification;
        if (part.Digest is not { } digest || all.Reason == NotificationReason.Escalated)
        {
            yield return part;
            yield break;
        }

        Notification critical = all.Only(a => a.Severity == Severity.Critical), rest = all.Only(a => a.Severity != Severity.Critical);

        // A reminder is no news to somebody who reads digests.
        if (all.Reason != NotificationReason.RepeatDue && rest.HasNews) held.Add(new HeldPart(part with { Notification = rest }, HoldCause.Digest, digest.Next(at)));
        if (critical.HasNews) yield return part with { Notification = critical };
    }

    private static IEnumerable<ImmutableArray<Part>> Collapse(Part[] now, IReadOnlyCollection<DateTimeOffset> sent, BurstPolicy? burst, DateTimeOffset at, ImmutableArray<HeldPart>.Builder held)
    {
        DateTimeOffset[] lately = burst is null ? [] : [.. sent.Where(s => s > at - burst.Within)];
        if (burst is null || lately.Length + now.Length <= burst.MoreThan) return now.Select(p => ImmutableArray.Create(p));
        if (lately.Length == 0) return [[.. now]];
        foreach (Part part in now.Where(p => !p.Notification.IsUrgent)) held.Add(new HeldPart(part, HoldCause.Burst, lately[0] + burst.Within));
        ImmutableArray<Part> urgent = [.. now.Where(p => p.Notification.IsUrgent)];
        return urgent.Length > burst.MoreThan ? [urgent] : urgent.Select(p => ImmutableArray.Create(p));
    }

    private static IEnumerable<ImmutableArray<Part>> BelowCeiling(IEnumerable<ImmutableArray<Part>> messages, IReadOnlyCollection<DateTimeOffset> sent, PeoplePolicy policy, DateTimeOffset at, ImmutableArray<HeldPart>.Builder held)
    {
        List<DateTimeOffset> all = [.. sent];
        foreach (ImmutableArray<Part> message in messages)
        {
            if (message.Any(p => p.Notification.IsUrgent) || policy.Digest is null || !IsFull(all, policy, at))
            {
                all.Add(at);
                yield return message;
                continue;
            }

            foreach (Part part in message) held.Add(new HeldPart(part, HoldCause.Ceiling, policy.Digest.Next(at)));
        }
    }
}
