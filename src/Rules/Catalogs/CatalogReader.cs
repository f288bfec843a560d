using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Signals;

namespace Risk.Rules.Catalogs;

/// <summary>Reads the workspace's catalog/1 file (RULES.md 4.1) against what the connectors define.</summary>
/// <remarks>
/// A name that a connector defines too must mean the same: type and unit agree, range and maximum age are the connector's or narrower, and then the narrower holds.
/// Codes: K001 unknown key, K002 missing key, K003 wrong value, K010 wrong schema, K011 name that rules cannot write, K012 other meaning than the connector's,
/// K013 source that does not supply it, K014 unknown label, K015 unit that does not fit the range.
/// </remarks>
public static class CatalogReader
{
    public const string Schema = "catalog/1";

    private static readonly string[] Words = ["true", "false", "null", "in"];

    /// <summary>What could be read; problems are in the bag.</summary>
    public static WorkspaceCatalog Read(Document document, ConnectorNames connectors, DiagnosticBag diagnostics)
    {
        if (document.Root is null) return WorkspaceCatalog.Empty;
        var file = new CatalogFile(new MappingReader(document, document.Root, diagnostics, 'K'), connectors);
        return file.Read();
    }

    /// <summary>Two words for one thing: 0.95 of something.</summary>
    private static string Unit(string unit) => unit == "share" ? "ratio" : unit;

