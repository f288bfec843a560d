using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.EpaEcho;

/// <summary>One of ECHO's services: what it calls its columns, and under which numbers they are asked for.</summary>
/// <param name="Service">First part of the addresses.</param>
/// <param name="Prefix">Of the columns' names.</param>
/// <param name="Columns">Numbers of the columns; a later release of the service may have others, so the answer's own titles count.</param>
internal sealed record EpaEchoProgram(string Name, string Service, string Prefix, string Columns, ImmutableArray<string> Significant, ImmutableArray<string> Violation, string LastViolation, string LastFormalAction, string Penalties)
{
    public static readonly ImmutableArray<EpaEchoProgram> All =
    [
        new("air", "air_rest_services", "AIR", "1,2,4,5,8,43,44,47,50,80,83", ["AIRHpvStatus"], ["AIRComplStatus"], "AIRLastViolDate", "AIRLastFeaDate", "AIRPenalties"),
        new("water", "cwa_rest_services", "CWP", "1,2,4,5,9,98,99,101,103,118,121", ["CWPSNCStatus"], ["CWPVioStatus", "CWPViolStatus", "CWPStatus"], "", "CWPDateLastFea", "CWPTotalPenalties"),
    ];

    /// <exception cref="SourceFailureException">Malformed: not CSV, or without name and id.</exception>
    public IEnumerable<EpaEchoRecord> ReadCsv(ReadOnlyMemory<byte> body)
    {
        using var rows = new CsvRecords(new MemoryStream(body.ToArray(), writable: false), new CsvFormat(), $"{Service}.get_download");
        if (rows.IndexOf(Prefix + "Name") < 0 || rows.IndexOf("SourceID") < 0)
            throw new SourceFailureException(FailureKind.Malformed, $"{Service}.get_download lacks {Prefix}Name or SourceID; it is no list of facilities. Nothing of this run was kept.");
        while (rows.Read()) yield return Record(column => rows.IndexOf(column) < 0 ? null : rows.Text(column).Trim());
    }

    /// <exception cref="SourceFailureException">Malformed.</exception>
    public IReadOnlyList<EpaEchoRecord> ReadGeoJson(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = BoundedJson.Parse(body, $"{Service}.get_geojson");
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("features", out JsonElement features) || features.ValueKind != JsonValueKind.Array)
            throw new SourceFailureException(FailureKind.Malformed, $"{Service}.get_geojson has no features; nothing of this run was kept.");
        return
        [
            .. features.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.Object && f.TryGetProperty("properties", out _)).Select(f => f.GetProperty("properties"))
                .Select(p => Record(column => p.ValueKind == JsonValueKind.Object && p.TryGetProperty(column, out _) ? BoundedJson.Text(p, column).Trim() : null)),
        ];
    }

    private EpaEchoRecord Record(Func<string, string?> cell) => new(
        Name, cell(Prefix + "Name") ?? "", cell("SourceID") ?? "", cell(Prefix + "City") ?? "", cell(Prefix + "State") ?? "", cell("RegistryID") ?? "", Significant.Select(cell).FirstOrDefault(c => c is not null),
        Violation.Select(cell).FirstOrDefault(c => c is not null), LastViolation.Length == 0 ? "" : cell(LastViolation) ?? "", cell(LastFormalAction) ?? "", cell(Penalties) ?? "");
}
