using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MozillaObservatory;

/// <summary>One scan's summary.</summary>
internal sealed record MozillaObservatoryRecord(string Grade, int Score, DateTimeOffset ScannedAt, int Failed, int Tests)
{
    /// <summary>Reads a summary without an error; the problem says which field is wrong.</summary>
    /// <param name="domain">The host that was asked for.</param>
    public static bool TryRead(JsonElement scan, string domain, [NotNullWhen(true)] out MozillaObservatoryRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string grade = BoundedJson.Text(scan, "grade").Trim();
        string details = BoundedJson.Text(scan, "details_url");
        if (details.Length > 0 && !details.EndsWith("host=" + domain, StringComparison.OrdinalIgnoreCase)) problem = "is about another host";
        else if (grade.Length is 0 or > 2 || grade[0] is < 'A' or > 'F') problem = "names no grade from A+ to F";
        else if (Number(scan, "score") is not (>= 0 and <= 200 and var score)) problem = "names no score from 0 to 200";
        else if (Observation.Instant(BoundedJson.Text(scan, "scanned_at")) is not { } at) problem = "has no scanned_at; version 1 of the service, which had none, ended in October 2024";
        else record = new MozillaObservatoryRecord(grade, score, at, Number(scan, "tests_failed") ?? 0, Number(scan, "tests_quantity") ?? 0);
        return record is not null;
    }

    private static int? Number(JsonElement scan, string name) =>
        scan.ValueKind == JsonValueKind.Object && scan.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;
}
