using Risk.Rules.Language.Library;

namespace Risk.Rules.Language.Checking;

/// <summary>Names that denote types.</summary>
internal static class TypeNames
{
    public static CelType? Find(string name) => name switch
    {
        "bool" => CelType.Bool,
        "int" => CelType.Int,
        "uint" => CelType.Uint,
        "double" => CelType.Double,
        "string" => CelType.Text,
        "bytes" => CelType.Bytes,
        "list" => CelType.List(CelType.Dyn),
        "map" => CelType.Map(CelType.Dyn, CelType.Dyn),
        "null_type" => CelType.Null,
        "type" => CelType.TypeOfType,
        "optional_type" => CelType.Optional(CelType.Dyn),
        "google.protobuf.Timestamp" => CelType.Timestamp,
        "google.protobuf.Duration" => CelType.Duration,
        "net.IP" => NetworkAddress.NetworkType,
        "net.CIDR" => NetworkRange.NetworkType,
        _ => null,
    };

    /// <summary>As <c>string(type(x))</c> and <c>%s</c> print it.</summary>
    public static string Print(CelType type) => type.Kind switch
    {
        CelKind.Null => "null_type",
        CelKind.List => "list",
        CelKind.Map => "map",
        CelKind.Optional => "optional_type",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        CelKind.Duration => "google.protobuf.Duration",
        CelKind.Type => "type",
        _ => type.ToString(),
    };

    /// <summary>The type of a value, without element types.</summary>
    public static CelType Of(CelValue value) => value.Kind switch
    {
        CelValueKind.Bool => CelType.Bool,
        CelValueKind.Int => CelType.Int,
        CelValueKind.Uint => CelType.Uint,
        CelValueKind.Double => CelType.Double,
        CelValueKind.Text => CelType.Text,
        CelValueKind.Bytes => CelType.Bytes,
        CelValueKind.Timestamp => CelType.Timestamp,
        CelValueKind.Duration => CelType.Duration,
        CelValueKind.List => CelType.List(CelType.Dyn),
        CelValueKind.Map => CelType.Map(CelType.Dyn, CelType.Dyn),
        CelValueKind.Optional => CelType.Optional(CelType.Dyn),
        CelValueKind.Type => CelType.TypeOfType,
        CelValueKind.Object => value.AsObject is OpaqueObject opaque ? opaque.Type : CelType.Object("object"),
        _ => CelType.Null,
    };
}
