using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Rules.Suppliers;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>Stored suppliers to objects. Keeps one copy of the texts that come again and again (owners, countries, column names), so that large portfolios stay small.</summary>
/// <remarks>One for each query; not for several threads.</remarks>
internal sealed class SupplierReader
{
    private readonly StoreJson json;

    public SupplierReader()
    {
        var options = new JsonSerializerOptions(StoreJson.Default.Options) { TypeInfoResolver = null };
        options.Converters.Insert(0, new SharedTexts());
        json = new StoreJson(options);
    }

    public Supplier Read(byte[] content) => JsonSerializer.Deserialize(content, json.Supplier)!;

    private sealed class SharedTexts : JsonConverter<string>
    {
        private const int LongestShared = 40, MostShared = 20_000;

        private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> texts = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // An escaped text is never longer than its escape.
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > LongestShared) return reader.GetString();
            Span<char> copied = stackalloc char[LongestShared];
            ReadOnlySpan<char> text = copied[..reader.CopyString(copied)];
            if (texts.TryGetValue(text, out string? known)) return known;
            string made = text.ToString();
            if (texts.Dictionary.Count < MostShared) texts.Dictionary.Add(made, made);
            return made;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
