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
    /// <summary>What SSL Labs says of an endpoint that shows another host's certificate: it stops there, and gives no grade.</summary>
    private const string OtherHostsCertificate = "Certificate not valid for domain name";

    /// <summary>Of versions 2 to 4; what an assessment found in detail is not looked at.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        host text
        port number
        protocol text
        isPublic boolean
        status text
        statusMessage text optional
        startTime number
        testTime number optional
        cacheExpiryTime number optional
        engineVersion text optional
        criteriaVersion text
        endpoints array optional
        endpoints[].ipAddress text
        endpoints[].serverName text optional
        endpoints[].statusMessage text optional
        endpoints[].statusDetails text optional
        endpoints[].statusDetailsMessage text optional
        endpoints[].grade text optional
        endpoints[].gradeTrustIgnored text optional
        endpoints[].futureGrade text optional
        endpoints[].hasWarnings boolean optional
        endpoints[].isExceptional boolean optional
        endpoints[].progress number optional
        endpoints[].duration number optional
        endpoints[].eta number optional
        endpoints[].delegation number optional
        endpoints[].details object optional
        certHostnames array optional
        certs array optional
        errors array optional
        """);

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
        if (BoundedJson.Text(host, "host") is { Length: > 0 } other && !NameSweep.IsHostOf(other, domain)) problem = $"is about another host ({Observation.Line(other, 80)}) than the one asked for";
        else if (state is not { } known) problem = "names no status that is known";
        else if (known == SslLabsState.Ready && testedAt is null) problem = "is READY without a testTime";
        else
        {
            IEnumerable<JsonElement> endpoints = host.TryGetProperty("endpoints", out JsonElement listed) && listed.ValueKind == JsonValueKind.Array ? listed.EnumerateArray() : [];
            record = new SslLabsRecord(
                known, Observation.Line(BoundedJson.Text(host, "statusMessage"), 200), testedAt,
                [.. endpoints.Select(ReadEndpoint)]);
        }

        return record is not null;
    }

    private static SslLabsEndpoint ReadEndpoint(JsonElement endpoint)
    {
        string message = Observation.Line(BoundedJson.Text(endpoint, "statusMessage"), 100), grade = BoundedJson.Text(endpoint, "grade").Trim();
        bool isOtherHosts = grade.Length == 0 && message == OtherHostsCertificate;
        return new SslLabsEndpoint(Observation.Line(BoundedJson.Text(endpoint, "ipAddress"), 60), isOtherHosts ? "Ready" : message, isOtherHosts ? "M" : grade);
    }

    public static SslLabsCapacity? ReadCapacity(JsonElement info) => Number(info, "maxAssessments") is >= 0 and var most
        ? new SslLabsCapacity(most, Number(info, "currentAssessments") ?? 0, TimeSpan.FromMilliseconds(Math.Clamp(Number(info, "newAssessmentCoolOff") ?? 0, 0, 86_400_000)))
        : null;

    private static long? Number(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
