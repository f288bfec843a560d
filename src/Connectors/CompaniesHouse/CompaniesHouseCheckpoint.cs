using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.CompaniesHouse;

/// <summary>What was last seen of each supplier, so that a company that filed nothing costs two requests.</summary>
/// <param name="Mapping">Version of the mapper that made the signals; another version reads everything again.</param>
/// <param name="Suppliers">By supplier id.</param>
internal sealed record CompaniesHouseCheckpoint(int Mapping, SortedDictionary<string, CompanyState> Suppliers)
{
    private const int CurrentMapping = 2;

    public static CompaniesHouseCheckpoint Read(string? text)
    {
        try
        {
            if (text is not null && JsonSerializer.Deserialize(text, CompaniesHouseCheckpointJson.Default.CompaniesHouseCheckpoint) is { Mapping: CurrentMapping, Suppliers: { } suppliers })
                return new CompaniesHouseCheckpoint(CurrentMapping, new SortedDictionary<string, CompanyState>(suppliers, StringComparer.Ordinal));
        }
        catch (JsonException)
        {
            // Written by another release: everything is read again, which costs requests and loses nothing.
        }

        return new CompaniesHouseCheckpoint(CurrentMapping, new SortedDictionary<string, CompanyState>(StringComparer.Ordinal));
    }

    public string Write() => JsonSerializer.Serialize(this, CompaniesHouseCheckpointJson.Default.CompaniesHouseCheckpoint);
}

/// <param name="Hash">Of number, profile and newest filings: first 16 hex digits of a sha256.</param>
/// <param name="ReadAt">When everything was last read.</param>
internal sealed record CompanyState(string Hash, DateTimeOffset ReadAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
[JsonSerializable(typeof(CompaniesHouseCheckpoint))]
internal sealed partial class CompaniesHouseCheckpointJson : JsonSerializerContext;
