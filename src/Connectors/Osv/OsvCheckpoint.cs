using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Osv;

/// <summary>What was read, and for whom.</summary>
/// <param name="Portfolio">Hash of who delivers which products.</param>
/// <param name="Modified">When each vulnerability was last modified, by id, in the database's words.</param>
internal sealed record OsvCheckpoint(string Portfolio, Dictionary<string, string> Modified)
{
    /// <summary>Null where there is none, or none that can be read: then everything is read anew.</summary>
    public static OsvCheckpoint? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, OsvJson.Default.OsvCheckpoint);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, OsvJson.Default.OsvCheckpoint);

    public static string HashOf(IEnumerable<Supplier> suppliers) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', suppliers.OrderBy(s => s.Id).SelectMany(s => s.Products.Select(p => s.Id.Value + "\t" + p))))));
}

/// <summary>The question: which vulnerabilities have these packages.</summary>
internal sealed record OsvBatch(OsvQuery[] Queries);

internal sealed record OsvQuery(OsvPackage Package)
{
    [JsonPropertyName("page_token")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PageToken { get; init; }
}

internal sealed record OsvPackage(string Name, string Ecosystem);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OsvCheckpoint))]
[JsonSerializable(typeof(OsvBatch))]
internal sealed partial class OsvJson : JsonSerializerContext;
