using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Language.Library;

namespace Risk.Rules.Language;

/// <summary>The functions of RULES.md 4.3 beyond CEL's own.</summary>
public static class CelRuleLibrary
{
    private const int MaximumDigits = 15;

    private static readonly CelValue DurationRange = CelValue.Error("the duration is out of range: 292 years at most");

    /// <param name="metricsType">Name of the object type whose fields <c>was</c>, <c>change</c> and the like take; its values must be <see cref="ICelSeries"/>.</param>
    /// <param name="zone">Zone in which <c>date()</c> prints.</param>
    public static ImmutableArray<CelFunction> Functions(string metricsType, TimeZoneInfo zone) => [.. All(metricsType, zone).Select(f => f with { IsOfRuleLibrary = true })];

    private static CelFunction[] All(string metricsType, TimeZoneInfo zone) =>
    [
        CelFunction.Global("hours", [CelType.Int], CelType.Duration, (a, _) => Hours(a[0].AsInt, 1)),
        CelFunction.Global("days", [CelType.Int], CelType.Duration, (a, _) => Hours(a[0].AsInt, 24)),
        CelFunction.Global("weeks", [CelType.Int], CelType.Duration, (a, _) => Hours(a[0].AsInt, 168)),
        Impure("since", [CelType.Timestamp], CelType.Duration, (a, frame) => Arithmetic.Subtract(CelValue.Timestamp(frame.Now), a[0])),
        Impure("until", [CelType.Timestamp], CelType.Duration, (a, frame) => Arithmetic.Subtract(a[0], CelValue.Timestamp(frame.Now))),
        Impure("decay", [CelType.Timestamp, CelType.Duration], CelType.Double, (a, frame) => Decay(frame.Now - a[0].AsTimestamp, a[1].AsDuration)),
        CelFunction.Global("percent", [CelType.Double], CelType.Text, (a, _) => Percent(a[0].AsDouble, 0)),
        CelFunction.Global("percent", [CelType.Double, CelType.Int], CelType.Text, (a, _) => Percent(a[0].AsDouble, a[1].AsInt)),
        CelFunction.Global("fixed", [CelType.Double, CelType.Int], CelType.Text, (a, _) => Fixed(a[0].AsDouble, a[1].AsInt)),
        CelFunction.Global("money", [CelType.Double, CelType.Text], CelType.Text, (a, _) => Money(a[0].AsDouble, a[1].AsText)),
        CelFunction.Global("date", [CelType.Timestamp], CelType.Text, (a, _) => Date(a[0].AsTimestamp, zone)),
        Windowed("was", metricsType, null, (series, slot, back) => series.Was(slot, back)),
        Windowed("change", metricsType, CelType.Double, (series, slot, back) => series.Change(slot, back)),
        Windowed("pct_change", metricsType, CelType.Double, (series, slot, back) => series.PercentChange(slot, back)),
        Windowed("avg", metricsType, CelType.Double, (series, slot, window) => series.Average(slot, window)),
        Windowed("lowest", metricsType, CelType.Double, (series, slot, window) => series.Lowest(slot, window)),
        Windowed("highest", metricsType, CelType.Double, (series, slot, window) => series.Highest(slot, window)),
        Windowed("readings", metricsType, CelType.Int, (series, slot, window) => series.Readings(slot, window)),
        CelFunction.Reference("age", metricsType, [], CelType.Duration, (target, slot, _, _) => target is ICelSeries series ? series.Age(slot) : NoHistory),
        CelFunction.Reference("last", metricsType, [], null, (target, slot, _, _) => target is ICelSeries series ? series.Last(slot) : NoHistory),
    ];

    private static readonly CelValue NoHistory = CelValue.Error("these fields have no history");

    private static CelFunction Impure(string name, ImmutableArray<CelType> parameters, CelType result, CelBody body) =>
        CelFunction.Global(name, parameters, result, body) with { IsPure = false };

    private static CelFunction Windowed(string name, string type, CelType? result, Func<ICelSeries, int, TimeSpan, CelValue> body) =>
        CelFunction.Reference(name, type, [CelType.Duration], result, (target, slot, others, _) => target is ICelSeries series ? body(series, slot, others[0].AsDuration) : NoHistory);

    private static CelValue Hours(long count, int hours) =>
        count is > 3_000_000 or < -3_000_000 ? DurationRange : TimeMath.Duration(count * hours * 3600, 0);

    /// <summary>0.5^(age / half-life); 1 for times to come.</summary>
    private static CelValue Decay(TimeSpan age, TimeSpan halfLife)
    {
        if (halfLife <= TimeSpan.Zero) return CelValue.Error("decay() needs a half-life above zero");
        return CelValue.OfDouble(age <= TimeSpan.Zero ? 1 : Math.Pow(0.5, age / halfLife));
    }

    private static bool AreDigits(long digits) => digits is >= 0 and <= MaximumDigits;

    private static CelValue DigitsRange(string name) => CelValue.Error($"{name}() prints 0 to {MaximumDigits} digits");

    private static CelValue Fixed(double value, long digits) => AreDigits(digits) ? CelValue.Text(Rounded(value, (int)digits)) : DigitsRange("fixed");

    private static CelValue Percent(double value, long digits) => AreDigits(digits) ? CelValue.Text(Rounded(value * 100, (int)digits) + " %") : DigitsRange("percent");

    /// <summary>Rounded as people do, half away from zero, and never <c>-0</c>.</summary>
    private static string Rounded(double value, int digits)
    {
        // Through the shortest decimal digits, so that 1.005 is 1.01 and 0.285 * 100 is 28.5.
        string text = Math.Abs(value) < 1e13 ? Math.Round((decimal)value, digits, MidpointRounding.AwayFromZero).ToString($"F{digits}", CultureInfo.InvariantCulture) : value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        return text[0] == '-' && text.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? text[1..] : text;
    }

    /// <summary>Whole units with thousands apart: <c>EUR 1,234,567</c>; below 1,000 with two digits.</summary>
    private static CelValue Money(double value, string currency)
    {
        string amount = Math.Abs(value) < 1000 ? Rounded(value, 2) : value.ToString("#,##0", CultureInfo.InvariantCulture);
        return CelValue.Text($"{currency} {amount}");
    }

    private static CelValue Date(DateTimeOffset at, TimeZoneInfo zone) =>
        CelValue.Text(TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
