using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Risk.Rules.Diagnostics;
using Risk.Rules.Language.Checking;
using Risk.Rules.Language.Syntax;

namespace Risk.Rules.Language;

/// <summary>One expression with its surroundings, in the plain-JSON form of the CEL project's conformance cases, and what comes of it.</summary>
/// <remarks>
/// Fields read: <c>id</c>, <c>section</c>, <c>expr</c>, <c>container</c>, <c>variables</c>, <c>functions</c>, <c>bindings</c>, <c>disableCheck</c>, <c>disableMacros</c>,
/// <c>checkOnly</c> and <c>requires</c>; nothing of what a case expects.
/// </remarks>
public static class CelCase
{
    private static readonly ImmutableArray<string> Libraries =
        ["strings", "math", "bindings", "two_var_comprehensions", "optionals", "encoders", "quoted_fields", "network", "message_syntax"];

    private static readonly CelValue NoBody = CelValue.Error("the function is declared without a body");

    /// <summary>
    /// <c>{"id", "value": typed value}</c>, <c>{"id", "error"}</c>, <c>{"id", "type"}</c> (<c>checkOnly</c>, section <c>checking</c>),
    /// <c>{"id", "parses"}</c> (section <c>parsing</c>) or <c>{"id", "skipped"}</c> (it requires what is not offered).
    /// </summary>
    /// <remarks>Never throws; a case that is not in the form gives an error that says what is wrong with it.</remarks>
    public static JsonObject Answer(JsonElement element)
    {
        (string kind, JsonNode? content) = Answered(element);
        return new JsonObject { ["id"] = Id(element), [kind] = content };
    }

