using System.Collections.Immutable;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.EpaEcho;

/// <summary>One of ECHO's services: what it calls its columns, and under which numbers they are asked for.</summary>
/// <param name="Service">First part of the addresses.</param>
/// <param name="Prefix">Of the columns' names.</param>
/// <param name="Columns">Numbers of the columns; a later release of the service may have others, so the answer's own titles count.</param>
/// <param name="Significant">Column of the gravest status.</param>
/// <param name="Violation">Columns of the status, the present name first.</param>
internal sealed record EpaEchoProgram(
    string Name, string Service, string Prefix, string Columns, string Significant, ImmutableArray<string> Violation, string QuartersWithViolation, string LastViolation, string LastInspection, string LastFormalAction,
    string Penalties)
{
    public static readonly ImmutableArray<EpaEchoProgram> All =
    [
        new("air", "air_rest_services", "AIR", "1,2,4,5,8,43,44,47,50,53,80,83", "AIRHpvStatus", ["AIRComplStatus"], "AIRQtrsWithViol", "AIRLastViolDate", "AIRLastEvalDate", "AIRLastFeaDate", "AIRPenalties"),
        new("water", "cwa_rest_services", "CWP", "1,2,4,5,9,66,98,99,101,118,121", "CWPSNCStatus", ["CWPVioStatus", "CWPViolStatus", "CWPStatus"], "CWPQtrsWithNC", "", "CWPDateLastInspection", "CWPDateLastFea",
            "CWPTotalPenalties"),
    ];

    /// <summary>The columns that are asked for; others only come to whoever asks for others, and with map coordinates.</summary>
    private RecordFormat Format => field ??= RecordFormat.Of(string.Join('\n', new[]
    {
        Prefix + "Name any", "SourceID any", Prefix + "City any", Prefix + "State any", "RegistryID any", Significant + " any", Violation[0] + " any",
        QuartersWithViolation + " any", LastInspection + " any", LastFormalAction + " any", Penalties + " any",
        Prefix + "Street any optional", Prefix + "StateDistrict any optional", Prefix + "Zip any optional", Prefix + "County any optional", "FacLat any optional", "FacLong any optional", "ObjectId any optional",
    }.Concat(LastViolation.Length > 0 ? [LastViolation + " any"] : []).Concat(Violation.Skip(1).Select(v => v + " any optional"))));

    /// <exception cref="SourceFailureException">Malformed: not CSV, or without name and id.</exception>
    public IReadOnlyList<EpaEchoRecord> ReadCsv(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        using var rows = new CsvRecords(new MemoryStream(body.ToArray(), writable: false), new CsvFormat(), $"{Service}.get_download");
        if (rows.IndexOf(Prefix + "Name") < 0 || rows.IndexOf("SourceID") < 0)
            throw new SourceFailureException(FailureKind.Malformed, $"{Service}.get_download lacks {Prefix}Name or SourceID; it is no list of facilities. Nothing of this answer was kept.");
        var records = new List<EpaEchoRecord>();
        while (rows.Read()) records.Add(Record(column => rows.IndexOf(column) < 0 ? null : rows.Text(column).Trim()));
        Format.Check(rows.Header, records.Count, audit);
        return records;
    }

    /// <exception cref="SourceFailureException">Malformed.</exception>
    public IReadOnlyList<EpaEchoRecord> ReadGeoJson(ReadOnlyMemory<byte> body, FetchAudit audit)
    {
        using JsonDocument document = BoundedJson.Parse(body, $"{Service}.get_geojson");
        if (BoundedJson.Member(document.RootElement, "features").ValueKind != JsonValueKind.Array)
            throw new SourceFailureException(FailureKind.Malformed, $"{Service}.get_geojson has no features; nothing of this answer was kept.");
        var records = new List<EpaEchoRecord>();
        foreach (JsonElement properties in BoundedJson.Items(document.RootElement, "features").Select(f => BoundedJson.Member(f, "properties")).Where(p => p.ValueKind == JsonValueKind.Object))
        {
            Format.Check(properties, audit);
            records.Add(Record(column => properties.TryGetProperty(column, out JsonElement value) ? value.ValueKind == JsonValueKind.Number ? value.GetRawText() : BoundedJson.Text(properties, column).Trim() : null));
        }

        return records;
    }

    private EpaEchoRecord Record(Func<string, string?> cell) => new(
        Name, cell(Prefix + "Name") ?? "", cell("SourceID") ?? "", cell(Prefix + "City") ?? "", cell(Prefix + "State") ?? "", cell("RegistryID") ?? "", cell(Significant),
        Violation.Select(cell).FirstOrDefault(c => c is not null), cell(QuartersWithViolation) ?? "", LastViolation.Length == 0 ? "" : cell(LastViolation) ?? "", cell(LastInspection) ?? "", cell(LastFormalAction) ?? "",
        cell(Penalties) ?? "");
}
