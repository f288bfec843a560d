using System.Collections.Immutable;
using System.Globalization;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Notifications;

public sealed class DeduplicationTests
{
    [Fact]
    public void Apply_RandomMessages_LosesNoEpisodeAndKeepsNoneThatAnotherSays()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            Delivery[] all = [.. Enumerable.Range(0, 30).Select(i => Message(i, "p" + random.Next(3), [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => "e" + random.Next(8)).Distinct().Order()]))];
            ImmutableArray<Delivery> kept = Deduplication.Apply(all, static _ => true);
            foreach (IGrouping<string, Delivery> person in all.GroupBy(d => d.Recipient))
            {
                Delivery[] told = [.. kept.Where(d => d.Recipient == person.Key)];
                Assert.All(person, d => Assert.Contains(told, k => d.Episodes.All(k.Episodes.Contains)));
                Assert.All(told, d => Assert.DoesNotContain(told, k => k != d && d.Episodes.All(k.Episodes.Contains)));
            }
        }
    }

    [Fact]
    public void Apply_Machine_GetsEachOfItsOwn() => Assert.Equal(2, Deduplication.Apply([Message(1, "m", ["e"]), Message(2, "m", ["e"])], static _ => false).Length);

    private static Delivery Message(int number, string recipient, ImmutableArray<string> episodes) => new(
        number.ToString("00", CultureInfo.InvariantCulture), "n", "g", "r", "email", 0, recipient, "", [], NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", episodes);
}
