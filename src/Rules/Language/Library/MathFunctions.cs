using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The math extension.</summary>
internal static class MathFunctions
{
    public static readonly ImmutableArray<CelFunction> All =
    [
        CelFunction.Global("math.greatest", [CelType.Dyn], CelType.Dyn, (a, _) => Extreme(a, 1)) with { IsVariadic = true },
        CelFunction.Global("math.least", [CelType.Dyn], CelType.Dyn, (a, _) => Extreme(a, -1)) with { IsVariadic = true },
        OfDouble("math.ceil", Math.Ceiling),
        OfDouble("math.floor", Math.Floor),
        OfDouble("math.round", v => Math.Round(v, MidpointRounding.AwayFromZero)),
        OfDouble("math.trunc", Math.Truncate),
        Test("math.isNaN", double.IsNaN),
        Test("math.isInf", double.IsInfinity),
        Test("math.isFinite", double.IsFinite),
        OfDouble("math.abs", Math.Abs),
        CelFunction.Global("math.abs", [CelType.Int], CelType.Int, (a, _) => a[0].AsInt < 0 ? Arithmetic.Negate(a[0]) : a[0]),
        CelFunction.Global("math.abs", [CelType.Uint], CelType.Uint, (a, _) => a[0]),
        OfDouble("math.sign", v => double.IsNaN(v) ? v : Math.Sign(v)),
        CelFunction.Global("math.sign", [CelType.Int], CelType.Int, (a, _) => CelValue.Of(Math.Sign(a[0].AsInt))),
        CelFunction.Global("math.sign", [CelType.Uint], CelType.Uint, (a, _) => CelValue.OfUint(a[0].AsUint > 0 ? 1UL : 0)),
        OfDouble("math.sqrt", Math.Sqrt),
        CelFunction.Global("math.sqrt", [CelType.Int], CelType.Double, (a, _) => CelValue.OfDouble(Math.Sqrt(a[0].AsInt))),
        CelFunction.Global("math.sqrt", [CelType.Uint], CelType.Double, (a, _) => CelValue.OfDouble(Math.Sqrt(a[0].AsUint))),
        .. Bits("math.bitAnd", (x, y) => x & y),
        .. Bits("math.bitOr", (x, y) => x | y),
        .. Bits("math.bitXor", (x, y) => x ^ y),
        CelFunction.Global("math.bitNot", [CelType.Int], CelType.Int, (a, _) => CelValue.Of(~a[0].AsInt)),
        CelFunction.Global("math.bitNot", [CelType.Uint], CelType.Uint, (a, _) => CelValue.OfUint(~a[0].AsUint)),
        .. Shift("math.bitShiftLeft", (x, n) => x << n),
        .. Shift("math.bitShiftRight", (x, n) => x >> n),
    ];

    private static CelFunction OfDouble(string name, Func<double, double> body) =>
        CelFunction.Global(name, [CelType.Double], CelType.Double, (a, _) => CelValue.OfDouble(body(a[0].AsDouble)));

    private static CelFunction Test(string name, Func<double, bool> body) => CelFunction.Global(name, [CelType.Double], CelType.Bool, (a, _) => CelValue.Of(body(a[0].AsDouble)));

    private static CelFunction[] Bits(string name, Func<ulong, ulong, ulong> body) =>
    [
        CelFunction.Global(name, [CelType.Int, CelType.Int], CelType.Int, (a, _) => CelValue.Of(unchecked((long)body((ulong)a[0].AsInt, (ulong)a[1].AsInt)))),
        CelFunction.Global(name, [CelType.Uint, CelType.Uint], CelType.Uint, (a, _) => CelValue.OfUint(body(a[0].AsUint, a[1].AsUint))),
    ];

    /// <summary>The bits move without the sign; 64 places and more give zero.</summary>
    private static CelFunction[] Shift(string name, Func<ulong, int, ulong> body)
    {
        CelValue negative = CelValue.Error($"{name}() cannot shift by a negative number");
        return
        [
            CelFunction.Global(name, [CelType.Int, CelType.Int], CelType.Int, (a, _) =>
                a[1].AsInt < 0 ? negative : CelValue.Of(a[1].AsInt > 63 ? 0 : unchecked((long)body((ulong)a[0].AsInt, (int)a[1].AsInt)))),
            CelFunction.Global(name, [CelType.Uint, CelType.Int], CelType.Uint, (a, _) =>
                a[1].AsInt < 0 ? negative : CelValue.OfUint(a[1].AsInt > 63 ? 0 : body(a[0].AsUint, (int)a[1].AsInt))),
        ];
    }

    private static CelValue Extreme(ReadOnlySpan<CelValue> arguments, int sign)
    {
        if (arguments.Length == 1 && arguments[0].Kind == CelValueKind.List)
        {
            CelList list = arguments[0].AsList;
            if (list.IsOpen) return CelValue.Missing(list.OpenInputs);
            arguments = list.Items.AsSpan();
        }

        if (arguments.IsEmpty) return CelValue.Error("the least or greatest of no numbers is not known");
        CelValue best = arguments[0];
        foreach (CelValue number in arguments)
        {
            if (number.Kind is not (CelValueKind.Int or CelValueKind.Uint or CelValueKind.Double)) return CelValue.Error($"the least or greatest is of numbers, not of {Arithmetic.Name(number)}");
            if (Comparison.Compare(number, best) == sign || (number.Kind == CelValueKind.Double && double.IsNaN(number.AsDouble))) best = number;
        }

        return best;
    }
}
