using System.Collections.Immutable;
using Risk.Rules.Alerts;

namespace Risk.Worker.Alerting.Notifications;

/// <summary>A person whom several routes reach at one instant is told of each alert once, with all the reasons: at once rather than in a digest, and where most is said.</summary>
internal static class Deduplication
{
    /// <param name="parts">All that is to be told at one instant.</param>
    /// <returns>What is left to be told, by group and delivery.</returns>
    public static ImmutableArray<Part> Apply(IEnumerable<Part> parts)
    {
        var kept = new List<Part>();
        foreach (IGrouping<(string, string), Part> person in parts.GroupBy(p => p.Person))
        {
            if (person.First().ReachesPerson && person.Skip(1).Any()) kept.AddRange(Once(person));
            else kept.AddRange(person);
        }

        return [.. kept.OrderBy(p => p.Notification.GroupKey, StringComparer.Ordinal).ThenBy(p => p.DeliveryId, StringComparer.Ordinal)];
    }

    private static IEnumerable<Part> Once(IEnumerable<Part> person)
    {
        var kept = new List<Part>();
        var saidBy = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Part part in person.OrderBy(p => p.Digest is not null).ThenByDescending(p => p.Notification.Alerts.Count()).ThenBy(p => p.Notification.GroupKey, StringComparer.Ordinal).ThenBy(p => p.DeliveryId, StringComparer.Ordinal))
        {
            Notification rest = part.Notification.Only(a => !saidBy.ContainsKey(a.EpisodeId));
            foreach (int index in part.Notification.Alerts.Select(a => saidBy.GetValueOrDefault(a.EpisodeId, -1)).Where(i => i >= 0).Distinct())
                kept[index] = kept[index] with { Notification = kept[index].Notification with { Because = [.. kept[index].Notification.Because.Union(part.Notification.Because)] } };

            // What is left without news was told before.
            if (!rest.HasNews) continue;
            foreach (Alert alert in rest.Alerts) saidBy[alert.EpisodeId] = kept.Count;
            kept.Add(part with { Notification = rest });
        }

        return kept;
    }
}
