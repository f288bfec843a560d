using System.Collections.Immutable;
using Risk.Rules.Language.Checking;

namespace Risk.Rules.Language;

/// <summary>Rules: the language of rule files (RULES.md 4.3 "Numbers"). Conformance: plain CEL.</summary>
public enum CelMode { Rules, Conformance }

/// <param name="Minimum">Smallest value the field can have, for the check of comparisons with constants; null when there is no limit.</param>
/// <param name="Unit">For messages (<c>ratio</c>, <c>days</c>), or null.</param>
public sealed record CelField(string Name, CelType Type, double? Minimum = null, double? Maximum = null, string? Unit = null);

/// <summary>The declaration of an object type; a field's slot is its index.</summary>
public sealed record CelObjectType(string Name, ImmutableArray<CelField> Fields)
{
    /// <summary>How compiled code reads such objects; null: through <see cref="ICelObject"/> only, by the interpreter.</summary>
    public CelObjectAccess? Access { get; init; }

    /// <summary>The slot of a field, or -1.</summary>
    public int Slot(string field)
    {
        for (int i = 0; i < Fields.Length; i++)
        {
            if (Fields[i].Name == field) return i;
        }

        return -1;
    }
}

public sealed record CelVariable(string Name, CelType Type);

/// <summary>Body of a function. No argument is a failure; must not throw. The frame gives the evaluation's instant.</summary>
public delegate CelValue CelBody(ReadOnlySpan<CelValue> arguments, CelFrame frame);

/// <summary>Body of a reference function: the object and slot of the field named first, and the other arguments.</summary>
public delegate CelValue CelReferenceBody(ICelObject target, int slot, ReadOnlySpan<CelValue> arguments, CelFrame frame);

/// <summary>One overload of a function.</summary>
/// <remarks>A parameter type of kind Dyn with a name, as <c>new CelType(CelKind.Dyn, "T", [])</c>, is a type parameter.</remarks>
public sealed record CelFunction
{
    private CelFunction(string name, bool isMember, ImmutableArray<CelType> parameters, CelType? result)
    {
        Name = name;
        IsMember = isMember;
        Parameters = parameters;
        Result = result;
    }

    /// <summary>May contain dots: <c>math.abs</c>.</summary>
    public string Name { get; }

    /// <summary>Called as <c>first.name(rest)</c>; the receiver is the first parameter.</summary>
    public bool IsMember { get; }

    /// <summary>Without the field of a reference function.</summary>
    public ImmutableArray<CelType> Parameters { get; }

    /// <summary>Null for a reference function that gives the field's own type.</summary>
    public CelType? Result { get; }

    public CelBody? Body { get; private init; }

    /// <summary>The object type whose fields a reference function takes first, else null.</summary>
    public string? ReferencedType { get; private init; }

    public CelReferenceBody? ReferenceBody { get; private init; }

    /// <summary>The same arguments always give the same result, so that constant calls are computed once at load.</summary>
    public bool IsPure { get; init; } = true;

    /// <summary>One of <see cref="CelRuleLibrary"/>: means what its name says, so that compiled code may do it without calling the body.</summary>
    internal bool IsOfRuleLibrary { get; init; }

    /// <summary>Takes any number of arguments; its body checks them.</summary>
    internal bool IsVariadic { get; init; }

    public static CelFunction Global(string name, ImmutableArray<CelType> parameters, CelType result, CelBody body) =>
        new(name, false, parameters, result) { Body = body };

    public static CelFunction Member(string name, ImmutableArray<CelType> parameters, CelType result, CelBody body) =>
        new(name, true, parameters, result) { Body = body };

    /// <summary>A function whose first argument must be a field of the type, as <c>change(metrics.x, days(90))</c>.</summary>
    public static CelFunction Reference(string name, string objectType, ImmutableArray<CelType> others, CelType? result, CelReferenceBody body) =>
        new(name, false, others, result) { ReferencedType = objectType, ReferenceBody = body, IsPure = false };
}

/// <summary>What expressions may name. Immutable; standard functions, macros and extension libraries are always there.</summary>
/// <remarks>In rule mode <c>now</c> is a timestamp without being declared: <see cref="CelFrame.Now"/>.</remarks>
public sealed class CelEnvironment
{
    private CelEnvironment(CelMode mode, ImmutableArray<CelVariable> variables, ImmutableDictionary<string, CelObjectType> objectTypes, ImmutableArray<CelFunction> functions, FunctionTable table, string container)
    {
        Table = table;
        Mode = mode;
        Variables = variables;
        ObjectTypes = objectTypes;
        Functions = functions;
        Container = container;
    }

    public CelMode Mode { get; }

    /// <summary>By slot.</summary>
    public ImmutableArray<CelVariable> Variables { get; }

    public ImmutableDictionary<string, CelObjectType> ObjectTypes { get; }

    /// <summary>Those beyond the standard library.</summary>
    public ImmutableArray<CelFunction> Functions { get; }

    /// <summary>The namespace in which names are looked up first, or "".</summary>
    public string Container { get; }

    internal FunctionTable Table { get; }

    public static CelEnvironment Create(
        CelMode mode, IEnumerable<CelVariable> variables, IEnumerable<CelObjectType> objectTypes, IEnumerable<CelFunction> functions, string container = "") =>
        new(mode, [.. variables], objectTypes.ToImmutableDictionary(t => t.Name, StringComparer.Ordinal), [.. functions], new FunctionTable(functions), container);

    /// <summary>This environment and one more variable in a new slot at the end; it hides one of the same name.</summary>
    public CelEnvironment With(string name, CelType type) => new(Mode, Variables.Add(new CelVariable(name, type)), ObjectTypes, Functions, Table, Container);

    /// <summary>The full names that a name may stand for, innermost namespace first.</summary>
    internal IEnumerable<string> Candidates(string name, bool isRooted)
    {
        for (string prefix = isRooted ? "" : Container; prefix.Length > 0; prefix = prefix.LastIndexOf('.') is > 0 and var dot ? prefix[..dot] : "")
        {
            yield return $"{prefix}.{name}";
        }

        yield return name;
    }

    /// <summary>The slot of a variable (the last declared one of that name), or -1.</summary>
    public int Slot(string variable)
    {
        for (int i = Variables.Length - 1; i >= 0; i--)
        {
            if (Variables[i].Name == variable) return i;
        }

        return -1;
    }
}
