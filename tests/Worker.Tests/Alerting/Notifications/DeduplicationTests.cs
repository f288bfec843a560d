using System.Collections.Immutable;
using System.Globalization;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Webhook;

namespace Risk.Worker.Tests.Alerting.Notifications;

public sealed class DeduplicationTests
{
    [Fact]
    public void Apply_RandomParts_TellsEachPersonEachAlertOnceWithAllReasons()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            Part[] all = [.. Enumerable.Range(0, 30).Select(i => Part(i, "p" + random.Next(3), [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => "e" + random.Next(8)).Distinct().Order()]))];
            ImmutableArray<Part> kept = Deduplication.Apply(all);
            foreach (IGrouping<string, Part> person in all.GroupBy(d => d.Recipient))
            {
                Part[] told = [.. kept.Where(d => d.Recipient == person.Key)];
                Assert.Equal(person.SelectMany(Episodes).Distinct().Order(), told.SelectMany(Episodes).Order());
                Assert.All(person, p => Assert.All(Episodes(p), e => Assert.Contains(p.Notification.Because[0], told.Single(t => Episodes(t).Contains(e)).Notification.Because)));
            }
        }
    }

    [Fact]
    public void Apply_Machine_GetsEachOfItsOwn() => Assert.Equal(2, Deduplication.Apply([Part(1, "m", ["e"], reachesPerson: false), Part(2, "m", ["e"], reachesPerson: false)]).Length);

    private static IEnumerable<string> Episodes(Part part) => part.Notification.Alerts.Select(a => a.EpisodeId);

    private static Part Part(int number, string recipient, ImmutableArray<string> episodes, bool reachesPerson = true) => new(
        new WebhookTarget(number, true, new HttpTarget(null, "file:x", []), []), reachesPerson, recipient,
        NotificationSample.Of(NotificationReason.First, episodes.Select(e => NotificationSample.Alert(e, "R", "S")), [], []) with { Id = number.ToString("00", CultureInfo.InvariantCulture), Because = [$"route {number}"] });
}
