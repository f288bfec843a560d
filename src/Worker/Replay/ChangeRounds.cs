using Risk.Rules.Catalogs;
using Risk.Rules.Signals;
using Risk.Worker.Storage;

namespace Risk.Worker.Replay;

/// <summary>Changes that came together; the supplier is assessed once, after the last of them.</summary>
internal readonly record struct ChangeRound(DateTimeOffset First, DateTimeOffset Last);

/// <summary>When something about a supplier changed.</summary>
/// <remarks>
/// As in the worker, a signal and a changed portfolio row are reasons to look again. A check is one only when it ends a time without: as long as a source is checked
/// in time, a check says that nothing changed. Sources are pulled one after the other, and between the first and the last of them a supplier is half known: changes
/// within <see cref="Quiet"/> of each other are one round.
/// </remarks>
internal sealed class ChangeRounds
{
    /// <summary>A round ends when nothing came for this long, and after <see cref="Longest"/> in any case.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10), Longest = TimeSpan.FromHours(1);

    private readonly Catalog catalog;
    private readonly ReplayPeriod period;

    /// <summary>By source, the shortest of the maximum ages of what it supplies; none for sources of readings only, which age by their own time.</summary>
    private readonly Dictionary<SourceId, TimeSpan> patience = [];

    public ChangeRounds(Catalog catalog, ReplayPeriod period)
    {
        this.catalog = catalog;
        this.period = period;
        foreach ((string path, TimeSpan age) in catalog.Facts.Select(f => ("facts." + f.Name, f.MaximumAge)).Concat(catalog.Feeds.Select(f => ("events." + f.Name, f.MaximumAge))))
        {
            foreach (SourceCoverage source in catalog.SourcesFor(path))
            {
                if (!patience.TryGetValue(source.Source, out TimeSpan known) || age < known) patience[source.Source] = age;
            }
        }
    }

    /// <summary>Rounds of one supplier, rising; the first is the start of the period if the supplier was in the portfolio then.</summary>
    public List<ChangeRound> Of(SupplierHistory history, IReadOnlyList<SourceCheck> wholeChecks)
    {
        var instants = new List<DateTimeOffset>();
        foreach (SupplierVersion version in history.Versions)
        {
            instants.Add(version.From < period.From ? period.From : version.From);
            if (version.Until is { } until && until <= period.To) instants.Add(until);
            AddEndsOfGaps(wholeChecks.Where(c => c.At >= version.IdentitySince && c.At >= version.From && !(c.At >= version.Until)), instants);
        }

        foreach (Signal signal in history.Signals)
        {
            if (signal.ObservedAt > period.From && catalog.Sources.ContainsKey(signal.Source)) instants.Add(signal.ObservedAt);
        }

        AddEndsOfGaps(history.Checks, instants);
        instants.Sort();
        return Together(instants);
    }

    private void AddEndsOfGaps(IEnumerable<SourceCheck> checks, List<DateTimeOffset> instants)
    {
        var last = new Dictionary<SourceId, DateTimeOffset>();
        foreach (SourceCheck check in checks)
        {
            if (!patience.TryGetValue(check.Source, out TimeSpan longest)) continue;
            bool endsGap = !last.TryGetValue(check.Source, out DateTimeOffset before) || check.At - before > longest;
            last[check.Source] = check.At;
            if (endsGap && check.At > period.From) instants.Add(check.At);
        }
    }

    private static List<ChangeRound> Together(List<DateTimeOffset> instants)
    {
        var rounds = new List<ChangeRound>();
        foreach (DateTimeOffset at in instants)
        {
            if (rounds.Count > 0 && at - rounds[^1].Last <= Quiet && at - rounds[^1].First <= Longest) rounds[^1] = rounds[^1] with { Last = at };
            else rounds.Add(new ChangeRound(at, at));
        }

        return rounds;
    }
}