    private static JsonValue? Id(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("id", out JsonElement id)) return null;
        return CelJson.TextOf(id) is { } text ? JsonValue.Create(text) : id.ValueKind == JsonValueKind.Number ? JsonValue.Create(id) : null;
    }

    private static (string Kind, JsonNode? Content) Answered(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return Error("a case is an object with 'id' and 'expr'");
        if (CelJson.Has(element, "requires", out JsonElement requires))
        {
            if (Texts(requires) is not { } libraries) return Error("'requires' must be a list of strings");
            if (libraries.Find(l => !Libraries.Contains(l)) is { } unknown) return ("skipped", JsonValue.Create($"it requires '{unknown}', which is not offered"));
        }

        if (!CelJson.Has(element, "expr", out JsonElement expression) || CelJson.TextOf(expression) is not { } text) return Error("'expr' must be a string of valid Unicode");
        CelOptions options = (IsSet(element, "disableCheck") ? CelOptions.NoCheck : CelOptions.None) | (IsSet(element, "disableMacros") ? CelOptions.NoMacros : CelOptions.None);
        string? section = CelJson.Has(element, "section", out JsonElement named) ? CelJson.TextOf(named) : null;
        var diagnostics = new DiagnosticBag();
        CelSource source = CelSource.Plain(text);
        if (section == "parsing") return ("parses", JsonValue.Create(Parser.Parse(text, new SyntaxErrors(source, text, diagnostics), !options.HasFlag(CelOptions.NoMacros)) is not null));
        if (!TryEnvironment(element, out CelEnvironment environment, out string problem)) return Error(problem);
        if (CelCompiler.Compile(text, environment, null, diagnostics, source, options) is not { } compiled) return Error(string.Join('\n', diagnostics.Sorted().Select(d => d.Format())));
        if (section == "checking" || IsSet(element, "checkOnly")) return ("type", JsonValue.Create(compiled.Type.ToString()));
        var frame = new CelFrame(environment);
        if (!TryBind(element, environment, frame, out problem)) return Error(problem);
        CelValue value = compiled.Evaluate(frame);
        return value.IsFailure ? Error(value.ErrorText) : ("value", CelJson.ToTyped(value));
    }

    private static (string Kind, JsonNode? Content) Error(string message) => ("error", JsonValue.Create(message));

    private static bool IsSet(JsonElement element, string name) => CelJson.Has(element, name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>Null when the element is no list of texts.</summary>
    private static List<string>? Texts(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array) return null;
        List<string?> texts = [.. element.EnumerateArray().Select(CelJson.TextOf)];
        return texts.Contains(null) ? null : [.. texts.Select(t => t!)];
    }

    private static CelType? TypeOf(JsonElement element) => CelJson.TextOf(element) is { } text ? TypeReader.Read(text) : null;

    internal static bool TryEnvironment(JsonElement element, out CelEnvironment environment, out string problem)
    {
        environment = CelEnvironment.Create(CelMode.Conformance, [], [], []);
        var variables = new List<CelVariable>();
        var functions = new List<CelFunction>();
        string? container = "";
        if (CelJson.Has(element, "container", out JsonElement within) && (container = CelJson.TextOf(within)) is null) problem = "'container' must be a string";
        else if (CelJson.Has(element, "variables", out JsonElement declared) && !TryVariables(declared, variables)) problem = "'variables' must be an object, name to type";
        else if (CelJson.Has(element, "functions", out JsonElement list) && !TryFunctions(list, functions)) problem = "'functions' must be a list of {name, overloads: [{params, result, method}]}";
        else if (CelJson.Has(element, "bindings", out JsonElement bound) && !TryUndeclared(bound, variables)) problem = "'bindings' must be an object, name to typed value";
        else
        {
            problem = "";
            environment = CelEnvironment.Create(CelMode.Conformance, variables, [], functions, container);
            return true;
        }

        return false;
    }

    private static bool TryVariables(JsonElement declared, List<CelVariable> variables)
    {
        if (declared.ValueKind != JsonValueKind.Object) return false;
        foreach (JsonProperty property in declared.EnumerateObject())
        {
            if (CelJson.NameOf(property) is not { } name || TypeOf(property.Value) is not { } type) return false;
            variables.Add(new CelVariable(name, type));
        }

        return true;
    }

    /// <summary>What is bound but not declared may be of any type.</summary>
    private static bool TryUndeclared(JsonElement bound, List<CelVariable> variables)
    {
        if (bound.ValueKind != JsonValueKind.Object) return false;
        var known = variables.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        foreach (JsonProperty property in bound.EnumerateObject())
        {
            if (CelJson.NameOf(property) is not { } name) return false;
            if (known.Add(name)) variables.Add(new CelVariable(name, CelType.Dyn));
        }

        return true;
    }

    private static bool TryFunctions(JsonElement list, List<CelFunction> functions)
    {
        if (list.ValueKind != JsonValueKind.Array) return false;
        foreach (JsonElement function in list.EnumerateArray())
        {
            if (!CelJson.Has(function, "name", out JsonElement named) || CelJson.TextOf(named) is not { Length: > 0 } name) return false;
            if (!CelJson.Has(function, "overloads", out JsonElement overloads) || overloads.ValueKind != JsonValueKind.Array) return false;
            foreach (JsonElement overload in overloads.EnumerateArray())
            {
                if (!CelJson.Has(overload, "result", out JsonElement given) || TypeOf(given) is not { } result) return false;
                List<string>? parameters = CelJson.Has(overload, "params", out JsonElement listed) ? Texts(listed) : [];
                if (parameters is null) return false;
                ImmutableArray<CelType?> types = [.. parameters.Select(TypeReader.Read)];
                bool isMember = IsSet(overload, "method");
                if (types.Contains(null) || (isMember && types.IsEmpty)) return false;
                ImmutableArray<CelType> known = [.. types.Select(t => t!)];
                functions.Add((isMember ? CelFunction.Member(name, known, result, (_, _) => NoBody) : CelFunction.Global(name, known, result, (_, _) => NoBody)) with { IsPure = false });
            }
        }

        return true;
    }

    internal static bool TryBind(JsonElement element, CelEnvironment environment, CelFrame frame, out string problem)
    {
        problem = "";
        if (!CelJson.Has(element, "bindings", out JsonElement bindings)) return true;
        foreach (JsonProperty binding in bindings.EnumerateObject())
        {
            if (CelJson.TryFromTyped(binding.Value, out CelValue value))
            {
                frame[environment.Slot(CelJson.NameOf(binding)!)] = value;
                continue;
            }

            problem = $"the binding '{CelJson.NameOf(binding)}' is no typed value, as {{\"int\": \"5\"}}";
            return false;
        }

        return true;
    }
}
