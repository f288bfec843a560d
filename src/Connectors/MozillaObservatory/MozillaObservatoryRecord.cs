using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.MozillaObservatory;

/// <summary>One scan's summary.</summary>
internal sealed record MozillaObservatoryRecord(string Grade, int Score, DateTimeOffset ScannedAt, int Failed, int Tests)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        id number
        details_url text
        algorithm_version number
        scanned_at text
        error text optional
        grade text
        score number
        status_code number optional
        tests_failed number
        tests_passed number
        tests_quantity number
        message text optional
        """);

    /// <summary>Reads a summary without an error; the problem says which field is wrong.</summary>
    /// <param name="domain">The host that was asked for.</param>
    public static bool TryRead(JsonElement scan, string domain, [NotNullWhen(true)] out MozillaObservatoryRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string grade = BoundedJson.Text(scan, "grade").Trim();
        string details = BoundedJson.Text(scan, "details_url");
        if (HostOf(details) is { Length: > 0 } host && !NameSweep.IsHostOf(host, domain)) problem = $"is about another host ({Observation.Line(host, 80)}) than the one asked for";
        else if (grade.Length is 0 or > 2 || grade[0] is < 'A' or > 'F') problem = "names no grade from A+ to F";
        else if (Number(scan, "score") is not (>= 0 and <= 200 and var score)) problem = "names no score from 0 to 200";
        else if (Observation.Instant(BoundedJson.Text(scan, "scanned_at")) is not { } at) problem = "has no scanned_at; version 1 of the service, which had none, ended in October 2024";
        else record = new MozillaObservatoryRecord(grade, score, at, Number(scan, "tests_failed") ?? 0, Number(scan, "tests_quantity") ?? 0);
        return record is not null;
    }

    /// <summary>The host that the page with all details is about; "" where the link names none.</summary>
    private static string HostOf(string details) =>
        Uri.TryCreate(details, UriKind.Absolute, out Uri? url) && url.Query.TrimStart('?').Split('&').FirstOrDefault(p => p.StartsWith("host=", StringComparison.OrdinalIgnoreCase)) is { } host
            ? Uri.UnescapeDataString(host["host=".Length..]) : "";

    private static int? Number(JsonElement scan, string name) =>
        scan.ValueKind == JsonValueKind.Object && scan.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;
}
