using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The types that operators take and give. Logic, conditionals and indexing are checked on their own.</summary>
internal static class OperatorDeclarations
{
    private static readonly CelType A = CelType.Parameter("A");
    private static readonly CelType B = CelType.Parameter("B");
    private static readonly ImmutableArray<CelType> Numbers = [CelType.Int, CelType.Uint, CelType.Double];

    public static readonly ImmutableArray<CelFunction> All =
    [
        .. Same("_+_", Arithmetic.Add, CelType.Int, CelType.Uint, CelType.Double, CelType.Text, CelType.Bytes, CelType.Duration, CelType.List(A)),
        Binary("_+_", CelType.Timestamp, CelType.Duration, CelType.Timestamp, Arithmetic.Add),
        Binary("_+_", CelType.Duration, CelType.Timestamp, CelType.Timestamp, Arithmetic.Add),
        .. Same("_-_", Arithmetic.Subtract, CelType.Int, CelType.Uint, CelType.Double, CelType.Duration),
        Binary("_-_", CelType.Timestamp, CelType.Duration, CelType.Timestamp, Arithmetic.Subtract),
        Binary("_-_", CelType.Timestamp, CelType.Timestamp, CelType.Duration, Arithmetic.Subtract),
        .. Same("_*_", Arithmetic.Multiply, CelType.Int, CelType.Uint, CelType.Double),
        .. Same("_/_", Arithmetic.Divide, CelType.Int, CelType.Uint, CelType.Double),
        .. Same("_%_", Arithmetic.Modulo, CelType.Int, CelType.Uint),
        .. new[] { CelType.Int, CelType.Double, CelType.Duration }.Select(t => CelFunction.Global("-_", [t], t, (a, _) => Arithmetic.Negate(a[0]))),
        CelFunction.Global("!_", [CelType.Bool], CelType.Bool, (a, _) => CelValue.Of(!a[0].AsBool)),
        Binary("_==_", A, A, CelType.Bool, Comparison.Equal),
        Binary("_!=_", A, A, CelType.Bool, Comparison.Equal),
        Binary("@in", A, CelType.List(A), CelType.Bool, Arithmetic.In),
        Binary("@in", A, CelType.Map(A, B), CelType.Bool, Arithmetic.In),
        .. new[] { "_<_", "_<=_", "_>_", "_>=_" }.SelectMany(Orders),
    ];

    private delegate CelValue Operation(in CelValue left, in CelValue right);

    private static IEnumerable<CelFunction> Orders(string name)
    {
        foreach (CelType type in new[] { CelType.Bool, CelType.Text, CelType.Bytes, CelType.Timestamp, CelType.Duration }) yield return Binary(name, type, type, CelType.Bool, Comparison.Equal);
        foreach (CelType left in Numbers)
        {
            foreach (CelType right in Numbers) yield return Binary(name, left, right, CelType.Bool, Comparison.Equal);
        }
    }

    private static IEnumerable<CelFunction> Same(string name, Operation operation, params CelType[] types) => types.Select(t => Binary(name, t, t, t, operation));

    /// <summary>The planner makes nodes of operators; their bodies are never called.</summary>
    private static CelFunction Binary(string name, CelType left, CelType right, CelType result, Operation operation) =>
        CelFunction.Global(name, [left, right], result, (a, _) => operation(a[0], a[1]));
}
