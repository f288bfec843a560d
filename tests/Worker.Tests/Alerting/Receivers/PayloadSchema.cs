using System.Text.Json;
using Risk.Worker.Tests.Architecture;

namespace Risk.Worker.Tests.Alerting.Receivers;

/// <summary>Checks a body against a published schema, by the few keywords those use.</summary>
internal static class PayloadSchema
{
    /// <param name="schema">Below schemas, for example <c>payloads/slack-1</c>.</param>
    public static void AssertConforms(string schema, byte[] body)
    {
        using JsonDocument rules = JsonDocument.Parse(SourceTree.Read($"schemas/{schema}.schema.json"));
        using JsonDocument json = JsonDocument.Parse(body);
        Conforms(rules.RootElement, rules.RootElement, json.RootElement, "$");
    }

    private static void Conforms(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference)) schema = root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]);
        if (schema.TryGetProperty("type", out JsonElement type))
        {
            string actual = value.ValueKind switch { JsonValueKind.True or JsonValueKind.False => "boolean", JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number", _ => value.ValueKind.ToString().ToLowerInvariant() };
            string[] allowed = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
            Assert.True(allowed.Contains(actual) || (actual == "integer" && allowed.Contains("number")), $"{path} is {actual}");
        }

        if (schema.TryGetProperty("const", out JsonElement constant)) Assert.Equal(constant.GetString(), value.GetString());
        if (schema.TryGetProperty("enum", out JsonElement values)) Assert.Contains(value.GetString(), values.EnumerateArray().Select(v => v.GetString()));
        if (schema.TryGetProperty("maxLength", out JsonElement most)) Assert.True(value.GetString()!.Length <= most.GetInt32(), $"{path} has {value.GetString()!.Length} characters");
        if (schema.TryGetProperty("maxItems", out JsonElement items)) Assert.True(value.GetArrayLength() <= items.GetInt32(), $"{path} has {value.GetArrayLength()} items");
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement each))
            foreach (JsonElement item in value.EnumerateArray()) Conforms(root, each, item, path + "[]");
        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out JsonElement properties)) return;
        foreach (JsonElement name in schema.GetProperty("required").EnumerateArray()) Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{path} lacks {name}");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            Assert.True(properties.TryGetProperty(property.Name, out JsonElement known), $"{path}.{property.Name} is not in the schema");
            Conforms(root, known, property.Value, path + "." + property.Name);
        }
    }
}
