using System.Text.Json;
using System.Text.Json.Nodes;

namespace Risk.Rules.Language;

/// <summary>Values from and to JSON, for bindings and results of <c>risk eval</c>.</summary>
public static class CelJson
{
    /// <summary>Plain JSON: whole numbers as int, others as double, objects as maps.</summary>
    public static CelValue FromJson(JsonElement element) => throw new NotSupportedException();

    /// <summary>The typed form <c>{"int":"5"}</c>, <c>{"list":[...]}</c>, <c>{"map":[[k,v],...]}</c>, <c>{"timestamp":"RFC 3339"}</c>.</summary>
    /// <returns>False when the element is not in that form.</returns>
    public static bool TryFromTyped(JsonElement element, out CelValue value) => throw new NotSupportedException();

    /// <summary>The typed form; failures as <c>{"error":"..."}</c> and <c>{"missing":["metrics.otd: stale"]}</c>.</summary>
    public static JsonNode ToTyped(CelValue value) => throw new NotSupportedException();

    /// <summary>Plain JSON, as a reader expects it; failures as in the typed form.</summary>
    public static JsonNode? ToJson(CelValue value) => throw new NotSupportedException();
}
