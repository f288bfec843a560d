using System.Globalization;
using System.Text;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Durations as Prometheus and Alertmanager write them: <c>1w2d</c>, <c>1h30m</c>, <c>45s</c>, <c>500ms</c>; units from large to small, each once. A year is 365 days.</summary>
internal static class PrometheusDuration
{
    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 365L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ];

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (text == "0") return true;
        int at = 0, nextUnit = 0;
        long total = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            int unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            int found = Array.FindIndex(Units, u => string.Equals(u.Unit, text[unit..at], StringComparison.Ordinal));
            if (found < nextUnit || !int.TryParse(text.AsSpan(digits, unit - digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
            nextUnit = found + 1;
            total += number * Units[found].Milliseconds;
        }

        // 100 years: beyond every schedule, and far from overflow when added to an instant.
        if (text.Length == 0 || total > 100 * Units[0].Milliseconds) return false;
        span = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>The shortest such text, for example <c>1h30m</c>; <c>0s</c> for zero.</summary>
    public static string Format(TimeSpan span)
    {
        long left = (long)span.TotalMilliseconds;
        if (left == 0) return "0s";
        var text = new StringBuilder();
        foreach ((string unit, long milliseconds) in Units)
        {
            if (unit is "y" or "w" || left < milliseconds) continue;
            text.Append(CultureInfo.InvariantCulture, $"{left / milliseconds}{unit}");
            left %= milliseconds;
        }

        return text.ToString();
    }
}
