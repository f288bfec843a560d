using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Reads JSON whose size was bounded when it was fetched.</summary>
internal static class BoundedJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <param name="name">Names the document in failures.</param>
    /// <exception cref="SourceFailureException">Malformed: names line and byte.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        if (!Utf8.IsValid(utf8.Span)) throw NotUtf8(name);
        try
        {
            // A byte order mark is no JSON, but publishers send it.
            return JsonDocument.Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, Options);
        }
        catch (JsonException e)
        {
            throw Broken(name, e);
        }
    }

    /// <summary>Streams the elements of the array in the root's named property, holding one at a time.</summary>
    /// <param name="name">Names the document in failures.</param>
    /// <param name="onProperty">Receives the root's other properties that come before the array.</param>
    /// <param name="maximumElement">Bytes that one element may take.</param>
    /// <exception cref="SourceFailureException">Malformed, an element over its bound, or no such array.</exception>
    public static IEnumerable<JsonElement> Elements(Stream stream, string property, string name, Action<string, JsonElement> onProperty, int maximumElement = 1024 * 1024)
    {
        using var window = new JsonWindow(stream, name, maximumElement);
        if (window.NextToken() != JsonTokenType.StartObject) throw new SourceFailureException(FailureKind.Malformed, $"{name} is no JSON object.");
        bool found = false;
        while (window.NextToken() == JsonTokenType.PropertyName)
        {
            string current = window.TokenText;
            if (current != property)
            {
                using JsonDocument value = window.NextValue() ?? throw new SourceFailureException(FailureKind.Malformed, $"{name} ends after '{current}'.");
                onProperty(current, value.RootElement);
                continue;
            }

            found = true;
            if (window.NextToken() != JsonTokenType.StartArray) throw new SourceFailureException(FailureKind.Malformed, $"'{property}' in {name} is no array.");
            while (window.NextValue() is { } element)
            {
                using (element) yield return element.RootElement;
            }
        }

        if (!found) throw new SourceFailureException(FailureKind.Malformed, $"{name} has no array '{property}'.");
    }

    /// <summary>The string in the object's named property; "" when there is none.</summary>
    /// <exception cref="SourceFailureException">Malformed: the string is half a character.</exception>
    public static string Text(JsonElement owner, string property)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(property, out JsonElement value) || value.ValueKind != JsonValueKind.String) return "";
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // The reader's way to say that a \uD800 stands alone.
            throw new SourceFailureException(FailureKind.Malformed, $"'{property}' holds half a surrogate pair.", e);
        }
    }

    /// <summary>The object's named member; of kind Undefined where there is none.</summary>
    public static JsonElement Member(JsonElement owner, string property) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(property, out JsonElement value) ? value : default;

    /// <summary>The elements of the object's named array; none where there is no such array.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement owner, string property) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>The property's name; a name that is no valid Unicode is told as such.</summary>
    public static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that half a surrogate pair stands alone.
            return "(no valid Unicode)";
        }
    }

    private static SourceFailureException NotUtf8(string name) => new(FailureKind.Malformed, $"{name} is not UTF-8 throughout.");

    private static SourceFailureException Broken(string name, JsonException e) => new(
        FailureKind.Malformed,
        string.Create(CultureInfo.InvariantCulture, $"{name} is no valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}."),
        e);

    /// <summary>The part of the stream that is being parsed.</summary>
    private sealed class JsonWindow(Stream stream, string name, int maximumElement) : IDisposable
    {
        private byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        private int length;
        private int position;
        private bool isFinal;
        private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = 64 });

        /// <summary>The last property name read, as it is written.</summary>
        public string TokenText { get; private set; } = "";

        public JsonTokenType NextToken()
        {
            while (true)
            {
                try
                {
                    var reader = new Utf8JsonReader(buffer.AsSpan(position, length - position), isFinal, state);
                    if (reader.Read())
                    {
                        Advance(reader);
                        if (reader.TokenType == JsonTokenType.PropertyName) TokenText = Encoding.UTF8.GetString(reader.ValueSpan);
                        return reader.TokenType;
                    }

                    if (isFinal) return JsonTokenType.None;
                }
                catch (JsonException e)
                {
                    throw Broken(name, e);
                }

                Refill();
            }
        }

        /// <summary>The next value, or null at the end of the array that holds it.</summary>
        public JsonDocument? NextValue()
        {
            while (true)
            {
                try
                {
                    var reader = new Utf8JsonReader(buffer.AsSpan(position, length - position), isFinal, state);
                    if (reader.Read())
                    {
                        if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                        {
                            Advance(reader);
                            return null;
                        }

                        if (JsonDocument.TryParseValue(ref reader, out JsonDocument? value))
                        {
                            Advance(reader);
                            return value;
                        }
                    }

                    if (isFinal) return null;
                }
                catch (JsonException e)
                {
                    throw Broken(name, e);
                }

                Refill();
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

        private void Advance(Utf8JsonReader reader)
        {
            if (!Utf8.IsValid(buffer.AsSpan(position, (int)reader.BytesConsumed))) throw NotUtf8(name);
            position += (int)reader.BytesConsumed;
            state = reader.CurrentState;
        }

        private void Refill()
        {
            buffer.AsSpan(position, length - position).CopyTo(buffer);
            length -= position;
            position = 0;
            if (length == buffer.Length)
            {
                if (buffer.Length >= maximumElement)
                    throw new SourceFailureException(FailureKind.Malformed, string.Create(CultureInfo.InvariantCulture, $"{name} has a value longer than {maximumElement} bytes."));
                byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            int read = stream.Read(buffer, length, buffer.Length - length);
            isFinal = read == 0;
            length += read;
        }
    }
}
