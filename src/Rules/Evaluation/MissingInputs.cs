using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Dossiers;
using Risk.Rules.Language;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Evaluation;

/// <summary>Why an input is not known, in words made once for a catalog: <c>events.insolvency: no source covers it (needs cik or companies_house)</c>.</summary>
internal sealed class MissingInputs
{
    public MissingInputs(Catalog catalog)
    {
        Metrics = [.. catalog.Metrics.Select(m => new MissingInput("metrics." + m.Name, catalog))];
        Facts = [.. catalog.Facts.Select(f => new MissingInput("facts." + f.Name, catalog))];
        Feeds = [.. catalog.Feeds.Select(f => new MissingInput("events." + f.Name, catalog))];
    }

    public ImmutableArray<MissingInput> Metrics { get; }

    public ImmutableArray<MissingInput> Facts { get; }

    public ImmutableArray<MissingInput> Feeds { get; }
}

internal sealed class MissingInput
{
    private readonly ImmutableArray<SourceCoverage> sources;

    public MissingInput(string path, Catalog catalog)
        : this(path, catalog.SourcesFor(path))
    {
    }

    /// <param name="path">How it is called.</param>
    /// <param name="sources">Who supplies it.</param>
    public MissingInput(string path, ImmutableArray<SourceCoverage> sources)
    {
        this.sources = sources;
        string[] needs = [.. sources.Select(s => s.IdentifierScheme ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Absent = CelValue.Missing($"{path}: absent");
        Stale = CelValue.Missing($"{path}: stale");
        Invalid = CelValue.Missing($"{path}: invalid");
        NeverChecked = CelValue.Missing($"{path}: never checked");
        NoSource = CelValue.Missing($"{path}: no enabled source supplies it");
        NotCovered = CelValue.Missing($"{path}: no source covers it (needs {string.Join(" or ", needs)})");
    }

    public CelValue Absent { get; }

    public CelValue Stale { get; }

    public CelValue Invalid { get; }

    private CelValue NeverChecked { get; }

    private CelValue NoSource { get; }

    private CelValue NotCovered { get; }

    /// <summary>Nothing was ever said about the supplier: for want of a source, of an identifier, or of the reading.</summary>
    public CelValue AbsentFor(Supplier supplier)
    {
        if (sources.IsEmpty) return NoSource;
        foreach (SourceCoverage source in sources)
        {
            if (source.Covers(supplier)) return Absent;
        }

        return NotCovered;
    }

    public CelValue For(Freshness freshness) => freshness switch
    {
        Freshness.Stale => Stale,
        Freshness.NeverChecked => NeverChecked,
        Freshness.NotCovered => NotCovered,
        Freshness.NoSource => NoSource,
        _ => Absent,
    };
}
