using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>Equality, order and hash of values. Numbers compare by value across int, uint and double, without rounding.</summary>
internal static class Comparison
{
    /// <summary>NaN is in no order with anything.</summary>
    public const int Unordered = 2;

    public const int NotComparable = 3;

    /// <summary>-1, 0, 1, <see cref="Unordered"/> or <see cref="NotComparable"/>.</summary>
    public static int Compare(in CelValue a, in CelValue b)
    {
        switch (a.Kind)
        {
            case CelValueKind.Int:
                return b.Kind switch
                {
                    CelValueKind.Int => a.AsInt.CompareTo(b.AsInt),
                    CelValueKind.Double => Compare(a.AsInt, b.AsDouble),
                    CelValueKind.Uint => a.AsInt < 0 ? -1 : ((ulong)a.AsInt).CompareTo(b.AsUint),
                    _ => NotComparable,
                };
            case CelValueKind.Double:
                return b.Kind switch
                {
                    CelValueKind.Double => Compare(a.AsDouble, b.AsDouble),
                    CelValueKind.Int => Reverse(Compare(b.AsInt, a.AsDouble)),
                    CelValueKind.Uint => Reverse(Compare(b.AsUint, a.AsDouble)),
                    _ => NotComparable,
                };
            case CelValueKind.Uint:
                return b.Kind switch
                {
                    CelValueKind.Uint => a.AsUint.CompareTo(b.AsUint),
                    CelValueKind.Double => Compare(a.AsUint, b.AsDouble),
                    CelValueKind.Int => b.AsInt < 0 ? 1 : a.AsUint.CompareTo((ulong)b.AsInt),
                    _ => NotComparable,
                };
        }

        if (a.Kind != b.Kind) return NotComparable;
        return a.Kind switch
        {
            CelValueKind.Bool => a.AsBool.CompareTo(b.AsBool),
            CelValueKind.Text => CompareText(a.AsText, b.AsText),
            CelValueKind.Bytes => Math.Sign(a.AsBytes.AsSpan().SequenceCompareTo(b.AsBytes.AsSpan())),
            CelValueKind.Timestamp or CelValueKind.Duration => a.Seconds != b.Seconds ? a.Seconds.CompareTo(b.Seconds) : a.Nanos.CompareTo(b.Nanos),
            _ => NotComparable,
        };
    }

    /// <summary>The order that <c>&lt;</c> and its like see.</summary>
    /// <remarks>
    /// As the conformance suite asks, the doubles 2^63 and 2^64 count as the largest int and uint there, since these cannot be written as a double;
    /// everywhere else, and in equality, nothing is rounded.
    /// </remarks>
    public static int Order(in CelValue a, in CelValue b)
    {
        int order = Compare(a, b);
        if (a.Kind == b.Kind || order is not (-1 or 1)) return order;
        return IsEdge(a, b) || IsEdge(b, a) ? 0 : order;
    }

    private static bool IsEdge(in CelValue whole, in CelValue number) => number.Kind == CelValueKind.Double && whole.Kind switch
    {
        CelValueKind.Int => number.AsDouble == 9223372036854775808.0 && whole.AsInt == long.MaxValue,
        CelValueKind.Uint => number.AsDouble == 18446744073709551616.0 && whole.AsUint == ulong.MaxValue,
        _ => false,
    };

    private static int Reverse(int order) => order is -1 or 1 ? -order : order;

    private static int Compare(double a, double b) => a < b ? -1 : a > b ? 1 : a == b ? 0 : Unordered;

    private static int Compare(long a, double b)
    {
        if (double.IsNaN(b)) return Unordered;
        if (b >= 9223372036854775808.0) return -1;
        if (b < -9223372036854775808.0) return 1;
        long whole = (long)b;
        return a != whole ? a.CompareTo(whole) : Math.Sign(whole - b);
    }

    private static int Compare(ulong a, double b)
    {
        if (double.IsNaN(b)) return Unordered;
        if (b >= 18446744073709551616.0) return -1;
        if (b < 0) return 1;
        ulong whole = (ulong)b;
        return a != whole ? a.CompareTo(whole) : Math.Sign(whole - b);
    }

    /// <summary>By code point: surrogates stand for the highest code points, above U+E000 to U+FFFF.</summary>
    private static int CompareText(string a, string b)
    {
        int length = Math.Min(a.Length, b.Length);
        for (int i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            bool aHigh = char.IsSurrogate(a[i]), bHigh = char.IsSurrogate(b[i]);
            return aHigh == bHigh ? a[i].CompareTo(b[i]) < 0 ? -1 : 1 : aHigh ? 1 : -1;
        }

        return Math.Sign(a.Length - b.Length);
    }

