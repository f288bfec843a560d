using System.Collections.Immutable;
using Risk.Rules.Catalogs;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Rules.Language;
using Risk.Rules.Signals;

namespace Risk.Connectors.Sdk.Declared;

/// <summary>Reads what a declared source gives: metrics, facts and events, each defined here or, identically, elsewhere.</summary>
internal sealed class GiftReader(MappingReader reader, CelEnvironment environment, ConnectorNames known)
{
    private static readonly string[] Words = ["true", "false", "null", "in"];
    private static readonly string[] Kinds = ["metric", "fact", "event"];

    public ImmutableArray<Gift> Read()
    {
        if (!reader.Require("gives")) return [];
        var gifts = ImmutableArray.CreateBuilder<Gift>();
        foreach (MappingReader item in reader.Children("gives"))
        {
            string[] kinds = [.. Kinds.Where(kind => item.Mapping[kind] is not null)];
            if (kinds.Length != 1) item.Error("002", "say what it is: metric: NAME, fact: NAME or event: NAME", item.Mapping);
            Gift? gift = kinds switch { ["metric"] => Metric(item), ["fact"] => Fact(item), ["event"] => Event(item), _ => null };
            if (kinds.Length == 1) item.RejectUnknownKeys($"a gift of the kind '{kinds[0]}'");
            if (gift is not null) gifts.Add(gift);
        }

        return gifts.ToImmutable();
    }

    private MetricGift? Metric(MappingReader item)
    {
        string? name = Name(item, "metric");
        CelExpression? value = Expression(item, "value", CelType.Double, isRequired: true), at = Expression(item, "at", CelType.Timestamp, isRequired: true), when = When(item);
        MetricType type = item.Choice<MetricType>("type", ("double", MetricType.Double), ("int", MetricType.Int)) ?? MetricType.Double;
        (double Low, double High)? range = Range(item);
        TimeSpan? age = item.Duration("max_age");
        string unit = item.Text("unit") ?? "", about = item.Text("about") ?? "";
        if (name is null || value is null || at is null) return null;
        if (known.Metrics.FirstOrDefault(m => m.Name == name) is { } there)
        {
            if ((item.Has("type") && there.Type != type) || (range is var (low, high) && (there.Minimum != low || there.Maximum != high)) || (age is { } own && own != there.MaximumAge) || (unit.Length > 0 && unit != there.Unit))
                Differs(item, "metric", "metrics." + name);
            return new MetricGift(there, value, when, at);
        }

        if (range is not var (minimum, maximum) || age is not { } maximumAge)
        {
            if (range is null && !item.Has("range")) item.Require("range");
            item.Require("max_age");
            return null;
        }

        return new MetricGift(new MetricDefinition(name, type, minimum, maximum, maximumAge, unit, about), value, when, at);
    }

    private FactGift? Fact(MappingReader item)
    {
        string? name = Name(item, "fact");
        FactType? type = item.Choice<FactType>("type", ("string", FactType.Text), ("bool", FactType.Bool), ("int", FactType.Int), ("timestamp", FactType.Timestamp));
        FactDefinition? there = known.Facts.FirstOrDefault(f => f.Name == name);
        FactType actual = there?.Type ?? type ?? FactType.Text;
        CelExpression? value = Expression(item, "value", TypeOf(actual), isRequired: true), at = Expression(item, "at", CelType.Timestamp), when = When(item);
        TimeSpan? age = item.Duration("max_age");
        string about = item.Text("about") ?? "";
        if (name is null || value is null) return null;
        if (there is not null)
        {
            if ((type is { } own && own != there.Type) || (age is { } ownAge && ownAge != there.MaximumAge)) Differs(item, "fact", "facts." + name);
            return new FactGift(there, value, when, at);
        }

        if (!item.Require("type") || !item.Require("max_age") || type is null || age is null) return null;
        return new FactGift(new FactDefinition(name, type.Value, age.Value, about), value, when, at);
    }

    private EventGift? Event(MappingReader item)
    {
        string? name = Name(item, "event");
        TimeSpan? age = item.Duration("max_age");
        string about = item.Text("about") ?? "";
        CelExpression? id = Expression(item, "id", CelType.Text, isRequired: true), type = Expression(item, "type", CelType.Text, isRequired: true), title = Expression(item, "title", CelType.Text, isRequired: true);
        CelExpression? severity = Expression(item, "severity", CelType.Int, isRequired: true), at = Expression(item, "at", CelType.Timestamp, isRequired: true), when = When(item);
        CelExpression? stage = Expression(item, "stage", CelType.Text), story = Expression(item, "story", CelType.Text), url = Expression(item, "url", CelType.Text);
        CelExpression? amount = Expression(item, "amount", CelType.Double), due = Expression(item, "due", CelType.Timestamp);
        if (name is null || id is null || type is null || title is null || severity is null || at is null) return null;
        FeedDefinition? feed = known.Feeds.FirstOrDefault(f => f.Name == name);
        if (feed is not null && age is { } own && own != feed.MaximumAge) Differs(item, "event", "events." + name);
        if (feed is null && item.Require("max_age") && age is not null) feed = new FeedDefinition(name, age.Value, about);
        return feed is null ? null : new EventGift(feed, id, type, title, severity, stage, story, url, amount, due, when, at);
    }

    private string? Name(MappingReader item, string key)
    {
        if (item.RequiredScalar(key) is not { } scalar) return null;
        string text = scalar.Text;
        bool fits = text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !Words.Contains(text);
        if (!fits) item.Error("003", $"rules cannot name '{text}'; write lower-case letters, digits and '_', a letter first", scalar);
        return fits ? text : null;
    }

    private CelExpression? When(MappingReader item) => Expression(item, "when", CelType.Bool);

    private CelExpression? Expression(MappingReader item, string key, CelType type, bool isRequired = false)
    {
        if (isRequired && !item.Require(key)) return null;
        return item.Scalar(key) is { } scalar ? CelCompiler.Compile(scalar.Text, environment, type, item.Diagnostics, CelSource.Of(item.Document, scalar)) : null;
    }

    private static (double Low, double High)? Range(MappingReader item)
    {
        if (!item.Has("range")) return null;
        if (item.Sequence("range") is [ScalarNode low, ScalarNode high] && DocumentReading.TryDouble(low, out double minimum) && DocumentReading.TryDouble(high, out double maximum) && minimum < maximum) return (minimum, maximum);
        item.Wrong("range", item.PlaceOf("range"), "two numbers [lowest, highest]");
        return null;
    }

    private void Differs(MappingReader item, string key, string path) =>
        item.Error("014", $"{path} is defined by {string.Join(" and ", known.DefinedBy[path])} in another way; leave type, range, unit and max_age out, and it is the same here", item.PlaceOf(key));

    private static CelType TypeOf(FactType type) => type switch
    {
        FactType.Bool => CelType.Bool,
        FactType.Int => CelType.Int,
        FactType.Timestamp => CelType.Timestamp,
        _ => CelType.Text,
    };
}
