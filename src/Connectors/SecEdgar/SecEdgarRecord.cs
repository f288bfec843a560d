using System.Text.Json;
using System.Text.Json.Serialization;

namespace Risk.Connectors.SecEdgar;

/// <summary>What <c>data.sec.gov/submissions/CIK##########.json</c> says; members are named as upstream names them, in camel case.</summary>
/// <param name="Cik">Text or number, with or without leading zeros, depending on the year of the recording.</param>
/// <param name="Tickers">Empty once the company is delisted.</param>
/// <param name="Exchanges">Parallel to <paramref name="Tickers"/>; an entry may be null.</param>
internal sealed record SubmissionsRecord(JsonElement Cik, string? Name, List<string?>? Tickers, List<string?>? Exchanges, FilingsRecord? Filings);

/// <param name="Recent">Columns by name: parallel arrays, newest filing first.</param>
/// <param name="Files">Older pages.</param>
internal sealed record FilingsRecord(Dictionary<string, JsonElement>? Recent, List<FilingsPageRecord?>? Files);

/// <param name="Name">File name under <c>data.sec.gov/submissions/</c>.</param>
internal sealed record FilingsPageRecord(string? Name, int FilingCount, string? FilingFrom, string? FilingTo);

/// <summary>What the same answer says of the filer itself.</summary>
/// <param name="StateOfIncorporation">A state's postal code, EDGAR's own code of another country, or "".</param>
internal sealed record FilerRecord(string? Name, string? EntityType, string? StateOfIncorporation, FilerAddressesRecord? Addresses, List<FormerNameRecord?>? FormerNames);

internal sealed record FilerAddressesRecord(FilerAddressRecord? Business);

internal sealed record FilerAddressRecord(string? City, string? StateOrCountry);

internal sealed record FormerNameRecord(string? Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 32)]
[JsonSerializable(typeof(SubmissionsRecord))]
[JsonSerializable(typeof(FilerRecord))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SecEdgarJson : JsonSerializerContext;
