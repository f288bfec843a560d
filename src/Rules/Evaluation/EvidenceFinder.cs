using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>Picks the signals that a finding rests on.</summary>
internal static class EvidenceFinder
{
    /// <summary>The most signals that a finding names.</summary>
    public const int Most = 5;

    /// <summary>The event of an <c>each</c> item alone, else the newest readings, facts and events of what the rule reads, in words.</summary>
    /// <param name="key">The finding's key, or "". Of a feed that has events of this type (the product, the certificate), the others are another finding's.</param>
    public static ImmutableArray<FindingEvidence> Find(RulePlan plan, Dossier dossier, EventObject? item, string key)
    {
        if (item is not null) return [Of(item.Signal)];
        var found = default(Buffer);
        Span<Signal> signals = found;
        int count = Signals(plan, dossier, signals, key);
        if (count == 0) return [];
        var evidence = ImmutableArray.CreateBuilder<FindingEvidence>(count);
        foreach (Signal signal in signals[..count]) evidence.Add(Of(signal));
        return evidence.MoveToImmutable();
    }

    /// <summary>The newest readings, facts and events of what the rule reads, newest first, those of one instant by label.</summary>
    /// <param name="into">Room for <see cref="Most"/>.</param>
    /// <param name="key">See <see cref="Find"/>.</param>
    /// <returns>How many there are.</returns>
    public static int Signals(RulePlan plan, Dossier dossier, Span<Signal> into, string key = "")
    {
        int count = 0;
        foreach (int slot in plan.Metrics)
        {
            if (!dossier.Metrics[slot].IsEmpty) Add(into, ref count, dossier.Metrics[slot][^1]);
        }

        foreach (int slot in plan.Facts)
        {
            if (dossier.Facts[slot].Signal is { } fact) Add(into, ref count, fact);
        }

        foreach (int slot in plan.Feeds)
        {
            ImmutableArray<EventSignal> events = dossier.Feeds[slot].Events;
            bool isDivided = key.Length > 0 && events.Any(e => e.Type == key);
            int left = Most;
            for (int i = events.Length - 1; i >= 0 && left > 0; i--)
            {
                if (isDivided && events[i].Type != key) continue;
                Add(into, ref count, events[i]);
                left--;
            }
        }

        return count;
    }

    private static void Add(Span<Signal> found, ref int count, Signal signal)
    {
        int place = count;
        while (place > 0 && IsBefore(signal, found[place - 1])) place--;
        if (place == Most) return;
        if (count < Most) count++;
        for (int i = count - 1; i > place; i--) found[i] = found[i - 1];
        found[place] = signal;
    }

    private static bool IsBefore(Signal signal, Signal other) =>
        signal.OccurredAt != other.OccurredAt ? signal.OccurredAt > other.OccurredAt : string.CompareOrdinal(Label(signal), Label(other)) < 0;

    private static FindingEvidence Of(Signal signal) => new(Label(signal), signal.Source, signal.OccurredAt, signal.ObservedAt, signal.Evidence.Url, signal.Evidence.Excerpt, Value(signal));

    private static string? Value(Signal signal) => signal switch
    {
        MetricSignal reading => reading.Value.ToString(CultureInfo.InvariantCulture),
        FactSignal fact => fact.Value.ToString(),
        _ => null,
    };

    private static string Label(Signal signal) => signal switch
    {
        MetricSignal => $"metrics.{signal.Name}",
        FactSignal => $"facts.{signal.Name}",
        EventSignal happening => $"events.{signal.Name} {happening.Id}",
        _ => signal.Name,
    };

    [System.Runtime.CompilerServices.InlineArray(Most)]
    private struct Buffer
    {
        private Signal first;
    }
}
