using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Judges what is answered to one case, as the data's README says.</summary>
internal static class ConformanceCase
{
    public static bool IsJudged(JsonElement element) => !Flag(element, "optionDependent");

    /// <summary>The library that a case needs and that is not offered, or null.</summary>
    public static string? Skipped(JsonElement element) => (string?)CelCase.Answer(element)["skipped"];

    /// <summary>Null when it passes, else what went wrong.</summary>
    public static string? Run(JsonElement element)
    {
        JsonObject answer = CelCase.Answer(element);
        string given = answer.ToJsonString();
        string section = element.GetProperty("section").GetString()!;
        if (section == "parsing") return (bool?)answer["parses"] == element.GetProperty("parses").GetBoolean() ? null : given;
        if (Flag(element, "expectError")) return answer.ContainsKey("error") ? null : $"gave {given}, wanted an error";
        if (answer.ContainsKey("error")) return given;
        if (element.TryGetProperty("expectedType", out JsonElement type) && TypeOf(element) is var text && text != type.GetString()) return $"type {text}, wanted {type}";
        if (section == "checking" || Flag(element, "checkOnly")) return answer.ContainsKey("type") ? null : given;
        return answer["value"] is { } value && AreSame(value, JsonNode.Parse(element.GetProperty("expected").GetRawText())!) ? null : $"gave {given}, wanted {element.GetProperty("expected")}";
    }

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static string? TypeOf(JsonElement element)
    {
        JsonObject checkOnly = JsonNode.Parse(element.GetRawText())!.AsObject();
        checkOnly["checkOnly"] = true;
        return (string?)CelCase.Answer(JsonSerializer.SerializeToElement(checkOnly))["type"];
    }

    /// <summary>Kind and value, on the typed JSON; NaN is NaN here, and the order of entries does not matter.</summary>
    private static bool AreSame(JsonNode a, JsonNode b)
    {
        (string kind, JsonNode? left) = a.AsObject().Single();
        (string other, JsonNode? right) = b.AsObject().Single();
        if (kind != other) return false;
        return kind switch
        {
            "double" => Number(left!).Equals(Number(right!)),
            "list" => left!.AsArray().Count == right!.AsArray().Count && left.AsArray().Zip(right.AsArray()).All(p => AreSame(p.First!, p.Second!)),
            "map" => left!.AsArray().Count == right!.AsArray().Count && left.AsArray().All(e => right.AsArray().Any(o => AreSame(e![0]!, o![0]!) && AreSame(e[1]!, o[1]!))),
            _ => JsonNode.DeepEquals(left, right),
        };
    }

    private static double Number(JsonNode text) => (string?)text switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        string number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        null => throw new InvalidOperationException("a double is written as text"),
    };
}
