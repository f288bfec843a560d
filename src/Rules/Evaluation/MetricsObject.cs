using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>The dossier's metrics as expressions see them (RULES.md 4.4 rule 1). Reused from supplier to supplier.</summary>
internal sealed class MetricsObject(Catalog catalog, MissingInputs missing) : ICelSeries
{
    private Dossier dossier = null!;

    public void Reset(Dossier next) => dossier = next;

    public CelValue Get(int slot)
    {
        ImmutableArray<MetricSignal> readings = dossier.Metrics[slot];
        MetricDefinition definition = catalog.Metrics[slot];
        if (!readings.IsEmpty && dossier.AsOf - readings[^1].OccurredAt <= definition.MaximumAge) return ValueOf(definition, readings[^1].Value);
        if (dossier.InvalidMetrics[slot] is not null) return missing.Metrics[slot].Invalid;
        return readings.IsEmpty ? missing.Metrics[slot].AbsentFor(dossier.Supplier) : missing.Metrics[slot].Stale;
    }

    public bool? Has(int slot) => !dossier.Metrics[slot].IsEmpty && dossier.AsOf - dossier.Metrics[slot][^1].OccurredAt <= catalog.Metrics[slot].MaximumAge;

    public CelValue Was(int slot, TimeSpan back) => InForce(slot, back) is { } reading ? ValueOf(catalog.Metrics[slot], reading.Value) : Unusable(slot);

    public CelValue Change(int slot, TimeSpan back)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        return InForce(slot, back) is { } then ? CelValue.OfDouble(dossier.Metrics[slot][^1].Value - then.Value) : Unusable(slot);
    }

    public CelValue PercentChange(int slot, TimeSpan back)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        if (InForce(slot, back) is not { } then) return Unusable(slot);
        if (then.Value == 0) return CelValue.Error($"pct_change of metrics.{catalog.Metrics[slot].Name}: the earlier value is 0");
        return CelValue.OfDouble((dossier.Metrics[slot][^1].Value - then.Value) / Math.Abs(then.Value));
    }

    public CelValue Average(int slot, TimeSpan window) => Fold(slot, window, 0.0, static (sum, value) => sum + value, static (sum, count) => sum / count);

    public CelValue Lowest(int slot, TimeSpan window) => Fold(slot, window, double.PositiveInfinity, Math.Min, static (lowest, _) => lowest);

    public CelValue Highest(int slot, TimeSpan window) => Fold(slot, window, double.NegativeInfinity, Math.Max, static (highest, _) => highest);

    public CelValue Readings(int slot, TimeSpan window)
    {
        long count = 0;
        foreach (MetricSignal reading in dossier.Metrics[slot])
        {
            if (dossier.AsOf - reading.OccurredAt <= window) count++;
        }

        return CelValue.Of(count);
    }

    public CelValue Age(int slot) =>
        dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(dossier.Supplier) : CelValue.Duration(dossier.AsOf - dossier.Metrics[slot][^1].OccurredAt);

    public CelValue Last(int slot) =>
        dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(dossier.Supplier) : ValueOf(catalog.Metrics[slot], dossier.Metrics[slot][^1].Value);

    private static CelValue ValueOf(MetricDefinition definition, double value) =>
        definition.Type == MetricType.Int ? CelValue.Of((long)Math.Round(value)) : CelValue.OfDouble(value);

    /// <summary>The reading in force that long ago: the latest not after then, unless it was too old then.</summary>
    private MetricSignal? InForce(int slot, TimeSpan back)
    {
        DateTimeOffset then = back > dossier.AsOf - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : dossier.AsOf - back;
        ImmutableArray<MetricSignal> readings = dossier.Metrics[slot];
        for (int i = readings.Length - 1; i >= 0; i--)
        {
            if (readings[i].OccurredAt <= then) return then - readings[i].OccurredAt <= catalog.Metrics[slot].MaximumAge ? readings[i] : null;
        }

        return null;
    }

    private CelValue Unusable(int slot) => dossier.Metrics[slot].IsEmpty ? missing.Metrics[slot].AbsentFor(dossier.Supplier) : missing.Metrics[slot].Absent;

    private CelValue Fold(int slot, TimeSpan window, double seed, Func<double, double, double> add, Func<double, int, double> finish)
    {
        CelValue now = Get(slot);
        if (now.IsFailure) return now;
        double result = seed;
        int count = 0;
        foreach (MetricSignal reading in dossier.Metrics[slot])
        {
            if (dossier.AsOf - reading.OccurredAt > window) continue;
            result = add(result, reading.Value);
            count++;
        }

        return count == 0 ? missing.Metrics[slot].Absent : CelValue.OfDouble(finish(result, count));
    }
}
