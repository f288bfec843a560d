using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.ShodanInternetDb;

/// <summary>What InternetDB knows of one address.</summary>
internal sealed record ShodanInternetDbRecord(string Ip, ImmutableArray<int> Ports, ImmutableArray<string> Tags, ImmutableArray<string> Vulns)
{
    public static readonly RecordFormat Format = RecordFormat.Of("""
        ip text
        ports array
        ports[] number
        cpes array
        cpes[] text
        hostnames array
        hostnames[] text
        tags array
        tags[] text
        vulns array
        vulns[] text
        """);

    public static bool TryRead(JsonElement host, [NotNullWhen(true)] out ShodanInternetDbRecord? record, out string problem)
    {
        record = null;
        problem = "";
        string ip = BoundedJson.Text(host, "ip");
        if (ip.Length == 0) problem = "names no ip";
        else if (Elements(host, "ports") is not { } ports) problem = "has no list of ports";
        else
        {
            record = new ShodanInternetDbRecord(
                ip, [.. ports.Where(p => p.ValueKind == JsonValueKind.Number && p.TryGetInt32(out int port) && port is > 0 and <= 65535).Select(p => p.GetInt32()).Distinct().Order()],
                Texts(host, "tags"), Texts(host, "vulns"));
        }

        return record is not null;
    }

    private static ImmutableArray<string> Texts(JsonElement host, string name) =>
        [.. (Elements(host, name) ?? []).Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    private static JsonElement[]? Elements(JsonElement host, string name) =>
        host.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null;
}