    private static string Text(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0.##}d");

    private static string Text(double low, double high) => string.Create(CultureInfo.InvariantCulture, $"[{low}, {high}]");

    private sealed class CatalogFile(MappingReader reader, ConnectorNames connectors)
    {
        private readonly ImmutableArray<KeyValuePair<string, SourceId>>.Builder suppliedBy = ImmutableArray.CreateBuilder<KeyValuePair<string, SourceId>>();

        public WorkspaceCatalog Read()
        {
            _ = reader.Text("$schema");
            if (reader.RequiredScalar("schema") is { } schema && schema.Text != Schema) reader.Error("010", $"the schema of this file must be '{Schema}', not '{schema.Text}'", schema);
            ImmutableArray<MetricDefinition> metrics = [.. Items("metrics", "a metric").Select(i => Metric(i.Name, i.Item)).OfType<MetricDefinition>()];
            ImmutableArray<FactDefinition> facts = [.. Items("facts", "a fact").Select(i => Fact(i.Name, i.Item)).OfType<FactDefinition>()];
            ImmutableArray<FeedDefinition> feeds = [.. Items("feeds", "a feed").Select(i => Feed(i.Name.Text, i.Name, i.Item)).OfType<FeedDefinition>()];
            if (reader.Child("certificates") is { } certificates)
            {
                if (Feed(CertificateFeed.Name, certificates.Mapping, certificates) is { } feed) feeds = feeds.Add(feed);
            }

            Labels();
            reader.RejectUnknownKeys("a catalog");
            return new WorkspaceCatalog(metrics, facts, feeds, suppliedBy.ToImmutable());
        }

        private MetricDefinition? Metric(ScalarNode name, MappingReader item)
        {
            MetricType? type = item.Require("type") ? item.Choice<MetricType>("type", ("double", MetricType.Double), ("int", MetricType.Int)) : null;
            (double Low, double High)? range = item.Require("range") ? Range(item) : null;
            string unit = item.Text("unit") ?? "";
            TimeSpan? age = Age(item);
            string about = item.Text("about") ?? "";
            Source(item, "metrics." + name.Text);
            item.RejectUnknownKeys("a metric");
            if (type is null || range is not var (low, high) || age is null) return null;
            if (type == MetricType.Int && (low != Math.Floor(low) || high != Math.Floor(high))) item.Error("003", "the range of a metric of type int has whole numbers", item.PlaceOf("range"));
            if (Unit(unit) == "ratio" && high == 100) item.Warning("015", $"a {unit} of 95 % is 0.95; for a range up to 100 write 'unit: points' or leave the unit out", item.PlaceOf("range"));
            var definition = new MetricDefinition(name.Text, type.Value, low, high, age.Value, unit, about);
            MetricDefinition? known = connectors.Metrics.FirstOrDefault(m => m.Name == name.Text);
            if (known is null) return definition;
            string by = DefinedBy("metrics." + name.Text);
            if (known.Type != definition.Type) Differs(item, "type", $"metric '{name.Text}' is of type {Lower(known.Type)} in {by}, not {Lower(definition.Type)}");
            if (unit.Length > 0 && known.Unit.Length > 0 && Unit(known.Unit) != Unit(unit)) Differs(item, "unit", $"metric '{name.Text}' is in '{known.Unit}' in {by}, not in '{unit}'");
            if (low < known.Minimum || high > known.Maximum)
                Differs(item, "range", $"the range {Text(low, high)} of metric '{name.Text}' goes beyond {Text(known.Minimum, known.Maximum)} of {by}; make it narrower, or leave it as it is there");
            CheckAge(item, $"metric '{name.Text}'", age.Value, known.MaximumAge, by);
            return definition with { Unit = known.Unit.Length > 0 ? known.Unit : unit, About = about.Length > 0 ? about : known.About };
        }

        private FactDefinition? Fact(ScalarNode name, MappingReader item)
        {
            FactType? type = item.Require("type") ? item.Choice<FactType>("type", ("string", FactType.Text), ("bool", FactType.Bool), ("int", FactType.Int), ("timestamp", FactType.Timestamp)) : null;
            TimeSpan? age = Age(item);
            string about = item.Text("about") ?? "";
            Source(item, "facts." + name.Text);
            item.RejectUnknownKeys("a fact");
            if (type is null || age is null) return null;
            var definition = new FactDefinition(name.Text, type.Value, age.Value, about);
            if (connectors.Facts.FirstOrDefault(f => f.Name == name.Text) is not { } known) return definition;
            string by = DefinedBy("facts." + name.Text);
            if (known.Type != definition.Type) Differs(item, "type", $"fact '{name.Text}' is of type {Word(known.Type)} in {by}, not {Word(definition.Type)}");
            CheckAge(item, $"fact '{name.Text}'", age.Value, known.MaximumAge, by);
            return definition with { About = about.Length > 0 ? about : known.About };
        }

        private FeedDefinition? Feed(string name, DocumentNode place, MappingReader item)
        {
            TimeSpan? age = Age(item);
            string about = item.Text("about") ?? "";
            Source(item, "events." + name);
            item.RejectUnknownKeys(place is ScalarNode ? "a feed" : "'certificates'");
            if (age is null) return null;
            if (connectors.Feeds.FirstOrDefault(f => f.Name == name) is not { } known) return new FeedDefinition(name, age.Value, about);
            CheckAge(item, $"feed '{name}'", age.Value, known.MaximumAge, DefinedBy("events." + name));
            return new FeedDefinition(name, age.Value, about.Length > 0 ? about : known.About);
        }

        private void Labels()
        {
            foreach (DocumentNode item in reader.Sequence("labels"))
            {
                if (item is not ScalarNode label) reader.Wrong("labels", item, "a list of names");
                else if (!AlertLabels.Names.Contains(label.Text))
                    reader.Error("014", $"alerts have no label '{label.Text}'{Suggestion.For(label.Text, AlertLabels.Names)}", label);
            }
        }

        private static (double Low, double High)? Range(MappingReader item)
        {
            if (item.Sequence("range") is [ScalarNode low, ScalarNode high] && DocumentReading.TryDouble(low, out double minimum) && DocumentReading.TryDouble(high, out double maximum)
                && double.IsFinite(minimum) && double.IsFinite(maximum) && minimum < maximum)
                return (minimum, maximum);
            item.Wrong("range", item.PlaceOf("range"), "two numbers [lowest, highest]");
            return null;
        }

        private static TimeSpan? Age(MappingReader item)
        {
            if (!item.Require("max_age") || item.Duration("max_age") is not { } age) return null;
            if (age > TimeSpan.Zero) return age;
            item.Wrong("max_age", item.PlaceOf("max_age"), "longer than nothing: how old a reading may be and still count");
            return null;
        }

        private void Source(MappingReader item, string path)
        {
            if (item.RequiredScalar("source") is not { } scalar) return;
            var source = new SourceId(scalar.Text);
            bool supplies = !connectors.Sources.Contains(source) || connectors.DefinedBy[path].Contains(source)
                || (path.StartsWith("metrics.", StringComparison.Ordinal) && connectors.TakingOwnMetrics.Contains(source));
            if (supplies) suppliedBy.Add(KeyValuePair.Create(path, source));
            else if (connectors.DefinedBy[path].Any())
                item.Warning("013", $"source '{source}' does not supply {path}; it comes from {string.Join(" and ", connectors.DefinedBy[path])}", scalar);
            else
            {
                string others = path.StartsWith("metrics.", StringComparison.Ordinal) && !connectors.TakingOwnMetrics.IsEmpty
                    ? $"; metrics of your own come from {string.Join(" or ", connectors.TakingOwnMetrics)}" : "";
                item.Error("013", $"source '{source}' does not supply {path}{others}", scalar);
            }
        }

        private static void CheckAge(MappingReader item, string what, TimeSpan age, TimeSpan known, string by)
        {
            if (age > known) Differs(item, "max_age", $"{what} counts for {Text(age)} here, but for {Text(known)} at most in {by}; make it shorter, or leave it as it is there");
        }

        private string DefinedBy(string path) => "source " + string.Join(" and ", connectors.DefinedBy[path]);

        private static void Differs(MappingReader item, string key, string message) => item.Error("012", message, item.PlaceOf(key));

        private IEnumerable<(ScalarNode Name, MappingReader Item)> Items(string key, string what)
        {
            foreach (MappingEntry entry in reader.Entries(key))
            {
                if (!IsName(entry.Key.Text)) reader.Error("011", $"rules cannot name {what} '{entry.Key.Text}'; write lower-case letters, digits and '_', a letter first", entry.Key);
                else if (entry.Value is MappingNode mapping) yield return (entry.Key, reader.Of(mapping));
                else reader.Wrong(entry.Key.Text, entry.Value, "a mapping with max_age and source");
            }
        }

        private static bool IsName(string text) =>
            text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !Words.Contains(text);

        private static string Lower(MetricType type) => type == MetricType.Int ? "int" : "double";

        private static string Word(FactType type) => type switch
        {
            FactType.Bool => "bool",
            FactType.Int => "int",
            FactType.Timestamp => "timestamp",
            _ => "string",
        };
    }
}
