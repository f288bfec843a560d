using System.Collections.Immutable;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>Picks the signals that a finding rests on.</summary>
internal static class EvidenceFinder
{
    private const int Most = 5;

    /// <summary>The event of an <c>each</c> item alone, else the newest readings, facts and events of what the rule reads.</summary>
    public static ImmutableArray<FindingEvidence> Find(RulePlan plan, Dossier dossier, EventObject? item)
    {
        if (item is not null) return [Of("events", item.Signal, item.Signal.Id)];
        if (plan.Metrics is [var only] && plan.Facts.IsEmpty && plan.Feeds.IsEmpty) return dossier.Metrics[only].IsEmpty ? [] : [Of("metrics", dossier.Metrics[only][^1], "")];
        var found = new List<FindingEvidence>();
        foreach (int slot in plan.Metrics)
        {
            if (!dossier.Metrics[slot].IsEmpty) found.Add(Of("metrics", dossier.Metrics[slot][^1], ""));
        }

        foreach (int slot in plan.Facts)
        {
            if (dossier.Facts[slot].Signal is { } fact) found.Add(Of("facts", fact, ""));
        }

        foreach (int slot in plan.Feeds)
        {
            ImmutableArray<EventSignal> events = dossier.Feeds[slot].Events;
            for (int i = events.Length - 1; i >= 0 && i >= events.Length - Most; i--) found.Add(Of("events", events[i], events[i].Id));
        }

        found.Sort(static (a, b) => a.OccurredAt != b.OccurredAt ? b.OccurredAt.CompareTo(a.OccurredAt) : string.CompareOrdinal(a.Label, b.Label));
        return [.. found.Take(Most)];
    }

    private static FindingEvidence Of(string kind, Signal signal, string id) => new(
        id.Length == 0 ? $"{kind}.{signal.Name}" : $"{kind}.{signal.Name} {id}", signal.Source, signal.OccurredAt, signal.ObservedAt, signal.Evidence.Url, signal.Evidence.Excerpt);
}
