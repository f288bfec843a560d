using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The arithmetic operators on values of any kind. Overflow is tested before, never caught.</summary>
internal static class Arithmetic
{
    /// <summary>Longest text, and largest number of items in a list with all lists inside it, that an evaluation may build.</summary>
    public const int MaximumSize = 1_000_000;

    public static readonly CelValue TooLarge = CelValue.Error("the result is too large");

    private static readonly CelValue Overflow = CelValue.Error("integer overflow");
    private static readonly CelValue DivideByZero = CelValue.Error("division by zero");
    private static readonly CelValue ModulusByZero = CelValue.Error("modulus by zero");

    public static CelValue Add(in CelValue a, in CelValue b)
    {
        switch (a.Kind, b.Kind)
        {
            case (CelValueKind.Double, CelValueKind.Double):
                return CelValue.OfDouble(a.AsDouble + b.AsDouble);
            case (CelValueKind.Int, CelValueKind.Int):
                long sum = unchecked(a.AsInt + b.AsInt);
                return ((a.AsInt ^ sum) & (b.AsInt ^ sum)) < 0 ? Overflow : CelValue.Of(sum);
            case (CelValueKind.Uint, CelValueKind.Uint):
                return a.AsUint > ulong.MaxValue - b.AsUint ? Overflow : CelValue.OfUint(a.AsUint + b.AsUint);
            case (CelValueKind.Text, CelValueKind.Text):
                return a.AsText.Length + b.AsText.Length > MaximumSize ? TooLarge : CelValue.Text(a.AsText + b.AsText);
            case (CelValueKind.Bytes, CelValueKind.Bytes):
                return a.AsBytes.Length + b.AsBytes.Length > MaximumSize ? TooLarge : CelValue.Bytes(a.AsBytes.AddRange(b.AsBytes));
            case (CelValueKind.List, CelValueKind.List):
                if (a.AsList.Weight + b.AsList.Weight > MaximumSize) return TooLarge;
                return CelValue.List(new CelList(a.AsList.Items.AddRange(b.AsList.Items), a.AsList.OpenInputs.AddRange(b.AsList.OpenInputs)));
            case (CelValueKind.Timestamp, CelValueKind.Duration):
                return TimeMath.Timestamp(a.Seconds + b.Seconds, (long)a.Nanos + b.Nanos);
            case (CelValueKind.Duration, CelValueKind.Timestamp):
                return TimeMath.Timestamp(a.Seconds + b.Seconds, (long)a.Nanos + b.Nanos);
            case (CelValueKind.Duration, CelValueKind.Duration):
                return TimeMath.Duration(a.Seconds + b.Seconds, (long)a.Nanos + b.Nanos);
            default:
                return NoOverload("+", a, b);
        }
    }

    public static CelValue Subtract(in CelValue a, in CelValue b)
    {
        switch (a.Kind, b.Kind)
        {
            case (CelValueKind.Double, CelValueKind.Double):
                return CelValue.OfDouble(a.AsDouble - b.AsDouble);
            case (CelValueKind.Int, CelValueKind.Int):
                long difference = unchecked(a.AsInt - b.AsInt);
                return ((a.AsInt ^ b.AsInt) & (a.AsInt ^ difference)) < 0 ? Overflow : CelValue.Of(difference);
            case (CelValueKind.Uint, CelValueKind.Uint):
                return a.AsUint < b.AsUint ? Overflow : CelValue.OfUint(a.AsUint - b.AsUint);
            case (CelValueKind.Timestamp, CelValueKind.Duration):
                return TimeMath.Timestamp(a.Seconds - b.Seconds, (long)a.Nanos - b.Nanos);
            case (CelValueKind.Timestamp, CelValueKind.Timestamp):
            case (CelValueKind.Duration, CelValueKind.Duration):
                return TimeMath.Duration(a.Seconds - b.Seconds, (long)a.Nanos - b.Nanos);
            default:
                return NoOverload("-", a, b);
        }
    }

    public static CelValue Multiply(in CelValue a, in CelValue b)
    {
        switch (a.Kind, b.Kind)
        {
            case (CelValueKind.Double, CelValueKind.Double):
                return CelValue.OfDouble(a.AsDouble * b.AsDouble);
            case (CelValueKind.Int, CelValueKind.Int):
                long high = Math.BigMul(a.AsInt, b.AsInt, out long low);
                return high != low >> 63 ? Overflow : CelValue.Of(low);
            case (CelValueKind.Uint, CelValueKind.Uint):
                return Math.BigMul(a.AsUint, b.AsUint, out ulong product) != 0 ? Overflow : CelValue.OfUint(product);
            default:
                return NoOverload("*", a, b);
        }
    }

    public static CelValue Divide(in CelValue a, in CelValue b)
    {
        switch (a.Kind, b.Kind)
        {
            case (CelValueKind.Double, CelValueKind.Double):
                return CelValue.OfDouble(a.AsDouble / b.AsDouble);
            case (CelValueKind.Int, CelValueKind.Int):
                return b.AsInt == 0 ? DivideByZero : a.AsInt == long.MinValue && b.AsInt == -1 ? Overflow : CelValue.Of(a.AsInt / b.AsInt);
            case (CelValueKind.Uint, CelValueKind.Uint):
                return b.AsUint == 0 ? DivideByZero : CelValue.OfUint(a.AsUint / b.AsUint);
            default:
                return NoOverload("/", a, b);
        }
    }

    public static CelValue Modulo(in CelValue a, in CelValue b)
    {
        switch (a.Kind, b.Kind)
        {
            case (CelValueKind.Int, CelValueKind.Int):
                return b.AsInt == 0 ? ModulusByZero : a.AsInt == long.MinValue && b.AsInt == -1 ? Overflow : CelValue.Of(a.AsInt % b.AsInt);
            case (CelValueKind.Uint, CelValueKind.Uint):
                return b.AsUint == 0 ? ModulusByZero : CelValue.OfUint(a.AsUint % b.AsUint);
            default:
                return NoOverload("%", a, b);
        }
    }

    public static CelValue Negate(in CelValue a) => a.Kind switch
    {
        CelValueKind.Double => CelValue.OfDouble(-a.AsDouble),
        CelValueKind.Int => a.AsInt == long.MinValue ? Overflow : CelValue.Of(-a.AsInt),
        CelValueKind.Duration => TimeMath.Duration(-a.Seconds, -a.Nanos),
        _ => CelValue.Error($"no operator '-' for {Name(a)}"),
    };

    public static CelValue In(in CelValue item, in CelValue container) => container.Kind switch
    {
        CelValueKind.List => container.AsList.Contains(item),
        CelValueKind.Map => container.AsMap.ContainsKey(item),
        _ => NoOverload("in", item, container),
    };

    public static CelValue NoOverload(string symbol, in CelValue a, in CelValue b) => CelValue.Error($"no operator '{symbol}' for ({Name(a)}, {Name(b)})");

    public static string Name(in CelValue value) => Checking.TypeNames.Print(Checking.TypeNames.Of(value));
}
