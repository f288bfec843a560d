using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Evaluation;
using Risk.Rules.Language;
using Risk.Rules.Scoring;
using Risk.Rules.Suppliers;

namespace Risk.Rules.RulePacks;

/// <summary>Weights for suppliers that meet a condition.</summary>
internal sealed record ConditionalWeights(CelExpression When, ImmutableArray<decimal> Weights);

/// <summary>Reads a scoring/1 file.</summary>
/// <param name="scope">The pack whose lists and vars <c>weights_when</c> may name.</param>
internal sealed class ScoringReader(MappingReader reader, PackScope scope, DateTimeOffset? at)
{
    private static readonly (string Name, Band Band)[] Bands =
        [("low", Band.Low), ("guarded", Band.Guarded), ("elevated", Band.Elevated), ("high", Band.High), ("critical", Band.Critical)];

    public (ScoringPolicy Policy, ImmutableArray<ConditionalWeights> WeightsWhen) Read()
    {
        _ = (reader.Text("schema"), reader.Text("$schema"));
        var policy = new ScoringPolicy { Categories = ReadCategories(), WorstCategoryShare = reader.Decimal("worst_category_share", 0, 1) ?? 0.8m };
        if (reader.Child("memory") is { } memory)
        {
            policy = policy with { MemoryHalfLife = memory.Duration("half_life") ?? policy.MemoryHalfLife, ForgetBelow = memory.Decimal("forget_below", 0.01m, 100) ?? policy.ForgetBelow };
            memory.RejectUnknownKeys("'memory'");
        }

        if (reader.Child("unknown") is { } unknown)
        {
            policy = policy with
            {
                UnknownShare = unknown.Decimal("share", 0, 1) ?? policy.UnknownShare,
                MinimumCoverage = unknown.Decimal("min_coverage", 0, 1) ?? policy.MinimumCoverage,
                CoverageFloor = unknown.Decimal("floor", 0, 100) ?? policy.CoverageFloor,
            };
            unknown.RejectUnknownKeys("'unknown'");
        }

        if (reader.Child("bands") is { } bands)
        {
            policy = policy with { BandMargin = bands.Decimal("margin", 0, 20) ?? policy.BandMargin, Edges = ReadEdges(bands) ?? policy.Edges };
            bands.RejectUnknownKeys("'bands'");
        }

        if (reader.Child("flapping") is { } flapping)
        {
            TimeSpan within = flapping.Duration("within") ?? policy.Flapping.Within;
            if (within < TimeSpan.FromHours(1) || within > TimeSpan.FromDays(366)) flapping.Error("019", "'within' must be from 1h to 366d", flapping.PlaceOf("within"));
            policy = policy with { Flapping = new FlapPolicy(flapping.Int("opens", 2, 20) ?? policy.Flapping.Opens, within) };
            flapping.RejectUnknownKeys("'flapping'");
        }

        policy = policy with { Overrides = ReadOverrides(policy) };
        ImmutableArray<ConditionalWeights> weights = ReadWeights(policy);
        reader.RejectUnknownKeys("a scoring file");
        return (policy, weights);
    }

    private ImmutableArray<CategoryPolicy> ReadCategories()
    {
        var categories = ImmutableArray.CreateBuilder<CategoryPolicy>();
        _ = reader.Require("categories");
        foreach (MappingEntry entry in reader.Entries("categories"))
        {
            if (entry.Value is not MappingNode mapping)
            {
                reader.Wrong(entry.Key.Text, entry.Value, "{weight: …, cap: …}");
                continue;
            }

            MappingReader item = reader.Of(mapping);
            categories.Add(new CategoryPolicy(entry.Key.Text, item.Require("weight") ? item.Decimal("weight", 0, 100) ?? 0 : 0, item.Decimal("cap", 0, 100) ?? 100));
            item.RejectUnknownKeys("a category");
        }

        if (categories.Count > 0 && categories.Sum(c => c.Weight) <= 0) reader.Error("019", "some category needs a weight above 0", reader.PlaceOf("categories"));
        return categories.ToImmutable();
    }

