using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.SecEdgar;

/// <summary>What was last seen of each supplier, so that an unchanged answer costs no work. EDGAR sends no validators.</summary>
/// <param name="Mapping">Version of the mappers that made the signals; another version starts afresh, so that a release which maps more maps it for old filings too.</param>
/// <param name="Suppliers">By supplier id.</param>
internal sealed record SecEdgarCheckpoint(int Mapping, SortedDictionary<string, SupplierState> Suppliers)
{
    private const int CurrentMapping = 1;

    public static SecEdgarCheckpoint Read(string? text)
    {
        try
        {
            if (text is not null && JsonSerializer.Deserialize(text, SecEdgarCheckpointJson.Default.SecEdgarCheckpoint) is { Mapping: CurrentMapping, Suppliers: { } suppliers })
                return new SecEdgarCheckpoint(CurrentMapping, new SortedDictionary<string, SupplierState>(suppliers, StringComparer.Ordinal));
        }
        catch (JsonException)
        {
            // Written by another release: everything is read again, which costs requests and loses nothing.
        }

        return new SecEdgarCheckpoint(CurrentMapping, new SortedDictionary<string, SupplierState>(StringComparer.Ordinal));
    }

    public string Write() => JsonSerializer.Serialize(this, SecEdgarCheckpointJson.Default.SecEdgarCheckpoint);
}

/// <param name="Submissions">sha256 of the answer, first 16 hex digits.</param>
/// <param name="Report">Accession of the newest annual or quarterly report whose figures were read; "" when none was.</param>
/// <param name="OpenProceeding">An insolvency is open: its stage also moves with time, so it is told again at each run.</param>
/// <param name="AwaitsFigures">The newest report's figures are not there yet; they are asked for at each run.</param>
internal sealed record SupplierState(long Cik, string Submissions, string Report, bool OpenProceeding, bool AwaitsFigures);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
[JsonSerializable(typeof(SecEdgarCheckpoint))]
internal sealed partial class SecEdgarCheckpointJson : JsonSerializerContext;