    /// <summary>True, false, or missing when an open list or map leaves it undecided.</summary>
    public static CelValue Equal(in CelValue a, in CelValue b)
    {
        switch (a.Kind)
        {
            case CelValueKind.Null:
                return CelValue.Of(b.Kind == CelValueKind.Null);
            case CelValueKind.List:
                return b.Kind == CelValueKind.List ? EqualLists(a.AsList, b.AsList) : CelValue.False;
            case CelValueKind.Map:
                return b.Kind == CelValueKind.Map ? EqualMaps(a.AsMap, b.AsMap) : CelValue.False;
            case CelValueKind.Type:
                return CelValue.Of(b.Kind == CelValueKind.Type && a.AsType.Kind == b.AsType.Kind && a.AsType.Name == b.AsType.Name);
            case CelValueKind.Object:
                return CelValue.Of(b.Kind == CelValueKind.Object && Equals(a.AsObject, b.AsObject));
            case CelValueKind.Optional:
                if (b.Kind != CelValueKind.Optional || a.HasValue != b.HasValue) return CelValue.False;
                return a.HasValue ? Equal(a.AsOptional, b.AsOptional) : CelValue.True;
            case CelValueKind.Text:
                return CelValue.Of(b.Kind == CelValueKind.Text && a.AsText == b.AsText);
            default:
                return CelValue.Of(Compare(a, b) == 0);
        }
    }

    private static CelValue EqualLists(CelList a, CelList b)
    {
        if (!a.OpenInputs.IsEmpty || !b.OpenInputs.IsEmpty) return CelValue.Missing(a.OpenInputs.AddRange(b.OpenInputs));
        if (a.Items.Length != b.Items.Length) return CelValue.False;
        CelValue result = CelValue.True;
        for (int i = 0; i < a.Items.Length; i++)
        {
            CelValue item = Equal(a.Items[i], b.Items[i]);
            if (item.IsFalse) return item;
            if (item.IsFailure) result = result.IsFailure ? CelValue.Merge(result, item) : item;
        }

        return result;
    }

    private static CelValue EqualMaps(CelMap a, CelMap b)
    {
        if (!a.OpenInputs.IsEmpty || !b.OpenInputs.IsEmpty) return CelValue.Missing(a.OpenInputs.AddRange(b.OpenInputs));
        if (a.Entries.Length != b.Entries.Length) return CelValue.False;
        CelValue result = CelValue.True;
        foreach ((CelValue key, CelValue value) in a.Entries)
        {
            if (!b.TryGet(key, out CelValue other)) return CelValue.False;
            CelValue item = Equal(value, other);
            if (item.IsFalse) return item;
            if (item.IsFailure) result = result.IsFailure ? CelValue.Merge(result, item) : item;
        }

        return result;
    }

    /// <summary>For scalars: equal values have equal hashes, numbers across types too.</summary>
    public static int Hash(in CelValue value) => value.Kind switch
    {
        CelValueKind.Int => Mixed(value.AsInt),
        CelValueKind.Uint => value.AsUint <= long.MaxValue ? Mixed((long)value.AsUint) : Mixed(BitConverter.DoubleToInt64Bits((double)value.AsUint)),
        CelValueKind.Double => value.AsDouble is >= -9.2e18 and <= 9.2e18 && Math.Truncate(value.AsDouble) == value.AsDouble ? Mixed((long)value.AsDouble) : Mixed(BitConverter.DoubleToInt64Bits(value.AsDouble)),
        CelValueKind.Text => string.GetHashCode(value.AsText, StringComparison.Ordinal),
        CelValueKind.Bool => value.AsBool ? 1 : 2,
        CelValueKind.Timestamp or CelValueKind.Duration => HashCode.Combine(value.Seconds, value.Nanos),
        _ => (int)value.Kind,
    };

    /// <summary>Both halves with the process's own seed: numbers in a pattern, as <c>x * 4294967297</c>, do not share one hash.</summary>
    private static int Mixed(long bits) => HashCode.Combine((int)bits, (int)(bits >> 32));

    /// <summary>Equality of map keys and of the items of large lists.</summary>
    public sealed class Comparer : IEqualityComparer<CelValue>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(CelValue x, CelValue y) => Equal(x, y).IsTrue;

        public int GetHashCode(CelValue obj) => Hash(obj);
    }
}