    private static ImmutableArray<BandEdge>? ReadEdges(MappingReader bands)
    {
        var edges = ImmutableArray.CreateBuilder<BandEdge>();
        foreach (MappingReader item in bands.Children("edges"))
        {
            foreach ((string name, Band band) in Bands)
            {
                if (item.Decimal(name, 0, 100) is { } from) edges.Add(new BandEdge(band, from));
            }

            item.RejectUnknownKeys("a band edge");
        }

        if (edges.Count == 0) return null;
        bool rises = edges[0].From == 0;
        for (int i = 1; i < edges.Count; i++) rises &= edges[i].From > edges[i - 1].From && edges[i].Band > edges[i - 1].Band;
        if (!rises) bands.Error("019", "the edges must begin at 0 and rise, from low to critical", bands.PlaceOf("edges"));
        return edges.ToImmutable();
    }

    private ImmutableArray<ScoreOverride> ReadOverrides(ScoringPolicy policy)
    {
        var overrides = ImmutableArray.CreateBuilder<ScoreOverride>();
        foreach (MappingReader item in reader.Children("overrides"))
        {
            string? supplier = item.RequiredText("supplier");
            string? category = item.RequiredText("category");
            decimal? value = item.Require("value") ? item.Decimal("value", 0, 100) : null;
            string? reason = item.RequiredText("reason");
            string? approvedBy = item.RequiredText("approved_by");
            DateTimeOffset? expires = item.Require("expires") ? item.InstantAfter("expires") : null;
            item.RejectUnknownKeys("an override");
            if (category is not null && policy.IndexOf(category) < 0) UnknownCategory(item, category, item.PlaceOf("category"), policy);
            if (at is not null && expires <= at) item.Warning("016", "the override has expired; take it out or renew it", item.PlaceOf("expires"));
            if (supplier is not null && category is not null && value is not null && reason is not null && approvedBy is not null && expires is not null)
                overrides.Add(new ScoreOverride(new SupplierId(supplier), category, value.Value, reason, approvedBy, expires.Value));
        }

        return overrides.ToImmutable();
    }

    private ImmutableArray<ConditionalWeights> ReadWeights(ScoringPolicy policy)
    {
        var cases = ImmutableArray.CreateBuilder<ConditionalWeights>();
        foreach (MappingReader item in reader.Children("weights_when"))
        {
            CelExpression? when = item.RequiredScalar("when") is { } scalar
                ? CelCompiler.Compile(scalar.Text, scope.Environment, CelType.Bool, item.Diagnostics, CelSource.Of(item.Document, scalar)) : null;
            var named = ImmutableSortedDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
            _ = item.Require("weights");
            foreach (MappingEntry entry in item.Entries("weights"))
            {
                if (policy.IndexOf(entry.Key.Text) < 0) UnknownCategory(item, entry.Key.Text, entry.Key, policy);
                else if (entry.Value is ScalarNode value && DocumentReading.TryDecimal(value, out decimal weight) && weight is >= 0 and <= 1) named[entry.Key.Text] = weight;
                else item.Wrong(entry.Key.Text, entry.Value, "a weight from 0 to 1");
            }

            item.RejectUnknownKeys("'weights_when'");
            if (named.Values.Sum() > 1) item.Error("019", "the weights named add up to more than 1", item.PlaceOf("weights"));
            if (when is not null) cases.Add(new ConditionalWeights(when, policy.Weights(named.ToImmutable())));
        }

        return cases.ToImmutable();
    }

    private static void UnknownCategory(MappingReader item, string category, DocumentNode at, ScoringPolicy policy) =>
        item.Error("020", $"no category '{category}' in the scoring file{Suggestion.For(category, policy.Categories.Select(c => c.Name))}", at);
}
