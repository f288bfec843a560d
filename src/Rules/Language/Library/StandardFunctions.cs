using System.Collections.Immutable;
using Risk.Rules.Language.Checking;

namespace Risk.Rules.Language.Library;

/// <summary>The functions of the CEL specification.</summary>
internal static class StandardFunctions
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType B = CelType.Parameter("B");

    public static readonly ImmutableArray<CelFunction> All =
    [
        .. Conversions.All,
        CelFunction.Global("dyn", [A], CelType.Dyn, (a, _) => a[0]),
        CelFunction.Global("type", [A], CelType.TypeOf(A), (a, _) => CelValue.Type(TypeNames.Of(a[0]))),
        .. Both("size", [CelType.Text], CelType.Int, (a, _) => CelValue.Of(CodePoints.Count(a[0].AsText))),
        .. Both("size", [CelType.Bytes], CelType.Int, (a, _) => CelValue.Of(a[0].AsBytes.Length)),
        .. Both("size", [CelType.List(A)], CelType.Int, (a, _) => a[0].AsList.IsOpen ? CelValue.Missing(a[0].AsList.OpenInputs) : CelValue.Of(a[0].AsList.Items.Length)),
        .. Both("size", [CelType.Map(A, B)], CelType.Int, (a, _) => a[0].AsMap.IsOpen ? CelValue.Missing(a[0].AsMap.OpenInputs) : CelValue.Of(a[0].AsMap.Entries.Length)),
        CelFunction.Member("contains", [CelType.Text, CelType.Text], CelType.Bool, (a, _) => CelValue.Of(a[0].AsText.Contains(a[1].AsText, StringComparison.Ordinal))),
        CelFunction.Member("startsWith", [CelType.Text, CelType.Text], CelType.Bool, (a, _) => CelValue.Of(a[0].AsText.StartsWith(a[1].AsText, StringComparison.Ordinal))),
        CelFunction.Member("endsWith", [CelType.Text, CelType.Text], CelType.Bool, (a, _) => CelValue.Of(a[0].AsText.EndsWith(a[1].AsText, StringComparison.Ordinal))),
        .. Both("matches", [CelType.Text, CelType.Text], CelType.Bool, (a, frame) => frame.Patterns.Match(a[0].AsText, a[1].AsText, frame)),
    ];

    private static CelFunction[] Both(string name, ImmutableArray<CelType> parameters, CelType result, CelBody body) =>
        [CelFunction.Global(name, parameters, result, body), CelFunction.Member(name, parameters, result, body)];
}
