using System.Globalization;

namespace Risk.Connectors.KpiFile;

/// <summary>One figure as the file has it.</summary>
/// <param name="Row">Data row, counted from 1.</param>
/// <param name="Text">The figure as written.</param>
internal sealed record KpiRecord(string File, long Row, string SupplierId, string Metric, DateTimeOffset PeriodEnd, string Text);

/// <summary>Reads the dates and figures that people write.</summary>
internal static class KpiText
{
    /// <summary>The last day (midnight UTC) of <c>2026-03-31</c>, <c>2026-03</c> or <c>2026-Q1</c>.</summary>
    public static bool TryPeriodEnd(string text, out DateTimeOffset end)
    {
        if (Exact(text, "yyyy-MM-dd", out end)) return true;
        if (Exact(text, "yyyy-MM", out DateTimeOffset month))
        {
            end = month.AddMonths(1).AddDays(-1);
            return true;
        }

        if (text.Length != 7 || text[5] is not ('Q' or 'q') || text[6] is not (>= '1' and <= '4') || !Exact(text[..5] + "01", "yyyy-MM", out DateTimeOffset year)) return false;
        end = year.AddMonths(3 * (text[6] - '0')).AddDays(-1);
        return true;
    }

    /// <summary>A plain number with a decimal point, or a percentage (<c>94.5%</c> is 0.945).</summary>
    public static bool TryNumber(string text, out double value)
    {
        bool percent = text.EndsWith('%');
        string digits = percent ? text[..^1].TrimEnd() : text;
        // Decimal, so that 94.5% is the double nearest 0.945 and not the nearest of 94.5 divided.
        if (!decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            value = 0;
            return false;
        }

        value = (double)(percent ? number / 100 : number);
        return true;
    }

    private static bool Exact(string text, string format, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
}
