using System.Collections.Immutable;

namespace Risk.Rules.Language;

public enum CelKind { Null, Bool, Int, Uint, Double, Text, Bytes, Timestamp, Duration, List, Map, Object, Optional, Type, Dyn }

/// <summary>A CEL type. Value equality.</summary>
/// <param name="Name">Object type name for <see cref="CelKind.Object"/>; else "".</param>
/// <param name="Arguments">Element type of a list or optional, key and value type of a map; else empty.</param>
public sealed record CelType(CelKind Kind, string Name, ImmutableArray<CelType> Arguments)
{
    public static readonly CelType Null = new(CelKind.Null, "", []);
    public static readonly CelType Bool = new(CelKind.Bool, "", []);
    public static readonly CelType Int = new(CelKind.Int, "", []);
    public static readonly CelType Uint = new(CelKind.Uint, "", []);
    public static readonly CelType Double = new(CelKind.Double, "", []);
    public static readonly CelType Text = new(CelKind.Text, "", []);
    public static readonly CelType Bytes = new(CelKind.Bytes, "", []);
    public static readonly CelType Timestamp = new(CelKind.Timestamp, "", []);
    public static readonly CelType Duration = new(CelKind.Duration, "", []);
    public static readonly CelType Dyn = new(CelKind.Dyn, "", []);
    public static readonly CelType TypeOfType = new(CelKind.Type, "", []);

    public static CelType List(CelType element) => new(CelKind.List, "", [element]);

    public static CelType Map(CelType key, CelType value) => new(CelKind.Map, "", [key, value]);

    public static CelType Optional(CelType value) => new(CelKind.Optional, "", [value]);

    public static CelType Object(string name) => new(CelKind.Object, name, []);

    public bool Equals(CelType? other) => other is not null && Kind == other.Kind && Name == other.Name && Arguments.SequenceEqual(other.Arguments);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, Arguments.Length);

    /// <summary>The type of the type denotations: <c>type(int)</c>.</summary>
    internal static CelType TypeOf(CelType type) => new(CelKind.Type, "", [type]);

    /// <summary>A type parameter of a function's declaration; while checking, a type not yet known.</summary>
    internal static CelType Parameter(string name) => new(CelKind.Dyn, name, []);

    internal bool IsParameter => Kind == CelKind.Dyn && Name.Length > 0;

    internal bool IsDyn => Kind == CelKind.Dyn && Name.Length == 0;

    internal bool IsNumber => Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>As CEL writes it: <c>int</c>, <c>list(string)</c>, <c>map(string, Cert)</c>.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        CelKind.Text => "string",
        CelKind.Object => Arguments.IsEmpty ? Name : $"{Name}({string.Join(", ", Arguments)})",
        CelKind.Type when !Arguments.IsEmpty => $"type({Arguments[0]})",
        CelKind.List => $"list({Arguments[0]})",
        CelKind.Map => $"map({Arguments[0]}, {Arguments[1]})",
        CelKind.Optional => $"optional_type({Arguments[0]})",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
