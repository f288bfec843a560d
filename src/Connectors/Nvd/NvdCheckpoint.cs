using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Nvd;

/// <summary>How far the database was read, and for which products.</summary>
/// <param name="Through">Changes before this instant are known here.</param>
/// <param name="Portfolio">Hash of names and products: others were never looked for in what was read.</param>
internal sealed record NvdCheckpoint(DateTimeOffset Through, string Portfolio)
{
    /// <summary>Null where there is none, or none that can be read: then reading begins anew.</summary>
    public static NvdCheckpoint? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, NvdCheckpointJson.Default.NvdCheckpoint);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, NvdCheckpointJson.Default.NvdCheckpoint);

    public static string HashOf(IEnumerable<Supplier> suppliers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Supplier supplier in suppliers.OrderBy(s => s.Id))
        {
            foreach (string text in (string[])[supplier.Id.Value, supplier.Name, .. supplier.Aliases, "", .. supplier.Products, ""]) hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

[JsonSerializable(typeof(NvdCheckpoint))]
internal sealed partial class NvdCheckpointJson : JsonSerializerContext;
