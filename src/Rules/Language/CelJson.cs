using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>Values from and to JSON, for bindings and results of <c>risk eval</c>.</summary>
public static class CelJson
{
    /// <summary>Lists within lists that a typed value may have; comparing and printing recurse over them.</summary>
    private const int MaximumDepth = 100;

    private static readonly CelValue NotUnicode = CelValue.Error("a text is not valid Unicode");
    private static readonly CelValue OutOfRange = CelValue.Error("a number is out of range");
    private static readonly CelValue TooDeep = CelValue.Error($"the value is nested more than {MaximumDepth} levels deep");

    /// <summary>Plain JSON: whole numbers as int, others as double, objects as maps. What cannot be held is an error in its place.</summary>
    public static CelValue FromJson(JsonElement element) => FromJson(element, 0);

    private static CelValue FromJson(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return CelValue.Of(element.ValueKind == JsonValueKind.True);
            case JsonValueKind.String:
                return TextOf(element) is { } text ? CelValue.Text(text) : NotUnicode;
            case JsonValueKind.Number:
                return element.TryGetInt64(out long whole) ? CelValue.Of(whole) : element.TryGetDouble(out double number) && double.IsFinite(number) ? CelValue.OfDouble(number) : OutOfRange;
            case JsonValueKind.Array or JsonValueKind.Object when depth >= MaximumDepth:
                return TooDeep;
            case JsonValueKind.Array:
                return CelValue.List([.. element.EnumerateArray().Select(i => FromJson(i, depth + 1))]);
            case JsonValueKind.Object:
                JsonProperty[] properties = [.. element.EnumerateObject()];
                if (properties.Any(p => NameOf(p) is null)) return NotUnicode;
                return CelValue.Map(new CelMap(properties.Select(p => KeyValuePair.Create(CelValue.Text(p.Name), FromJson(p.Value, depth + 1)))));
            default:
                return CelValue.Null;
        }
    }

    /// <summary>The text of a JSON string; null for anything else, half surrogate pairs and bytes that are not UTF-8 included.</summary>
    internal static string? TextOf(JsonElement element) => element.ValueKind == JsonValueKind.String ? Decoded(element, static e => e.GetString()) : null;

    /// <summary>A property's name; null when it is not valid Unicode.</summary>
    internal static string? NameOf(JsonProperty property) => Decoded(property, static p => p.Name);

    private static string? Decoded<T>(T part, Func<T, string?> read)
    {
        try
        {
            return read(part);
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for text that is not Unicode; it has no way to ask before.
            return null;
        }
    }

    /// <summary>Whether the element is an object that has the property.</summary>
    internal static bool Has(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value);
    }

    /// <summary>The typed form <c>{"int":"5"}</c>, <c>{"list":[...]}</c>, <c>{"map":[[k,v],...]}</c>, <c>{"timestamp":"RFC 3339"}</c>.</summary>
    /// <returns>False when the element is not in that form.</returns>
    public static bool TryFromTyped(JsonElement element, out CelValue value) => TryFromTyped(element, 0, out value);

    private static bool TryFromTyped(JsonElement element, int depth, out CelValue value)
    {
        value = default;
        if (depth > MaximumDepth || element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() != 1) return false;
        JsonProperty property = element.EnumerateObject().First();
        JsonElement content = property.Value;
        string? text = content.ValueKind == JsonValueKind.Number ? content.GetRawText() : content.ValueKind == JsonValueKind.String ? TextOf(content) : "";
        if (text is null) return false;
        switch (NameOf(property))
        {
            case "null":
                return content.ValueKind == JsonValueKind.Null;
            case "bool":
                value = CelValue.Of(content.ValueKind == JsonValueKind.True);
                return content.ValueKind is JsonValueKind.True or JsonValueKind.False;
            case "int":
                bool isInt = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole);
                value = CelValue.Of(whole);
                return isInt;
            case "uint":
                bool isUint = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong natural);
                value = CelValue.OfUint(natural);
                return isUint;
            case "double":
                return TryDouble(text, out value);
            case "string":
                value = CelValue.Text(text);
                return content.ValueKind == JsonValueKind.String;
            case "bytes":
                if (content.ValueKind != JsonValueKind.String || !content.TryGetBytesFromBase64(out byte[]? bytes)) return false;
                value = CelValue.Bytes([.. bytes]);
                return true;
            case "timestamp":
                return TimeMath.TryParseTimestamp(text, out value);
            case "duration":
                return TimeMath.TryParseDuration(text, out value);
            case "type":
                CelType? type = TypeNames.Find(text);
                if (type is not null) value = CelValue.Type(type);
                return type is not null;
            case "list":
                return TryList(content, depth + 1, out value);
            case "map":
                return TryMap(content, depth + 1, out value);
            default:
                return false;
        }
    }

    private static bool TryDouble(string text, out CelValue value)
    {
        double? number = text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null,
        };
        value = CelValue.OfDouble(number ?? 0);
        return number is not null;
    }

    private static bool TryList(JsonElement content, int depth, out CelValue value)
    {
        value = default;
        if (content.ValueKind != JsonValueKind.Array) return false;
        var items = ImmutableArray.CreateBuilder<CelValue>();
        foreach (JsonElement item in content.EnumerateArray())
        {
            if (!TryFromTyped(item, depth, out CelValue parsed)) return false;
            items.Add(parsed);
        }

        value = CelValue.List(new CelList(items.ToImmutable()));
        return true;
    }

    private static bool TryMap(JsonElement content, int depth, out CelValue value)
    {
        value = default;
        if (content.ValueKind != JsonValueKind.Array) return false;
        var entries = new List<KeyValuePair<CelValue, CelValue>>();
        foreach (JsonElement entry in content.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2) return false;
            if (!TryFromTyped(entry[0], depth, out CelValue key) || !TryFromTyped(entry[1], depth, out CelValue item)) return false;
            entries.Add(KeyValuePair.Create(key, item));
        }

        value = CelValue.Map(new CelMap(entries));
        return true;
    }

    /// <summary>The typed form; failures as <c>{"error":"..."}</c> and <c>{"missing":["metrics.otd: stale"]}</c>.</summary>
    public static JsonNode ToTyped(CelValue value)
    {
        (string kind, JsonNode? content) = value.Kind switch
        {
            CelValueKind.Bool => ("bool", JsonValue.Create(value.AsBool)),
            CelValueKind.Int => ("int", Text(value)),
            CelValueKind.Uint => ("uint", Text(value)),
            CelValueKind.Double => ("double", JsonValue.Create(value.AsDouble == 0 && double.IsNegative(value.AsDouble) ? "-0" : Printing.Number(value.AsDouble))),
            CelValueKind.Text => ("string", Text(value)),
            CelValueKind.Bytes => ("bytes", JsonValue.Create(Convert.ToBase64String(value.AsBytes.AsSpan()))),
            CelValueKind.Timestamp => ("timestamp", Text(value)),
            CelValueKind.Duration => ("duration", Text(value)),
            CelValueKind.List => ("list", new JsonArray([.. value.AsList.Items.Select(ToTyped)])),
            CelValueKind.Map => ("map", new JsonArray([.. value.AsMap.Entries.Select(e => new JsonArray(ToTyped(e.Key), ToTyped(e.Value)))])),
            CelValueKind.Type => ("type", Text(value)),
            CelValueKind.Optional => ("optional", value.HasValue ? ToTyped(value.AsOptional) : null),
            CelValueKind.Object => ("object", Text(value)),
            CelValueKind.Missing => ("missing", Inputs(value)),
            CelValueKind.Error => ("error", JsonValue.Create(value.ErrorText)),
            _ => ("null", (JsonNode?)null),
        };
        var typed = new JsonObject { [kind] = content };
        if (value.IsError && !value.MissingInputs.IsEmpty) typed["missing"] = Inputs(value);
        return typed;
    }

    private static JsonValue Text(CelValue value) => JsonValue.Create(Printing.Plain(value));

    private static JsonArray Inputs(CelValue value) => new([.. value.MissingInputs.Select(i => (JsonNode)JsonValue.Create(i))]);

    /// <summary>Plain JSON, as a reader expects it; failures as in the typed form. Numbers that JSON has not are texts.</summary>
    public static JsonNode? ToJson(CelValue value) => value.Kind switch
    {
        CelValueKind.Null => null,
        CelValueKind.Bool => JsonValue.Create(value.AsBool),
        CelValueKind.Int => JsonValue.Create(value.AsInt),
        CelValueKind.Uint => JsonValue.Create(value.AsUint),
        CelValueKind.Double => double.IsFinite(value.AsDouble) ? JsonValue.Create(value.AsDouble) : Text(value),
        CelValueKind.Bytes => JsonValue.Create(Convert.ToBase64String(value.AsBytes.AsSpan())),
        CelValueKind.List => new JsonArray([.. value.AsList.Items.Select(ToJson)]),
        CelValueKind.Map => new JsonObject(value.AsMap.Entries.Select(e => KeyValuePair.Create(Printing.Plain(e.Key), ToJson(e.Value))).DistinctBy(e => e.Key, StringComparer.Ordinal)),
        CelValueKind.Optional => value.HasValue ? ToJson(value.AsOptional) : null,
        CelValueKind.Missing or CelValueKind.Error => ToTyped(value),
        _ => Text(value),
    };
}
