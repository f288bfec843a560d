using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Signals;
using Risk.Worker.Storage;

namespace Risk.Worker.Replay;

/// <summary>One supplier's dossier at rising instants, each step made of the one before.</summary>
/// <remarks>
/// What a dossier is stays with <see cref="DossierBuilder"/>: it builds the inputs for which something came, and says what is fresh; all others are taken from the
/// step before. So a step costs what is new in it, not the whole history. Not for several threads.
/// </remarks>
internal sealed class DossierTimeline(Catalog catalog, SupplierHistory history, ImmutableArray<SourceCheck> wholeChecks)
{
    private readonly Dictionary<(Type Kind, string Name), Input> inputs = [];
    private readonly HashSet<Input> changed = [];
    private readonly Dictionary<SourceId, DateTimeOffset> own = [], whole = [];
    private Dictionary<SourceId, DateTimeOffset> lastChecks = [];
    private int signalsRead, ownRead, wholeRead;
    private SupplierVersion? version;
    private Dossier? last;

    /// <summary>The row in force at an instant, or null.</summary>
    public SupplierVersion? VersionAt(DateTimeOffset at)
    {
        foreach (SupplierVersion candidate in history.Versions)
        {
            if (candidate.From <= at && !(candidate.Until <= at)) return candidate;
        }

        return null;
    }

    /// <param name="inForce">Of <see cref="VersionAt"/>.</param>
    /// <param name="at">Not before that of the last call.</param>
    public Dossier At(SupplierVersion inForce, DateTimeOffset at)
    {
        ReadSignals(at);
        ReadChecks(inForce, at);
        foreach (Input input in inputs.Values)
        {
            if (input.NextReadingAt <= at) changed.Add(input);
        }

        Dossier built = DossierBuilder.Build(catalog, inForce.Supplier, changed.SelectMany(i => i.Signals), lastChecks, at);
        last = last is null ? built : Merge(last, built);
        foreach (Input input in changed) input.LookAhead(at);
        changed.Clear();
        return last;
    }

    private void ReadSignals(DateTimeOffset at)
    {
        for (; signalsRead < history.Signals.Length && history.Signals[signalsRead].ObservedAt <= at; signalsRead++)
        {
            Signal signal = history.Signals[signalsRead];
            if (!catalog.Sources.ContainsKey(signal.Source) || SlotOf(signal) is not (>= 0 and var slot)) continue;
            var key = (signal.GetType(), signal.Name);
            if (!inputs.TryGetValue(key, out Input? input)) inputs.Add(key, input = new Input(key.Item1, slot));
            input.Take(signal);
            changed.Add(input);
        }
    }

    private int SlotOf(Signal signal) => signal switch
    {
        MetricSignal => catalog.MetricSlot(signal.Name),
        FactSignal => catalog.FactSlot(signal.Name),
        _ => catalog.FeedSlot(signal.Name),
    };

    private void ReadChecks(SupplierVersion inForce, DateTimeOffset at)
    {
        bool isSame = ReferenceEquals(version, inForce);
        for (; ownRead < history.Checks.Length && history.Checks[ownRead].At <= at; ownRead++, isSame = false) own[history.Checks[ownRead].Source] = history.Checks[ownRead].At;
        for (; wholeRead < wholeChecks.Length && wholeChecks[wholeRead].At <= at; wholeRead++, isSame = false) whole[wholeChecks[wholeRead].Source] = wholeChecks[wholeRead].At;
        if (isSame) return;
        version = inForce;
        lastChecks = new Dictionary<SourceId, DateTimeOffset>(own);
        foreach ((SourceId source, DateTimeOffset checkedAt) in whole)
        {
            // A list that was searched for another name says nothing about this one.
            if (checkedAt >= inForce.IdentitySince && (!lastChecks.TryGetValue(source, out DateTimeOffset known) || known < checkedAt)) lastChecks[source] = checkedAt;
        }
    }

    private Dossier Merge(Dossier before, Dossier built)
    {
        ImmutableArray<ImmutableArray<MetricSignal>> metrics = before.Metrics;
        ImmutableArray<MetricSignal?> invalid = before.InvalidMetrics;
        FactSlot[] facts = [.. built.Facts.Select((slot, i) => slot with { Signal = before.Facts[i].Signal })];
        FeedSlot[] feeds = [.. built.Feeds.Select((slot, i) => slot with { Events = before.Feeds[i].Events })];
        foreach (Input input in changed)
        {
            if (input.Kind == typeof(MetricSignal))
            {
                metrics = metrics.SetItem(input.Slot, built.Metrics[input.Slot]);
                invalid = invalid.SetItem(input.Slot, built.InvalidMetrics[input.Slot]);
            }
            else if (input.Kind == typeof(FactSignal)) facts[input.Slot] = built.Facts[input.Slot];
            else feeds[input.Slot] = built.Feeds[input.Slot];
        }

        return new Dossier { Supplier = built.Supplier, AsOf = built.AsOf, Metrics = metrics, InvalidMetrics = invalid, Facts = [.. facts], Feeds = [.. feeds] };
    }

    /// <summary>One metric, fact or feed: its signals in force, the latest revision of each.</summary>
    private sealed class Input(Type kind, int slot)
    {
        private readonly Dictionary<(SourceId Source, string Key), Signal> signals = [];

        public Type Kind => kind;

        public int Slot => slot;

        public IEnumerable<Signal> Signals => signals.Values;

        /// <summary>When a reading that was known before its own time begins to count; null when there is none.</summary>
        public DateTimeOffset? NextReadingAt { get; private set; }

        public void Take(Signal signal)
        {
            if (signal.Withdrawn) signals.Remove((signal.Source, signal.Key));
            else signals[(signal.Source, signal.Key)] = signal;
        }

        public void LookAhead(DateTimeOffset at)
        {
            NextReadingAt = null;
            if (kind != typeof(MetricSignal)) return;
            foreach (Signal signal in signals.Values)
            {
                if (signal.OccurredAt > at && !(NextReadingAt <= signal.OccurredAt)) NextReadingAt = signal.OccurredAt;
            }
        }
    }
}
