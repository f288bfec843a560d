using System.Collections.Immutable;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;

namespace Risk.Rules.Scoring;

/// <param name="Weight">As the file has it; the weights are normalised to a sum of 1.</param>
/// <param name="Cap">The most points the category can have, up to 100.</param>
public sealed record CategoryPolicy(string Name, decimal Weight, decimal Cap);

/// <summary>A score that a person set for one category of one supplier.</summary>
/// <param name="ExpiresAt">The first instant at which it no longer counts.</param>
public sealed record ScoreOverride(SupplierId Supplier, string Category, decimal Value, string Reason, string ApprovedBy, DateTimeOffset ExpiresAt);

/// <param name="From">The lowest total of the band.</param>
public sealed record BandEdge(Band Band, decimal From);

/// <summary>A finding flaps from its opening number <paramref name="Opens"/> within the window, until at most one opening is left in it.</summary>
/// <remarks>
/// The default follows Nagios, which keeps 20 state changes and calls a service flapping above 20 % of changes until below 5 % (nagios.cfg: high_service_flap_threshold 20,
/// low_service_flap_threshold 5): the third opening is the fifth change, and one opening is one change. The window is a month instead of 21 checks, for supplier data comes daily
/// at best.
/// </remarks>
/// <param name="Opens">2 to 20.</param>
public sealed record FlapPolicy(int Opens, TimeSpan Within)
{
    /// <summary>Whether it flaps, given the openings within the window.</summary>
    public bool IsFlapping(int openings, bool before) => openings >= Opens || (before && openings > 1);
}

/// <summary>How findings become a score (RULES.md 4.6): what a scoring/1 file says. Immutable.</summary>
/// <remarks>Scores run from 0 (no known risk) to 100 (worst).</remarks>
public sealed record ScoringPolicy
{
    /// <summary>In file order; an assessment lists its categories in it.</summary>
    public required ImmutableArray<CategoryPolicy> Categories { get; init; }

    /// <summary>Share of the worst category's score that the total has at least.</summary>
    public decimal WorstCategoryShare { get; init; } = 0.8m;

    /// <summary>After how long a resolved finding has half its points.</summary>
    public TimeSpan MemoryHalfLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Faded points below this are forgotten.</summary>
    public decimal ForgetBelow { get; init; } = 1m;

    /// <summary>Share of its points that an undecided rule adds.</summary>
    public decimal UnknownShare { get; init; } = 0.3m;

    /// <summary>Coverage below which the band is "insufficient data".</summary>
    public decimal MinimumCoverage { get; init; } = 0.7m;

    /// <summary>Lowest total below <see cref="MinimumCoverage"/>.</summary>
    public decimal CoverageFloor { get; init; } = 25m;

    /// <summary>How far the total must be beyond an edge before the band changes.</summary>
    public decimal BandMargin { get; init; } = 3m;

    /// <summary>By rising edge; the first is 0.</summary>
    public ImmutableArray<BandEdge> Edges { get; init; } =
        [new(Band.Low, 0), new(Band.Guarded, 25), new(Band.Elevated, 45), new(Band.High, 65), new(Band.Critical, 85)];

    public ImmutableArray<ScoreOverride> Overrides { get; init; } = [];

    /// <summary>When a finding counts as flapping.</summary>
    public FlapPolicy Flapping { get; init; } = new(3, TimeSpan.FromDays(30));

    /// <summary>The points that are left of a finding some time after it resolved; 0 once forgotten.</summary>
    public decimal Faded(decimal points, TimeSpan since)
    {
        if (points <= 0 || MemoryHalfLife <= TimeSpan.Zero) return 0;
        decimal left = decimal.Round(points * (decimal)Math.Pow(0.5, Math.Max(0, since / MemoryHalfLife)), 4);
        return left < ForgetBelow ? 0 : left;
    }

    /// <summary>The category's place in the file, or -1.</summary>
    public int IndexOf(string category)
    {
        for (int i = 0; i < Categories.Length; i++)
        {
            if (Categories[i].Name == category) return i;
        }

        return -1;
    }

    /// <summary>Weights in category order, normalised; <paramref name="named"/> replace their categories' weights and the others share the rest as before.</summary>
    public ImmutableArray<decimal> Weights(ImmutableSortedDictionary<string, decimal>? named = null)
    {
        decimal namedSum = 0, restSum = 0;
        foreach (CategoryPolicy category in Categories)
        {
            if (named is not null && named.TryGetValue(category.Name, out decimal weight)) namedSum += weight;
            else restSum += category.Weight;
        }

        decimal rest = named is null || named.IsEmpty ? 1m : Math.Max(0, 1m - namedSum);
        decimal total = namedSum + (restSum > 0 ? rest : 0);
        var weights = ImmutableArray.CreateBuilder<decimal>(Categories.Length);
        foreach (CategoryPolicy category in Categories)
        {
            decimal weight = named is not null && named.TryGetValue(category.Name, out decimal given) ? given : restSum > 0 ? category.Weight / restSum * rest : 0;
            weights.Add(total > 0 ? weight / total : 0);
        }

        return weights.MoveToImmutable();
    }
}
