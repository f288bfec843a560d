using System.Collections.Immutable;
using Risk.Rules.Alerts;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Notifications;

public sealed class NotificationDeciderTests
{
    [Fact]
    public void Decide_EndedTwiceUnderTheSameLabels_IsToldOnceWithTheLastEnd()
    {
        Alert first = NotificationSample.Alert("e1", "SR-1", "S1", resolvedAt: NotificationSample.At.AddMinutes(1));
        Alert second = NotificationSample.Alert("e2", "SR-1", "S1", resolvedAt: NotificationSample.At.AddMinutes(3));
        Alert other = NotificationSample.Alert("e3", "SR-2", "S1", resolvedAt: NotificationSample.At.AddMinutes(2));
        var group = new AlertGroupState("{}:{}", "r", "{}", ImmutableSortedDictionary<string, string>.Empty, "t", null, NotificationSample.At, [AnnouncedAlerts.Mark(first), AnnouncedAlerts.Mark(other)], []);

        NotificationDecision decision = NotificationDecider.Decide(group, [first, second, other], ImmutableHashSet<string>.Empty, sendsResolved: true, TimeSpan.FromHours(4), NotificationSample.At.AddMinutes(5));

        Assert.Equal(["e2", "e3"], decision.Resolved.Select(a => a.EpisodeId).Order(StringComparer.Ordinal));
    }
}
