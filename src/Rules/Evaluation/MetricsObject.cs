using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>The dossier's metrics as expressions see them (RULES.md 4.4 rule 1). Reused from supplier to supplier.</summary>
internal sealed class MetricsObject(Catalog catalog, MissingInputs missing, DossierView view) : ICelSeries
{
    private Dossier Dossier => view.Dossier;

    /// <summary>By slot.</summary>
    public MetricCell[] Cells { get; } = view.Metrics;

    public CelValue Get(int slot)
    {
        ref readonly MetricCell cell = ref Cells[slot];
        if (cell.IsUsable) return catalog.Metrics[slot].Type == MetricType.Int ? CelValue.Of(cell.Whole) : CelValue.OfDouble(cell.Value);
        if (Dossier.InvalidMetrics[slot] is not null) return missing.Metrics[slot].Invalid;
        return Dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(Dossier.Supplier) : missing.Metrics[slot].Stale;
    }

    public bool? Has(int slot) => Cells[slot].IsUsable;

    public CelValue Was(int slot, TimeSpan back) => InForce(slot, back) is { } reading ? ValueOf(catalog.Metrics[slot], reading.Value) : Unusable(slot);

    public CelValue Change(int slot, TimeSpan back)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        return InForce(slot, back) is { } then ? CelValue.OfDouble(Dossier.Metrics[slot][^1].Value - then.Value) : Unusable(slot);
    }

    public CelValue PercentChange(int slot, TimeSpan back)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        if (InForce(slot, back) is not { } then) return Unusable(slot);
        if (then.Value == 0) return CelValue.Error($"pct_change of metrics.{catalog.Metrics[slot].Name}: the earlier value is 0");
        return CelValue.OfDouble((Dossier.Metrics[slot][^1].Value - then.Value) / Math.Abs(then.Value));
    }

    public CelValue Average(int slot, TimeSpan window) => Fold(slot, window, 0.0, static (sum, value) => sum + value, static (sum, count) => sum / count);

    public CelValue Lowest(int slot, TimeSpan window) => Fold(slot, window, double.PositiveInfinity, Math.Min, static (lowest, _) => lowest);

    public CelValue Highest(int slot, TimeSpan window) => Fold(slot, window, double.NegativeInfinity, Math.Max, static (highest, _) => highest);

    public CelValue Readings(int slot, TimeSpan window)
    {
        long count = 0;
        foreach (MetricSignal reading in Dossier.Metrics[slot])
        {
            if (Dossier.AsOf - reading.OccurredAt <= window) count++;
        }

        return CelValue.Of(count);
    }

    public CelValue Age(int slot) =>
        Dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(Dossier.Supplier) : CelValue.Duration(Dossier.AsOf - Dossier.Metrics[slot][^1].OccurredAt);

    public CelValue Last(int slot) =>
        Dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(Dossier.Supplier) : ValueOf(catalog.Metrics[slot], Dossier.Metrics[slot][^1].Value);

    private static CelValue ValueOf(MetricDefinition definition, double value) =>
        definition.Type == MetricType.Int ? CelValue.Of((long)Math.Round(value)) : CelValue.OfDouble(value);

    /// <summary>The reading in force that long ago: the latest not after then, unless it was too old then.</summary>
    private MetricSignal? InForce(int slot, TimeSpan back)
    {
        DateTimeOffset then = back > Dossier.AsOf - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : Dossier.AsOf - back;
        ImmutableArray<MetricSignal> readings = Dossier.Metrics[slot];
        for (int i = readings.Length - 1; i >= 0; i--)
        {
            if (readings[i].OccurredAt <= then) return then - readings[i].OccurredAt <= catalog.Metrics[slot].MaximumAge ? readings[i] : null;
        }

        return null;
    }

    private CelValue Unusable(int slot) => Dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(Dossier.Supplier) : missing.Metrics[slot].Absent;

    private CelValue Fold(int slot, TimeSpan window, double seed, Func<double, double, double> add, Func<double, int, double> finish)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        double result = seed;
        int count = 0;
        foreach (MetricSignal reading in Dossier.Metrics[slot])
        {
            if (Dossier.AsOf - reading.OccurredAt > window) continue;
            result = add(result, reading.Value);
            count++;
        }

        return count == 0 ? missing.Metrics[slot].Absent : CelValue.OfDouble(finish(result, count));
    }
}
