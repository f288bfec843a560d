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
            int first = kept.Count;
            foreach (Storage.Delivery delivery in one.OrderByDescending(d => d.Episodes.Length).ThenBy(d => d.GroupKey, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal))
                if (!reachesPerson(delivery) || !kept.Skip(first).Any(k => delivery.Episodes.All(k.Episodes.Contains))) kept.Add(delivery);
        }

        return [.. kept.OrderBy(d => d.GroupKey, StringComparer.Ordinal).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }
}
