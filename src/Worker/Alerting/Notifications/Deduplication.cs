using System.Collections.Immutable;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>A person whom several routes reach at once with the same alerts gets one message: the one that says most.</summary>
internal static class Deduplication
{
    /// <param name="deliveries">All that would be sent at one instant.</param>
    /// <param name="reachesPerson">Machines get each of theirs: two webhooks may do different things with one alert.</param>
    public static ImmutableArray<Storage.Delivery> Apply(IEnumerable<Storage.Delivery> deliveries, Func<Storage.Delivery, bool> reachesPerson)
    {
        var kept = new List<Storage.Delivery>();
        foreach (IGrouping<(string, string), Storage.Delivery> one in deliveries.GroupBy(d => (d.Channel, Recipient: d.Recipient.ToUpperInvariant())))
        {
            var said = new SaidEpisodes();
            foreach (Storage.Delivery delivery in one.OrderByDescending(d => d.Episodes.Length).ThenBy(d => d.GroupKey, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal))
                if (!reachesPerson(delivery) || said.IsNews(delivery.Episodes)) kept.Add(delivery);
        }

        return [.. kept.OrderBy(d => d.GroupKey, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>What one recipient's messages say, found by episode: a thousand messages to one person are not compared each with each.</summary>
    private sealed class SaidEpisodes
    {
        private readonly Dictionary<string, List<HashSet<string>>> messages = new(StringComparer.Ordinal);

        /// <summary>False when one earlier message says all of it; remembers it otherwise.</summary>
        public bool IsNews(ImmutableArray<string> episodes)
        {
            // A message that says all of it says its first episode.
            if (messages.TryGetValue(episodes[0], out List<HashSet<string>>? saying) && saying.Any(m => m.IsSupersetOf(episodes))) return false;
            HashSet<string> message = new(episodes, StringComparer.Ordinal);
            foreach (string episode in message)
            {
                if (!messages.TryGetValue(episode, out List<HashSet<string>>? known)) messages[episode] = known = [];
                known.Add(message);
            }

            return true;
        }
    }
}
