using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.People;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Webhook;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.People;

public sealed class PacingTests
{
    private static readonly DateTimeOffset At = NotificationSample.At;
    private static readonly DigestSchedule Daily = new(DigestCadence.Daily, 8 * 60, DayOfWeek.Monday, TimeZoneInfo.Utc, null, "daily at 08:00");

    [Fact]
    public void Decide_ManyAtOnce_BecomeOneTable()
    {
        PacedParts paced = Decide([.. Enumerable.Range(0, 500).Select(i => Part($"e{i:000}"))], [], new BurstPolicy(5, TimeSpan.FromMinutes(10)));
        Assert.Equal(500, Assert.Single(paced.Messages).Length);
        Assert.Empty(paced.Held);
    }

    [Fact]
    public void Decide_OneTooManyWithinTheWindow_WaitsForItsEndUnlessCritical()
    {
        DateTimeOffset[] sent = [.. Enumerable.Range(1, 5).Select(i => At.AddMinutes(-i)).Order()];
        PacedParts paced = Decide([Part("a"), Part("b", Severity.Critical)], sent, new BurstPolicy(5, TimeSpan.FromMinutes(10)));
        Assert.Equal("b", Assert.Single(Assert.Single(paced.Messages)).Notification.Worst.EpisodeId);
        HeldPart held = Assert.Single(paced.Held);
        Assert.Equal((HoldCause.Burst, At.AddMinutes(5)), (held.Cause, held.DueAt));
    }

    [Fact]
    public void Decide_OverTheCeiling_TheLeastImportantWaitForTheDigest()
    {
        PacedParts paced = Decide([Part("a", Severity.Info), Part("b"), Part("c", Severity.Critical)], [At.AddMinutes(-30)], null, perHour: 2);
        Assert.Equal(["c"], paced.Messages.Select(m => m[0].Notification.Worst.EpisodeId));
        Assert.All(paced.Held, h => Assert.Equal((HoldCause.Ceiling, Daily.Next(At)), (h.Cause, h.DueAt)));
        Assert.Equal(["a", "b"], paced.Held.Select(h => h.Part.Notification.Worst.EpisodeId).Order());
    }

    [Fact]
    public void Decide_DigestReader_HearsOfTheCriticalAtOnceAndOfTheRestLater()
    {
        Part part = Part("x") with { Target = Target(Daily) };
        part = part with { Notification = part.Notification with { Firing = [Alert("c", Severity.Critical), Alert("x", Severity.High)], Fresh = ["c", "x"] } };
        PacedParts paced = Decide([part], [], null);
        Assert.Equal(["c"], Assert.Single(paced.Messages)[0].Notification.Alerts.Select(a => a.EpisodeId));
        Assert.Equal(["x"], Assert.Single(paced.Held).Part.Notification.Alerts.Select(a => a.EpisodeId));
    }

    [Fact]
    public void Decide_AnyPartsHistoryAndLimits_LosesNoNewsAndHoldsNothingCritical() =>
        Prop.ForAll(Cases().ToArbitrary(), c =>
        {
            PacedParts paced = Pacing.Decide(c.Parts, c.Sent, c.Policy, At);
            string[] news = [.. c.Parts.SelectMany(p => p.Notification.Resolved.Select(a => a.EpisodeId).Concat(p.Notification.Fresh)).Order()];
            string[] told = [.. paced.Messages.SelectMany(m => m).SelectMany(p => p.Notification.Alerts.Select(a => a.EpisodeId))];
            string[] later = [.. paced.Held.SelectMany(h => Risk.Worker.Alerting.DeliveryPlanner.Items(h, At)).Select(i => i.Episode)];
            return news.All(e => told.Contains(e) || later.Contains(e))
                && !told.Intersect(later).Any()
                && paced.Held.All(h => h.DueAt > At && !h.Part.Notification.IsUrgent)
                && (c.Policy.MostPerHour is not { } most || paced.Messages.Count(m => !m.Any(p => p.Notification.IsUrgent)) <= Math.Max(0, most - c.Sent.Count(s => s > At.AddHours(-1))));
        }).QuickCheckThrowOnFailure();

    private sealed record Case(ImmutableArray<Part> Parts, ImmutableArray<DateTimeOffset> Sent, PeoplePolicy Policy);

    private static Gen<Case> Cases() =>
        from severities in Gen.ListOf(Gen.Elements(Severity.Info, Severity.Warning, Severity.High, Severity.Critical), 12)
        from reasons in Gen.ListOf(Gen.Elements(NotificationReason.First, NotificationReason.NewAlerts, NotificationReason.RepeatDue, NotificationReason.Resolved, NotificationReason.Escalated), 12)
        from digests in Gen.ListOf(Gen.Elements(true, false), 12)
        from minutes in Gen.ListOf(Gen.Choose(0, 1439))
        from most in Gen.Choose(0, 12)
        from burst in Gen.Choose(0, 8)
        from count in Gen.Choose(1, 12)
        select new Case(
            [.. Enumerable.Range(0, count).Select(i => OfReason(Part($"e{i:00}", severities[i]) with { Target = Target(digests[i] ? Daily : null) }, reasons[i]))],
            [.. minutes.Select(m => At.AddMinutes(-m)).Order()],
            new PeoplePolicy(Daily, most == 0 ? null : most, most == 0 ? null : most * 2, burst == 0 ? null : new BurstPolicy(burst, TimeSpan.FromMinutes(10))));

    private static Part OfReason(Part part, NotificationReason reason) => part with
    {
        Notification = reason == NotificationReason.Resolved
            ? part.Notification with { Reason = reason, Resolved = [part.Notification.Firing[0] with { ResolvedAt = At }], Firing = [], Fresh = [] }
            : part.Notification with { Reason = reason, Fresh = reason == NotificationReason.RepeatDue ? [] : part.Notification.Fresh },
    };

    private static PacedParts Decide(IReadOnlyCollection<Part> parts, DateTimeOffset[] sent, BurstPolicy? burst, int? perHour = null) => Pacing.Decide(parts, sent, new PeoplePolicy(Daily, perHour, null, burst), At);

    private static Part Part(string episode, Severity severity = Severity.High) => new(
        Target(null), true, "p@buyer.example", NotificationSample.Of(NotificationReason.First, [Alert(episode, severity)], [], []) with { Id = episode });

    private static Alert Alert(string episode, Severity severity) => NotificationSample.Alert(episode, "R", "S", severity);

    private static WebhookTarget Target(DigestSchedule? digest) => new(0, true, new HttpTarget(null, "file:x", []), []) { Digest = digest };
}
