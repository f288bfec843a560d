using System.Buffers;
using System.Globalization;

namespace Risk.Rules.Language.Library;

/// <summary>Instants and spans of nanosecond precision within CEL's ranges: years 1 to 9999, spans of what 64 bits of nanoseconds hold.</summary>
internal static class TimeMath
{
    private const int Billion = 1_000_000_000;
    private const long FirstSecond = -62135596800;
    private const long LastSecond = 253402300799;

    private static readonly SearchValues<char> ZoneCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    public static readonly CelValue OutOfRange = CelValue.Error("the time is out of range: years 0001 to 9999, durations to 292 years");

    public static CelValue Timestamp(long seconds, long nanos)
    {
        (seconds, int rest) = Carry(seconds, nanos);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + Billion);
        return seconds is < FirstSecond or > LastSecond ? OutOfRange : CelValue.Timestamp(seconds, rest);
    }

    public static CelValue Duration(long seconds, long nanos)
    {
        (seconds, int rest) = Carry(seconds, nanos);
        if (seconds > 0 && rest < 0) (seconds, rest) = (seconds - 1, rest + Billion);
        else if (seconds < 0 && rest > 0) (seconds, rest) = (seconds + 1, rest - Billion);
        return Int128.Abs(((Int128)seconds * Billion) + rest) > long.MaxValue ? OutOfRange : CelValue.Duration(seconds, rest);
    }

    private static (long Seconds, int Nanos) Carry(long seconds, long nanos) => (seconds + (nanos / Billion), (int)(nanos % Billion));

    /// <summary>RFC 3339 with up to nine digits after the second.</summary>
    public static bool TryParseTimestamp(string text, out CelValue value)
    {
        value = default;
        ReadOnlySpan<char> rest = text;
        if (rest.Length < 20 || rest[4] != '-' || rest[7] != '-' || rest[10] is not ('T' or 't') || rest[13] != ':' || rest[16] != ':') return false;
        if (!Digits(rest[..4], out int year) || !Digits(rest[5..7], out int month) || !Digits(rest[8..10], out int day)) return false;
        if (!Digits(rest[11..13], out int hour) || !Digits(rest[14..16], out int minute) || !Digits(rest[17..19], out int second)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        rest = rest[19..];
        if (!TryFraction(ref rest, out int nanos) || !TryOffset(rest, out int offset)) return false;
        long seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        value = Timestamp(seconds - offset, nanos);
        return !value.IsFailure;
    }

    private static bool TryFraction(ref ReadOnlySpan<char> rest, out int nanos)
    {
        nanos = 0;
        if (rest is not ['.', ..]) return true;
        int length = 1;
        while (length < rest.Length && char.IsAsciiDigit(rest[length])) length++;
        if (length is 1 or > 10) return false;
        nanos = int.Parse(rest[1..length].ToString().PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        rest = rest[length..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> rest, out int seconds)
    {
        seconds = 0;
        if (rest is ['Z' or 'z']) return true;
        if (rest is not ['+' or '-', _, _, ':', _, _] || !Digits(rest[1..3], out int hours) || !Digits(rest[4..], out int minutes) || hours > 23 || minutes > 59) return false;
        seconds = ((hours * 60) + minutes) * 60 * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>Go's form: <c>1h30m</c>, <c>-1.5s</c>, <c>20us</c>. There are no days.</summary>
    public static bool TryParseDuration(string text, out CelValue value)
    {
        value = default;
        ReadOnlySpan<char> rest = text;
        bool negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..]) rest = rest[1..];
        if (rest is "0")
        {
            value = Duration(0, 0);
            return true;
        }

        Int128 total = 0;
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            int digits = 0, fraction = 0;
            Int128 number = 0, scale = 1;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits])) number = Bounded((number * 10) + (rest[digits++] - '0'));
            rest = rest[digits..];
            if (rest is ['.', ..])
            {
                rest = rest[1..];
                while (fraction < rest.Length && char.IsAsciiDigit(rest[fraction]))
                {
                    if (fraction < 15) (number, scale) = (Bounded((number * 10) + (rest[fraction] - '0')), scale * 10);
                    fraction++;
                }

                rest = rest[fraction..];
            }

            if (digits + fraction == 0 || !TryUnit(ref rest, out long unit)) return false;
            total = Bounded(total + (number * unit / scale));
        }

        if (total > long.MaxValue) return false;
        if (negative) total = -total;
        value = Duration((long)(total / Billion), (long)(total % Billion));
        return true;
    }

    private static Int128 Bounded(Int128 number) => Int128.Min(number, (Int128)1 << 90);

    private static bool TryUnit(ref ReadOnlySpan<char> rest, out long nanos)
    {
        (nanos, int length) = rest switch
        {
            ['n', 's', ..] => (1L, 2),
            ['u' or 'µ' or 'μ', 's', ..] => (1_000L, 2),
            ['m', 's', ..] => (1_000_000L, 2),
            ['s', ..] => (1_000_000_000L, 1),
            ['m', ..] => (60_000_000_000L, 1),
            ['h', ..] => (3_600_000_000_000L, 1),
            _ => (0L, 0),
        };
        rest = rest[length..];
        return length > 0;
    }

    /// <summary>RFC 3339 in UTC, with no more digits than needed.</summary>
    public static string PrintTimestamp(in CelValue value) =>
        DateTimeOffset.FromUnixTimeSeconds(value.Seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction(value.Nanos) + "Z";

    /// <summary>Seconds: <c>5400s</c>, <c>-1.5s</c>.</summary>
    public static string PrintDuration(in CelValue value)
    {
        string sign = value.Seconds < 0 || value.Nanos < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(value.Seconds)}{Fraction(Math.Abs(value.Nanos))}s");
    }

    private static string Fraction(int nanos) => nanos == 0 ? "" : "." + nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');

    /// <summary>Zones are looked up in files: nothing but a name may come there.</summary>
    private static bool IsZoneName(string zone) => zone.Length <= 64 && char.IsAsciiLetter(zone[0]) && !zone.AsSpan().ContainsAnyExcept(ZoneCharacters);

    /// <summary>The clock on the wall in a zone: an IANA name, or an offset such as <c>-02:30</c>.</summary>
    public static bool TryLocal(in CelValue value, string? zone, out DateTime local)
    {
        local = default;
        long offset = 0;
        if (zone is not (null or "" or "UTC"))
        {
            ReadOnlySpan<char> digits = zone[0] is '+' or '-' ? zone.AsSpan(1) : zone;
            if (digits is [_, _, ':', _, _] && Digits(digits[..2], out int hours) && Digits(digits[3..], out int minutes) && hours < 24 && minutes < 60)
            {
                offset = ((hours * 60) + minutes) * 60 * (zone[0] == '-' ? -1 : 1);
            }
            else if (IsZoneName(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found))
            {
                offset = (long)found.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(value.Seconds)).TotalSeconds;
            }
            else
            {
                return false;
            }
        }

        long seconds = value.Seconds + offset;
        if (seconds is < FirstSecond or > LastSecond) return false;
        local = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.AddTicks(value.Nanos / 100);
        return true;
    }
}
