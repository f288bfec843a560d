using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>A dossier laid out for evaluation: everything by slot, decided once what is usable. Reused from supplier to supplier.</summary>
public sealed class DossierView
{
    private readonly Catalog catalog;

    internal DossierView(Catalog catalog)
    {
        this.catalog = catalog;
        Metrics = new MetricCell[catalog.Metrics.Length];
        Feeds = new EventSignal[catalog.Feeds.Length][];
        IsFeedOpen = new bool[catalog.Feeds.Length];
    }

    public Supplier Supplier { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    internal MetricCell[] Metrics { get; }

    /// <summary>The events of each feed, oldest first.</summary>
    internal EventSignal[][] Feeds { get; }

    /// <summary>Where a feed cannot be relied on, there may be further events (RULES.md 4.4 rule 5).</summary>
    internal bool[] IsFeedOpen { get; }

    internal Dossier Dossier { get; private set; } = null!;

    /// <summary>There is a reading that can be used (RULES.md 4.4 rule 1).</summary>
    public bool HasMetric(int slot) => Metrics[slot].IsUsable;

    /// <summary>The latest reading; 0 when there is none that can be used.</summary>
    public double Metric(int slot) => Metrics[slot].Value;

    /// <summary>The known events of a feed, oldest first.</summary>
    public ReadOnlySpan<EventSignal> Events(int slot) => Feeds[slot];

    internal void Reset(Dossier next)
    {
        Dossier = next;
        Supplier = next.Supplier;
        Now = next.AsOf;
        for (int slot = 0; slot < Metrics.Length; slot++) Metrics[slot] = Cell(next, catalog.Metrics[slot], next.Metrics[slot]);
        for (int slot = 0; slot < Feeds.Length; slot++)
        {
            Feeds[slot] = ImmutableCollectionsMarshal.AsArray(next.Feeds[slot].Events) ?? [];
            IsFeedOpen[slot] = next.Feeds[slot].Freshness != Freshness.Fresh;
        }
    }

    private static MetricCell Cell(Dossier dossier, MetricDefinition definition, ImmutableArray<MetricSignal> readings)
    {
        if (readings.IsEmpty || dossier.AsOf - readings[^1].OccurredAt > definition.MaximumAge) return default;
        double value = readings[^1].Value;
        return new MetricCell(value, definition.Type == MetricType.Int ? (long)Math.Round(value) : 0);
    }
}

/// <summary>The latest reading of a metric, where it can be used.</summary>
internal readonly struct MetricCell(double value, long whole)
{
    /// <summary>It exists and is not too old.</summary>
    public readonly bool IsUsable = true;

    public readonly double Value = value;

    /// <summary>The value of a metric of type int.</summary>
    public readonly long Whole = whole;
}
