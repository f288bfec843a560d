using System.Globalization;

namespace Risk.Rules.Documents;

/// <summary>The forms of values in edited files: YAML 1.2 core schema, durations and dates as RULES.md has them.</summary>
public static class DocumentReading
{
    /// <summary>Only plain <c>true</c> and <c>false</c> (and their two other spellings of the core schema); <c>yes</c>, <c>NO</c>, <c>on</c> are text.</summary>
    public static bool TryBool(ScalarNode scalar, out bool value)
    {
        value = scalar.Text is "true" or "True" or "TRUE";
        return !scalar.IsQuoted && (value || scalar.Text is "false" or "False" or "FALSE");
    }

    public static bool TryInt(ScalarNode scalar, out long value)
    {
        value = 0;
        return !scalar.IsQuoted && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Decimal digits with an optional fraction and exponent.</summary>
    public static bool TryDecimal(ScalarNode scalar, out decimal value)
    {
        value = 0;
        return !scalar.IsQuoted && decimal.TryParse(
            scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryDouble(ScalarNode scalar, out double value)
    {
        value = 0;
        return !scalar.IsQuoted && double.TryParse(
            scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>90d</c>, <c>12h</c>, <c>30m</c>, <c>15s</c>, <c>2w</c> and sums in falling units such as <c>1h30m</c>; a day has 24 hours. At most 100 years.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text is "0") return true;
        long seconds = 0, lastUnit = long.MaxValue;
        int at = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == digits || at == text.Length || at - digits > 9) return false;
            long unit = text[at] switch { 'w' => 604_800, 'd' => 86_400, 'h' => 3_600, 'm' => 60, 's' => 1, _ => 0 };
            if (unit == 0 || unit >= lastUnit) return false;
            seconds += long.Parse(text.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture) * unit;
            lastUnit = unit;
            at++;
        }

        if (text.Length == 0 || seconds > 36_525L * 86_400) return false;
        value = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>A date, which is the whole day in UTC, or an RFC 3339 instant with seconds and zone.</summary>
    /// <param name="from">The first instant.</param>
    /// <param name="after">The first instant after a date; the instant itself otherwise.</param>
    public static bool TryInstant(string text, out DateTimeOffset from, out DateTimeOffset after)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            from = new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            after = from.AddDays(1);
            return true;
        }

        bool read = DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out from)
            && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 9);
        after = from;
        return read;
    }
}
