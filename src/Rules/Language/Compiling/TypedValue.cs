using System.Linq.Expressions;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language.Compiling;

/// <summary>Code that gives a value of a known type: bool, long, ulong, double, string; ticks (long) for timestamps (since year 1) and durations; a host for objects; an array for lists.</summary>
/// <param name="Type">The static type.</param>
/// <param name="IsOpen">Bool, for lists: there may be further items. Null: there are none.</param>
/// <param name="IsKnown">Bool: false leaves the expression to the interpreter where the value is read. Null: it is known.</param>
internal sealed record TypedValue(Expression Code, CelType Type, Expression? IsOpen = null, Expression? IsKnown = null)
{
    public CelKind Kind => Type.Kind;

    /// <summary>The items' class, for lists.</summary>
    public Type Item => Code.Type.GetElementType()!;

    /// <summary>Null for what compiled code does not hold: lists, maps, times finer than a tick ...</summary>
    public static TypedValue? Of(in CelValue value)
    {
        switch (value.Kind)
        {
            case CelValueKind.Bool:
                return new TypedValue(Expression.Constant(value.AsBool), CelType.Bool);
            case CelValueKind.Int:
                return new TypedValue(Expression.Constant(value.AsInt), CelType.Int);
            case CelValueKind.Uint:
                return new TypedValue(Expression.Constant(value.AsUint), CelType.Uint);
            case CelValueKind.Double:
                return new TypedValue(Expression.Constant(value.AsDouble), CelType.Double);
            case CelValueKind.Text:
                return new TypedValue(Expression.Constant(value.AsText), CelType.Text);
            case CelValueKind.Timestamp or CelValueKind.Duration when TypedRuntime.TryTicks(value, out long ticks):
                return new TypedValue(Expression.Constant(ticks), value.Kind == CelValueKind.Timestamp ? CelType.Timestamp : CelType.Duration);
            default:
                return null;
        }
    }

    /// <summary>The class that holds values of the kind; null when compiled code holds none.</summary>
    public static Type? HostOf(CelKind kind) => kind switch
    {
        CelKind.Bool => typeof(bool),
        CelKind.Int or CelKind.Timestamp or CelKind.Duration => typeof(long),
        CelKind.Uint => typeof(ulong),
        CelKind.Double => typeof(double),
        CelKind.Text => typeof(string),
        _ => null,
    };
}

/// <summary>What compiled code calls. Nothing throws.</summary>
internal static class TypedRuntime
{
    /// <summary>The longest duration in ticks: 64 bits of nanoseconds.</summary>
    public const long LongestDuration = long.MaxValue / 100;

    /// <summary>False when the time has a part smaller than 100 ns.</summary>
    public static bool TryTicks(in CelValue value, out long ticks)
    {
        ticks = (value.Seconds * TimeSpan.TicksPerSecond) + (value.Nanos / 100) + (value.Kind == CelValueKind.Timestamp ? DateTimeOffset.UnixEpoch.Ticks : 0);
        return value.Nanos % 100 == 0;
    }

    public static CelValue ToValue(CelKind kind, long ticks) => kind == CelKind.Timestamp ? CelValue.Timestamp(new DateTimeOffset(ticks, TimeSpan.Zero)) : CelValue.Duration(new TimeSpan(ticks));

    public static bool TryMultiply(long a, long b, out long product)
    {
        long high = Math.BigMul(a, b, out product);
        return high == product >> 63;
    }

    /// <summary>False where the interpreter says "out of range".</summary>
    public static bool TryHours(long count, long hours, out long ticks)
    {
        ticks = 0;
        if (count is > 3_000_000 or < -3_000_000) return false;
        ticks = count * hours * TimeSpan.TicksPerHour;
        return ticks is >= -LongestDuration and <= LongestDuration;
    }

    public static bool Contains(string[] items, string text)
    {
        foreach (string item in items)
        {
            if (string.Equals(item, text, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>As <c>math.least</c> (sign -1) and <c>math.greatest</c> (1) choose between two numbers.</summary>
    public static double Extreme(double a, double b, int sign) => double.IsNaN(b) || (sign < 0 ? b < a : b > a) ? b : a;

    public static int Length(string text) => CodePoints.Count(text);
}
