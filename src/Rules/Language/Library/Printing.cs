using System.Buffers;
using System.Globalization;
using System.Text;
using Risk.Rules.Language.Checking;

namespace Risk.Rules.Language.Library;

/// <summary>Values as text.</summary>
internal static class Printing
{
    private const int MaximumLength = 10_000;

    private static readonly SearchValues<char> IntegerSigns = SearchValues.Create("-0123456789");

    /// <summary>As CEL source would write it.</summary>
    public static string Source(in CelValue value)
    {
        var text = new StringBuilder();
        Write(text, value, asSource: true);
        return text.ToString();
    }

    /// <summary>For people and for <c>%s</c>: texts without quotes.</summary>
    public static string Plain(in CelValue value)
    {
        if (value.Kind == CelValueKind.Text) return value.AsText;
        var text = new StringBuilder();
        Write(text, value, asSource: false);
        return text.ToString();
    }

    /// <summary>The beginning of a text, for messages.</summary>
    public static string Short(string text) => text.Length <= 60 ? text : text[..(char.IsHighSurrogate(text[59]) ? 59 : 60)] + "…";

    private static void Write(StringBuilder text, in CelValue value, bool asSource)
    {
        if (text.Length > MaximumLength)
        {
            if (text[^1] != '…') text.Append('…');
            return;
        }

        switch (value.Kind)
        {
            case CelValueKind.Bool:
                text.Append(value.AsBool ? "true" : "false");
                break;
            case CelValueKind.Int:
                text.Append(value.AsInt);
                break;
            case CelValueKind.Uint:
                text.Append(value.AsUint).Append(asSource ? "u" : "");
                break;
            case CelValueKind.Double:
                string number = Number(value.AsDouble);
                text.Append(number).Append(asSource && !number.AsSpan().ContainsAnyExcept(IntegerSigns) ? ".0" : "");
                break;
            case CelValueKind.Text:
                text.Append(asSource ? Quote(value.AsText) : value.AsText);
                break;
            case CelValueKind.Bytes:
                text.Append(asSource ? $"b\"{string.Concat(value.AsBytes.Select(b => $"\\x{b:x2}"))}\"" : Encoding.UTF8.GetString(value.AsBytes.AsSpan()));
                break;
            case CelValueKind.Timestamp:
                text.Append(asSource ? $"timestamp(\"{TimeMath.PrintTimestamp(value)}\")" : TimeMath.PrintTimestamp(value));
                break;
            case CelValueKind.Duration:
                text.Append(asSource ? $"duration(\"{TimeMath.PrintDuration(value)}\")" : TimeMath.PrintDuration(value));
                break;
            case CelValueKind.List:
                WriteList(text, value.AsList, asSource);
                break;
            case CelValueKind.Map:
                WriteMap(text, value.AsMap, asSource);
                break;
            case CelValueKind.Object:
                text.Append(value.AsObject.ToString());
                break;
            case CelValueKind.Optional:
                text.Append(value.HasValue ? "optional.of(" : "optional.none(");
                if (value.HasValue) Write(text, value.AsOptional, asSource);
                text.Append(')');
                break;
            case CelValueKind.Type:
                text.Append(TypeNames.Print(value.AsType));
                break;
            case CelValueKind.Missing:
                text.Append('‹').AppendJoin(", ", value.MissingInputs).Append('›');
                break;
            case CelValueKind.Error:
                text.Append("‹error: ").Append(value.ErrorText).Append(value.MissingInputs.IsEmpty ? "" : "; ").AppendJoin(", ", value.MissingInputs).Append('›');
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteList(StringBuilder text, CelList list, bool asSource)
    {
        text.Append('[');
        for (int i = 0; i < list.Items.Length && text.Length <= MaximumLength; i++)
        {
            if (i > 0) text.Append(", ");
            Write(text, list.Items[i], asSource);
        }

        WriteOpen(text, list.OpenInputs, list.Items.Length);
        text.Append(']');
    }

    private static void WriteMap(StringBuilder text, CelMap map, bool asSource)
    {
        IEnumerable<KeyValuePair<CelValue, CelValue>> entries = asSource ? map.Entries : map.Entries.OrderBy(e => Plain(e.Key), StringComparer.Ordinal);
        text.Append('{');
        int count = 0;
        foreach ((CelValue key, CelValue value) in entries)
        {
            if (text.Length > MaximumLength) break;
            if (count++ > 0) text.Append(", ");
            Write(text, key, asSource);
            text.Append(": ");
            Write(text, value, asSource);
        }

        WriteOpen(text, map.OpenInputs, map.Entries.Length);
        text.Append('}');
    }

    private static void WriteOpen(StringBuilder text, IReadOnlyCollection<string> inputs, int before)
    {
        if (inputs.Count > 0) text.Append(before > 0 ? ", ‹" : "‹").AppendJoin(", ", inputs).Append('›');
    }

    /// <summary>The shortest digits that give the number back; an exponent from 1e21 on and below 1e-6.</summary>
    public static string Number(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        double size = Math.Abs(value);
        if (size is 0 or (>= 1e-6 and < 1e21)) return Decimal(value.ToString("R", CultureInfo.InvariantCulture));
        string text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.Contains('e', StringComparison.Ordinal) ? text : value.ToString("0.################e+00", CultureInfo.InvariantCulture);
    }

    /// <summary>Without an exponent, however long.</summary>
    public static string Digits(double value) => double.IsFinite(value) ? Decimal(value.ToString("R", CultureInfo.InvariantCulture)) : Number(value);

    /// <summary>Writes out an exponent.</summary>
    private static string Decimal(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0) return text;
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = text[0] == '-' ? "-" : "";
        string digits = text[sign.Length..e].Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return sign + (digits.Length > exponent + 1 ? digits.Insert(exponent + 1, ".") : digits.PadRight(exponent + 1, '0'));
    }

    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (Rune rune in value.EnumerateRunes())
        {
            int escape = rune.Value < 128 ? "\a\b\f\n\r\t\v\\\"".IndexOf((char)rune.Value, StringComparison.Ordinal) : -1;
            if (escape >= 0) text.Append('\\').Append("abfnrtv\\\""[escape]);
            else text.Append(rune.ToString());
        }

        return text.Append('"').ToString();
    }
}
