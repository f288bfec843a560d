using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Signals;

namespace Risk.Rules.RulePacks;

/// <summary>What a catalog/1 file adds to the names of the connectors' manifests.</summary>
/// <param name="SuppliedBy">Path (<c>metrics.x</c>) to source, as <see cref="Catalog"/> takes it.</param>
public sealed record CatalogAdditions(
    ImmutableArray<MetricDefinition> Metrics, ImmutableArray<FactDefinition> Facts, ImmutableArray<FeedDefinition> Feeds, ImmutableArray<KeyValuePair<string, SourceId>> SuppliedBy);

/// <summary>Reads a catalog/1 file (RULES.md 4.1).</summary>
public static class CatalogReader
{
    /// <summary>What could be read; problems are in the bag.</summary>
    public static CatalogAdditions Read(Document document, DiagnosticBag diagnostics)
    {
        var metrics = ImmutableArray.CreateBuilder<MetricDefinition>();
        var facts = ImmutableArray.CreateBuilder<FactDefinition>();
        var feeds = ImmutableArray.CreateBuilder<FeedDefinition>();
        var suppliedBy = ImmutableArray.CreateBuilder<KeyValuePair<string, SourceId>>();
        if (document.Root is not null)
        {
            var reader = new MappingReader(document, document.Root, diagnostics, 'R');
            _ = (reader.Text("schema"), reader.Text("$schema"));
            foreach ((string name, MappingReader item) in Items(reader, "metrics"))
            {
                MetricType type = item.Choice<MetricType>("type", ("double", MetricType.Double), ("int", MetricType.Int)) ?? MetricType.Double;
                ImmutableArray<DocumentNode> range = item.Sequence("range");
                if (range is [ScalarNode low, ScalarNode high] && DocumentReading.TryDouble(low, out double minimum) && DocumentReading.TryDouble(high, out double maximum) && minimum <= maximum)
                    metrics.Add(new MetricDefinition(name, type, minimum, maximum, Age(item), item.Text("unit") ?? "", item.Text("about") ?? ""));
                else item.Wrong("range", item.PlaceOf("range"), "two numbers [lowest, highest]");
                Finish(item, "metrics." + name, "a metric", suppliedBy);
            }

            foreach ((string name, MappingReader item) in Items(reader, "facts"))
            {
                FactType type = item.Choice<FactType>("type", ("string", FactType.Text), ("bool", FactType.Bool), ("int", FactType.Int), ("timestamp", FactType.Timestamp)) ?? FactType.Text;
                facts.Add(new FactDefinition(name, type, Age(item), item.Text("about") ?? ""));
                Finish(item, "facts." + name, "a fact", suppliedBy);
            }

            foreach ((string name, MappingReader item) in Items(reader, "feeds"))
            {
                feeds.Add(new FeedDefinition(name, Age(item), item.Text("about") ?? ""));
                Finish(item, "events." + name, "a feed", suppliedBy);
            }

            reader.RejectUnknownKeys("a catalog");
        }

        return new CatalogAdditions(metrics.ToImmutable(), facts.ToImmutable(), feeds.ToImmutable(), suppliedBy.ToImmutable());
    }

    private static TimeSpan Age(MappingReader item) => (item.Require("max_age") ? item.Duration("max_age") : null) ?? TimeSpan.Zero;

    private static void Finish(MappingReader item, string path, string what, ImmutableArray<KeyValuePair<string, SourceId>>.Builder suppliedBy)
    {
        _ = (item.Text("unit"), item.Text("about"));
        if (item.RequiredText("source") is { } source) suppliedBy.Add(KeyValuePair.Create(path, new SourceId(source)));
        item.RejectUnknownKeys(what);
    }

    private static IEnumerable<(string Name, MappingReader Item)> Items(MappingReader reader, string key)
    {
        foreach (MappingEntry entry in reader.Entries(key))
        {
            if (entry.Value is MappingNode mapping) yield return (entry.Key.Text, reader.Of(mapping));
            else reader.Wrong(entry.Key.Text, entry.Value, "a mapping with max_age and source");
        }
    }
}
