using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.RulePacks;
using Risk.Rules.Signals;

namespace Risk.Rules.Evaluation;

/// <summary>Which data an assessment needed and rests on, how fresh it is, and when it becomes stale.</summary>
/// <remarks>
/// The freshness factor of a reading is 1 up to 18 months and 0.5 beyond (statements older than that say half as much); that of a fact or feed is 1 while its
/// sources are fresh, else 0.5. The mean goes over the distinct inputs of the rules that were decided.
/// </remarks>
internal sealed class DataUse(Catalog catalog, Dossier dossier)
{
    private static readonly TimeSpan EighteenMonths = TimeSpan.FromDays(548);

    private readonly bool[] restsOn = new bool[catalog.Metrics.Length + catalog.Facts.Length + catalog.Feeds.Length];
    private readonly bool[] needs = new bool[catalog.Metrics.Length + catalog.Facts.Length + catalog.Feeds.Length];
    private int used;
    private decimal freshness;

    /// <summary>Something needed comes from a source that was not checked in time, or from readings that are too old.</summary>
    public bool IsDegraded { get; private set; }

    /// <summary>The first instant at which something needed becomes stale; null when nothing can.</summary>
    public DateTimeOffset? StaleAt { get; private set; }

    /// <summary>0 when nothing was used.</summary>
    public decimal MeanFreshness => used == 0 ? 0 : freshness / used;

    public void Need(RulePlan plan)
    {
        foreach (int slot in plan.Metrics)
        {
            ImmutableArray<MetricSignal> readings = dossier.Metrics[slot];
            if (!First(needs, slot) || readings.IsEmpty) continue;
            Ages(readings[^1].OccurredAt, catalog.Metrics[slot].MaximumAge);
        }

        foreach (int slot in plan.Facts)
        {
            if (First(needs, catalog.Metrics.Length + slot)) Ages(dossier.Facts[slot].Freshness, dossier.Facts[slot].CheckedAt, catalog.Facts[slot].MaximumAge);
        }

        foreach (int slot in plan.Feeds)
        {
            if (First(needs, catalog.Metrics.Length + catalog.Facts.Length + slot)) Ages(dossier.Feeds[slot].Freshness, dossier.Feeds[slot].CheckedAt, catalog.Feeds[slot].MaximumAge);
        }
    }

    public void Rest(RulePlan plan)
    {
        foreach (int slot in plan.Metrics)
        {
            ImmutableArray<MetricSignal> readings = dossier.Metrics[slot];
            if (!readings.IsEmpty && First(restsOn, slot)) Add(dossier.AsOf - readings[^1].OccurredAt <= EighteenMonths);
        }

        foreach (int slot in plan.Facts)
        {
            if (First(restsOn, catalog.Metrics.Length + slot)) Add(dossier.Facts[slot].Freshness == Freshness.Fresh);
        }

        foreach (int slot in plan.Feeds)
        {
            if (First(restsOn, catalog.Metrics.Length + catalog.Facts.Length + slot)) Add(dossier.Feeds[slot].Freshness == Freshness.Fresh);
        }
    }

    private static bool First(bool[] flags, int index)
    {
        if (flags[index]) return false;
        flags[index] = true;
        return true;
    }

    private void Add(bool isFresh)
    {
        used++;
        freshness += isFresh ? 1m : 0.5m;
    }

    private void Ages(Freshness state, DateTimeOffset? checkedAt, TimeSpan maximumAge)
    {
        if (state is Freshness.Stale or Freshness.NeverChecked) IsDegraded = true;
        else if (checkedAt is { } at) Ages(at, maximumAge);
    }

    private void Ages(DateTimeOffset from, TimeSpan maximumAge)
    {
        // Exactly the maximum age is still usable.
        DateTimeOffset stale = from + maximumAge + TimeSpan.FromSeconds(1);
        if (stale <= dossier.AsOf) IsDegraded = true;
        else if (StaleAt is null || stale < StaleAt) StaleAt = stale;
    }
}
