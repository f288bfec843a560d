using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Risk.Rules.Language.Library;

/// <summary>The type conversions <c>int()</c>, <c>double()</c>, <c>string()</c> and so on.</summary>
internal static class Conversions
{
    private static readonly CelValue IntRange = CelValue.Error("the number is out of the range of int");
    private static readonly CelValue UintRange = CelValue.Error("the number is out of the range of uint");
    private static readonly UTF8Encoding StrictUtf8 = new(false, false);

    public static readonly ImmutableArray<CelFunction> All =
    [
        .. From("int", CelType.Int, ToInt, CelType.Int, CelType.Uint, CelType.Double, CelType.Text, CelType.Timestamp),
        .. From("uint", CelType.Uint, ToUint, CelType.Uint, CelType.Int, CelType.Double, CelType.Text),
        .. From("double", CelType.Double, ToDouble, CelType.Double, CelType.Int, CelType.Uint, CelType.Text),
        .. From("string", CelType.Text, ToText, CelType.Text, CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.Bytes, CelType.Timestamp, CelType.Duration),
        .. From("bytes", CelType.Bytes, v => v.Kind == CelValueKind.Bytes ? v : CelValue.Bytes([.. Encoding.UTF8.GetBytes(v.AsText)]), CelType.Bytes, CelType.Text),
        .. From("bool", CelType.Bool, ToBool, CelType.Bool, CelType.Text),
        .. From("timestamp", CelType.Timestamp, ToTimestamp, CelType.Timestamp, CelType.Text, CelType.Int),
        .. From("duration", CelType.Duration, ToDuration, CelType.Duration, CelType.Text),
    ];

    private static IEnumerable<CelFunction> From(string name, CelType result, Func<CelValue, CelValue> convert, params CelType[] types) =>
        types.Select(t => CelFunction.Global(name, [t], result, (a, _) => convert(a[0])));

    private static CelValue ToInt(CelValue value)
    {
        switch (value.Kind)
        {
            case CelValueKind.Uint:
                return value.AsUint > long.MaxValue ? IntRange : CelValue.Of((long)value.AsUint);
            case CelValueKind.Double:
                // Both ends are excluded, as cel-go does: the nearest doubles cannot be told from those beyond.
                return value.AsDouble is > -9223372036854775808.0 and < 9223372036854775808.0 ? CelValue.Of((long)value.AsDouble) : IntRange;
            case CelValueKind.Text:
                return long.TryParse(value.AsText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? CelValue.Of(number) : NotA("int", value);
            case CelValueKind.Timestamp:
                return CelValue.Of(value.Seconds);
            default:
                return value;
        }
    }

    private static CelValue ToUint(CelValue value)
    {
        switch (value.Kind)
        {
            case CelValueKind.Int:
                return value.AsInt < 0 ? UintRange : CelValue.OfUint((ulong)value.AsInt);
            case CelValueKind.Double:
                return value.AsDouble is >= 0.0 and < 18446744073709551616.0 ? CelValue.OfUint((ulong)value.AsDouble) : UintRange;
            case CelValueKind.Text:
                return ulong.TryParse(value.AsText, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? CelValue.OfUint(number) : NotA("uint", value);
            default:
                return value;
        }
    }

    private static CelValue ToDouble(CelValue value)
    {
        switch (value.Kind)
        {
            case CelValueKind.Int:
                return CelValue.OfDouble(value.AsInt);
            case CelValueKind.Uint:
                return CelValue.OfDouble(value.AsUint);
            case CelValueKind.Text:
                if (NotFinite(value.AsText) is { } special) return CelValue.OfDouble(special);
                const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                bool isNumber = double.TryParse(value.AsText, style, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
                return isNumber ? CelValue.OfDouble(number) : NotA("double", value);
            default:
                return value;
        }
    }

    /// <summary>Words for what is not finite, in any case, as Go reads them.</summary>
    private static double? NotFinite(string text)
    {
        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        bool isSigned = text is ['+' or '-', ..];
        ReadOnlySpan<char> word = text.AsSpan(isSigned ? 1 : 0);
        if (!word.Equals("inf", StringComparison.OrdinalIgnoreCase) && !word.Equals("infinity", StringComparison.OrdinalIgnoreCase)) return null;
        return isSigned && text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
    }

    private static CelValue ToText(CelValue value)
    {
        if (value.Kind != CelValueKind.Bytes) return value.Kind == CelValueKind.Text ? value : CelValue.Text(Printing.Plain(value));
        if (!System.Text.Unicode.Utf8.IsValid(value.AsBytes.AsSpan())) return CelValue.Error("the bytes are no UTF-8 text");
        return CelValue.Text(StrictUtf8.GetString(value.AsBytes.AsSpan()));
    }

    private static CelValue ToBool(CelValue value) => value.Kind == CelValueKind.Bool ? value : value.AsText switch
    {
        "true" or "True" or "TRUE" or "t" or "1" => CelValue.True,
        "false" or "False" or "FALSE" or "f" or "0" => CelValue.False,
        _ => NotA("bool", value),
    };

    private static CelValue ToTimestamp(CelValue value)
    {
        if (value.Kind == CelValueKind.Int) return TimeMath.Timestamp(value.AsInt, 0);
        if (value.Kind != CelValueKind.Text) return value;
        return TimeMath.TryParseTimestamp(value.AsText, out CelValue parsed) ? parsed : CelValue.Error($"'{Short(value)}' is no timestamp; write it as 2026-03-31T00:00:00Z");
    }

    private static CelValue ToDuration(CelValue value)
    {
        if (value.Kind != CelValueKind.Text) return value;
        if (TimeMath.TryParseDuration(value.AsText, out CelValue parsed)) return parsed;
        string text = value.AsText;
        string advice = text.Length is > 1 and < 10 && text[^1] is 'd' or 'w' && text.AsSpan(0, text.Length - 1).IndexOfAnyExceptInRange('0', '9') < 0
            ? $"; write {(text[^1] == 'd' ? "days" : "weeks")}({text[..^1]})"
            : "; its units are h, m, s, ms, us and ns; for days write days(90)";
        return CelValue.Error($"'{Short(value)}' is no duration{advice}");
    }

    private static CelValue NotA(string type, CelValue value) => CelValue.Error($"'{Short(value)}' is no {type}");

    private static string Short(CelValue text) => Printing.Short(text.AsText);
}
