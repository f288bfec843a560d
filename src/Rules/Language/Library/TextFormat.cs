using System.Globalization;
using System.Numerics;
using System.Text;

namespace Risk.Rules.Language.Library;

/// <summary><c>"%s is %.2f".format([a, b])</c>.</summary>
internal static class TextFormat
{
    private const int MaximumPrecision = 1000;

    public static CelValue Format(string format, CelList arguments)
    {
        if (arguments.IsOpen) return CelValue.Missing(arguments.OpenInputs);
        var text = new StringBuilder();
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            if (++i < format.Length && format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            int precision = -1;
            if (i < format.Length && format[i] == '.')
            {
                precision = 0;
                while (++i < format.Length && char.IsAsciiDigit(format[i])) precision = Math.Min((precision * 10) + (format[i] - '0'), MaximumPrecision + 1);
                if (precision > MaximumPrecision) return CelValue.Error($"a precision is at most {MaximumPrecision}");
            }

            if (i >= format.Length) return CelValue.Error("the format ends within a '%'");
            if (used >= arguments.Items.Length) return CelValue.Error($"the format needs more than the {arguments.Items.Length} values given");
            CelValue value = arguments.Items[used++];
            string? part = Clause(format[i], value, precision < 0 ? 6 : precision);
            if (part is null) return CelValue.Error($"'%{format[i]}' cannot print {Arithmetic.Name(value)}");
            text.Append(part);
            if (text.Length > Arithmetic.MaximumSize) return Arithmetic.TooLarge;
        }

        return CelValue.Text(text.ToString());
    }

    private static string? Clause(char clause, in CelValue value, int precision) => clause switch
    {
        's' or 'd' when value.Kind == CelValueKind.Double => Printing.Digits(value.AsDouble),
        's' => value.Kind == CelValueKind.Object ? null : Printing.Plain(value),
        'd' => value.Kind is CelValueKind.Int or CelValueKind.Uint ? Printing.Plain(value) : null,
        'f' => Number(value) is { } number ? Fixed(number, precision) : null,
        'e' => Number(value) is { } number ? Exponent(number, precision) : null,
        'b' => value.Kind == CelValueKind.Bool ? (value.AsBool ? "1" : "0") : Radix(value, 2, false),
        'o' => Radix(value, 8, false),
        'x' or 'X' => Hexadecimal(value, clause == 'X'),
        _ => null,
    };

    private static double? Number(in CelValue value) => value.Kind switch
    {
        CelValueKind.Double => value.AsDouble,
        CelValueKind.Int => value.AsInt,
        CelValueKind.Uint => value.AsUint,
        _ => null,
    };

    /// <summary>With the digits wanted, rounded half to even on the exact value.</summary>
    public static string Fixed(double value, int digits) => double.IsFinite(value) ? Rounded(value, digits) : Printing.Number(value);

    private static string Exponent(double value, int digits)
    {
        if (!double.IsFinite(value)) return Printing.Number(value);
        return value.ToString($"0.{new string('0', digits)}e+00", CultureInfo.InvariantCulture);
    }

    /// <summary>.NET prints doubles exactly, so that only true halves are ties; those go to the even digit, as in C and Go.</summary>
    private static string Rounded(double value, int digits)
    {
        if (digits <= 15 && Math.Abs(value) < 1e15)
        {
            decimal exact = (decimal)Math.Abs(value);
            if ((double)exact == Math.Abs(value) && decimal.Round(exact, Math.Min(digits, 28), MidpointRounding.ToEven) is var even && IsTie(Math.Abs(value), digits)) return (value < 0 ? "-" : "") + even.ToString($"F{digits}", CultureInfo.InvariantCulture);
        }

        return value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    private static bool IsTie(double value, int digits)
    {
        // A double is a tie at the digit exactly when value * 10^digits * 2 is an odd whole number in binary.
        BigInteger scaled = BigInteger.Pow(10, digits) * 2;
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = exponent == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | (1L << 52);
        int shift = Math.Max(exponent, 1) - 1075;
        BigInteger product = mantissa * scaled;
        if (shift >= 0) return false;
        BigInteger unit = BigInteger.One << -shift;
        return product % unit == 0 && !(product / unit).IsEven;
    }

    private static string? Radix(in CelValue value, int radix, bool upper)
    {
        ulong magnitude;
        bool negative = false;
        switch (value.Kind)
        {
            case CelValueKind.Int:
                negative = value.AsInt < 0;
                magnitude = negative ? unchecked((ulong)-value.AsInt) : (ulong)value.AsInt;
                break;
            case CelValueKind.Uint:
                magnitude = value.AsUint;
                break;
            default:
                return null;
        }

        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (upper ? "0123456789ABCDEF" : "0123456789abcdef")[(int)(magnitude % (ulong)radix)]);
            magnitude /= (ulong)radix;
        }
        while (magnitude > 0);
        return negative ? "-" + digits : digits.ToString();
    }

    private static string? Hexadecimal(in CelValue value, bool upper)
    {
        byte[]? bytes = value.Kind switch
        {
            CelValueKind.Text => Encoding.UTF8.GetBytes(value.AsText),
            CelValueKind.Bytes => [.. value.AsBytes],
            _ => null,
        };
        if (bytes is null) return Radix(value, 16, upper);
        return upper ? Convert.ToHexString(bytes) : Convert.ToHexStringLower(bytes);
    }
}
