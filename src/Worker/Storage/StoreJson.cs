using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Identity;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage;

/// <summary>How stored documents are written. A change of a written type needs a migration: what is absent in old rows is read as null or zero.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SupplierIdConverter), typeof(SourceIdConverter), typeof(OrdinalTextsConverter)])]
[JsonSerializable(typeof(Supplier))]
[JsonSerializable(typeof(Assessment))]
[JsonSerializable(typeof(SupplierState))]
[JsonSerializable(typeof(PortfolioRuleState))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertGroupState))]
[JsonSerializable(typeof(ImmutableArray<RegisteredEntity>))]
[JsonSerializable(typeof(ImmutableArray<ScreenedFile>))]
[JsonSerializable(typeof(ComparedFields))]
[JsonSerializable(typeof(MatchContent))]
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class StoreJson : JsonSerializerContext;

internal sealed class SupplierIdConverter : JsonConverter<SupplierId>
{
    public override SupplierId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, SupplierId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

internal sealed class SourceIdConverter : JsonConverter<SourceId>
{
    public override SourceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, SourceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>Sorted texts with the ordinal comparer; the built-in converter would take the culture's.</summary>
internal sealed class OrdinalTextsConverter : JsonConverter<ImmutableSortedDictionary<string, string>>
{
    public override ImmutableSortedDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An object of texts was expected.");
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            texts[name] = reader.GetString() ?? "";
        }

        return texts.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string name, string text) in value) writer.WriteString(name, text);
        writer.WriteEndObject();
    }
}
