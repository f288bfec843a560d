using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.SslLabs;

/// <summary>Where an assessment stands.</summary>
internal enum SslLabsState
{
    /// <summary>DNS or IN_PROGRESS.</summary>
    Running,
    Ready,
    /// <summary>The host could not be assessed.</summary>
    Error,
}

/// <summary>What SSL Labs allows now.</summary>
internal sealed record SslLabsCapacity(long MaxAssessments, long CurrentAssessments, TimeSpan CoolOff);

/// <param name="Grade">"" where the endpoint could not be assessed.</param>
internal sealed record SslLabsEndpoint(string IpAddress, string StatusMessage, string Grade);

/// <summary>One host's assessment.</summary>
internal sealed record SslLabsRecord(SslLabsState State, string StatusMessage, DateTimeOffset? TestedAt, ImmutableArray<SslLabsEndpoint> Endpoints)
{
    /// <param name="domain">The host that was asked for.</param>
    public static bool TryRead(JsonElement host, string domain, [NotNullWhen(true)] out SslLabsRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string status = BoundedJson.Text(host, "status");
        SslLabsState? state = status switch
        {
            "DNS" or "IN_PROGRESS" => SslLabsState.Running,
            "READY" => SslLabsState.Ready,
            "ERROR" => SslLabsState.Error,
            _ => null,
        };
        DateTimeOffset? testedAt = Number(host, "testTime") is > 0 and < 253_402_300_800_000 and var milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        if (BoundedJson.Text(host, "host") is { Length: > 0 } other && !other.Equals(domain, StringComparison.OrdinalIgnoreCase)) problem = "is about another host";
        else if (state is not { } known) problem = "names no status that is known";
        else if (known == SslLabsState.Ready && testedAt is null) problem = "is READY without a testTime";
        else
        {
            IEnumerable<JsonElement> endpoints = host.TryGetProperty("endpoints", out JsonElement listed) && listed.ValueKind == JsonValueKind.Array ? listed.EnumerateArray() : [];
            record = new SslLabsRecord(
                known, Observation.Line(BoundedJson.Text(host, "statusMessage"), 200), testedAt,
                [.. endpoints.Select(e => new SslLabsEndpoint(Observation.Line(BoundedJson.Text(e, "ipAddress"), 60), Observation.Line(BoundedJson.Text(e, "statusMessage"), 100), BoundedJson.Text(e, "grade").Trim()))]);
        }

        return record is not null;
    }

    public static SslLabsCapacity? ReadCapacity(JsonElement info) => Number(info, "maxAssessments") is >= 0 and var most
        ? new SslLabsCapacity(most, Number(info, "currentAssessments") ?? 0, TimeSpan.FromMilliseconds(Math.Clamp(Number(info, "newAssessmentCoolOff") ?? 0, 0, 86_400_000)))
        : null;

    private static long? Number(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
