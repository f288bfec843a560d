using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The optionals extension. <c>or</c> and <c>orValue</c> are planned as nodes of their own, since they look at their argument only when needed.</summary>
internal static class OptionalFunctions
{
    private static readonly CelType V = CelType.Parameter("V");
    private static readonly CelType OptionalV = CelType.Optional(CelType.Parameter("V"));
    private static readonly CelValue Nothing = CelValue.Error("optional.none() has no value");

    public static readonly ImmutableArray<CelFunction> All =
    [
        CelFunction.Global("optional.of", [V], OptionalV, (a, _) => CelValue.Optional(a[0])),
        CelFunction.Global("optional.ofNonZeroValue", [V], OptionalV, (a, _) => IsZero(a[0]) ? CelValue.OptionalNone : CelValue.Optional(a[0])),
        CelFunction.Global("optional.none", [], OptionalV, (_, _) => CelValue.OptionalNone),
        CelFunction.Member("hasValue", [OptionalV], CelType.Bool, (a, _) => CelValue.Of(a[0].HasValue)),
        CelFunction.Member("value", [OptionalV], V, (a, _) => a[0].HasValue ? a[0].AsOptional : Nothing),
        CelFunction.Member("or", [OptionalV, OptionalV], OptionalV, (a, _) => a[0].HasValue ? a[0] : a[1]),
        CelFunction.Member("orValue", [OptionalV, V], V, (a, _) => a[0].HasValue ? a[0].AsOptional : a[1]),
        CelFunction.Global("optional.unwrap", [CelType.List(OptionalV)], CelType.List(V), (a, _) => Unwrap(a[0].AsList)),
        CelFunction.Member("unwrapOpt", [CelType.List(OptionalV)], CelType.List(V), (a, _) => Unwrap(a[0].AsList)),
        CelFunction.Member("first", [CelType.List(V)], OptionalV, (a, _) => At(a[0].AsList, first: true)),
        CelFunction.Member("last", [CelType.List(V)], OptionalV, (a, _) => At(a[0].AsList, first: false)),
    ];

    private static bool IsZero(in CelValue value) => value.Kind switch
    {
        CelValueKind.Null => true,
        CelValueKind.Bool or CelValueKind.Int or CelValueKind.Uint => value.AsInt == 0,
        CelValueKind.Double => value.AsDouble == 0,
        CelValueKind.Text => value.AsText.Length == 0,
        CelValueKind.Bytes => value.AsBytes.IsEmpty,
        CelValueKind.List => value.AsList.Items.IsEmpty,
        CelValueKind.Map => value.AsMap.Entries.IsEmpty,
        CelValueKind.Duration => value.Seconds == 0 && value.Nanos == 0,
        CelValueKind.Timestamp => value.Seconds == 0 && value.Nanos == 0,
        CelValueKind.Optional => !value.HasValue,
        _ => false,
    };

    private static CelValue Unwrap(CelList list)
    {
        if (list.IsOpen) return CelValue.Missing(list.OpenInputs);
        if (list.Items.Any(i => i.Kind != CelValueKind.Optional)) return CelValue.Error("unwrapOpt() takes a list of optional values");
        return CelValue.List(new CelList([.. list.Items.Where(i => i.HasValue).Select(i => i.AsOptional)]));
    }

    private static CelValue At(CelList list, bool first)
    {
        if (list.IsOpen) return CelValue.Missing(list.OpenInputs);
        return list.Items.IsEmpty ? CelValue.OptionalNone : CelValue.Optional(list.Items[first ? 0 : list.Items.Length - 1]);
    }
}
