using System.Collections.Immutable;
using System.Text.Json;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language;

namespace Risk.Rules.Tests.Language;

/// <summary>Runs one case of the form that the data's README describes.</summary>
internal static class ConformanceCase
{
    public static bool IsJudged(JsonElement element, string[] outside) =>
        !Flag(element, "optionDependent") && !Strings(element, "requires").Intersect(outside).Any();

    /// <summary>Null when it passes, else what went wrong.</summary>
    public static string? Run(JsonElement element)
    {
        string text = element.GetProperty("expr").GetString()!;
        string section = element.GetProperty("section").GetString()!;
        bool expectError = Flag(element, "expectError");
        var bag = new DiagnosticBag();
        CelOptions options = (Flag(element, "disableCheck") || section == "parsing" ? CelOptions.NoCheck : CelOptions.None) | (Flag(element, "disableMacros") ? CelOptions.NoMacros : CelOptions.None);
        CelEnvironment environment = Environment(element);
        CelExpression? expression = CelCompiler.Compile(text, environment, null, bag, CelSource.Plain(text), options);
        string errors = string.Join("; ", bag.Sorted().Select(d => d.Message));
        if (section == "parsing") return expression is not null == element.GetProperty("parses").GetBoolean() ? null : $"parses: {expression is not null} {errors}";
        if (section == "checking") return expression is null == expectError ? null : $"checks: {expression is not null} {errors}";
        if (expression is null) return expectError ? null : errors;
        if (element.TryGetProperty("expectedType", out JsonElement type) && expression.Type != ParseType(type.GetString()!)) return $"type {expression.Type}, wanted {type}";
        if (Flag(element, "checkOnly")) return null;
        CelValue value = expression.Evaluate(Frame(element, environment));
        if (expectError) return value.IsError ? null : $"gave {value}, wanted an error";
        if (!CelJson.TryFromTyped(element.GetProperty("expected"), out CelValue expected)) return "the expected value is not understood";
        return AreSame(value, expected) ? null : $"gave {value.Kind} {value}, wanted {expected.Kind} {expected}";
    }

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static IEnumerable<string> Strings(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray().Select(i => i.GetString()!) : [];

    private static CelEnvironment Environment(JsonElement element)
    {
        var variables = new List<CelVariable>();
        if (element.TryGetProperty("variables", out JsonElement declared)) variables.AddRange(declared.EnumerateObject().Select(p => new CelVariable(p.Name, ParseType(p.Value.GetString()!))));
        if (element.TryGetProperty("bindings", out JsonElement bound)) variables.AddRange(bound.EnumerateObject().Where(p => variables.All(v => v.Name != p.Name)).Select(p => new CelVariable(p.Name, CelType.Dyn)));
        var functions = new List<CelFunction>();
        if (element.TryGetProperty("functions", out JsonElement list))
        {
            foreach (JsonElement function in list.EnumerateArray())
            {
                foreach (JsonElement overload in function.GetProperty("overloads").EnumerateArray())
                {
                    ImmutableArray<CelType> parameters = [.. Strings(overload, "params").Select(ParseType)];
                    CelType result = ParseType(overload.GetProperty("result").GetString()!);
                    string name = function.GetProperty("name").GetString()!;
                    CelBody body = (_, _) => CelValue.Error("no body");
                    functions.Add((Flag(overload, "method") ? CelFunction.Member(name, parameters, result, body) : CelFunction.Global(name, parameters, result, body)) with { IsPure = false });
                }
            }
        }

        string container = element.TryGetProperty("container", out JsonElement within) ? within.GetString()! : "";
        return CelEnvironment.Create(CelMode.Conformance, variables, [], functions, container);
    }

    private static CelFrame Frame(JsonElement element, CelEnvironment environment)
    {
        var frame = new CelFrame(environment);
        if (!element.TryGetProperty("bindings", out JsonElement bindings)) return frame;
        foreach (JsonProperty binding in bindings.EnumerateObject())
        {
            Assert.True(CelJson.TryFromTyped(binding.Value, out CelValue value));
            frame[environment.Slot(binding.Name)] = value;
        }

        return frame;
    }

    /// <summary>Kind and value; NaN is NaN here, and the order of entries does not matter.</summary>
    private static bool AreSame(CelValue a, CelValue b)
    {
        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            CelValueKind.Double => a.AsDouble.Equals(b.AsDouble),
            CelValueKind.List => a.AsList.Items.Length == b.AsList.Items.Length && a.AsList.Items.Zip(b.AsList.Items).All(p => AreSame(p.First, p.Second)),
            CelValueKind.Map => a.AsMap.Entries.Length == b.AsMap.Entries.Length && a.AsMap.Entries.All(e => b.AsMap.Entries.Any(o => AreSame(e.Key, o.Key) && AreSame(e.Value, o.Value))),
            _ => CelValue.AreEqual(a, b),
        };
    }

    /// <summary>As cel-go prints types; a single capital letter is a type parameter.</summary>
    internal static CelType ParseType(string text)
    {
        int at = 0;
        CelType type = Type(text, ref at);
        Assert.Equal(text.Length, at);
        return type;
    }

    private static CelType Type(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is not ('(' or ')' or ',')) at++;
        string name = text[start..at].Trim();
        var arguments = ImmutableArray.CreateBuilder<CelType>();
        if (at < text.Length && text[at] == '(')
        {
            do
            {
                at++;
                arguments.Add(Type(text, ref at));
            }
            while (text[at] == ',');
            at++;
        }

        return name switch
        {
            "null" or "null_type" => CelType.Null,
            "bool" => CelType.Bool,
            "int" => CelType.Int,
            "uint" => CelType.Uint,
            "double" => CelType.Double,
            "string" => CelType.Text,
            "bytes" => CelType.Bytes,
            "timestamp" => CelType.Timestamp,
            "duration" => CelType.Duration,
            "dyn" or "any" => CelType.Dyn,
            "list" => CelType.List(arguments[0]),
            "map" => CelType.Map(arguments[0], arguments[1]),
            "optional_type" => CelType.Optional(arguments[0]),
            "type" => new CelType(CelKind.Type, "", arguments.ToImmutable()),
            [>= 'A' and <= 'Z'] => new CelType(CelKind.Dyn, name, []),
            _ => new CelType(CelKind.Object, name, arguments.ToImmutable()),
        };
    }
}
