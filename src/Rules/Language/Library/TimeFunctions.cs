using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>Parts of timestamps (in UTC or a zone) and durations.</summary>
internal static class TimeFunctions
{
    public static readonly ImmutableArray<CelFunction> All =
    [
        .. Part("getFullYear", t => t.Year),
        .. Part("getMonth", t => t.Month - 1),
        .. Part("getDate", t => t.Day),
        .. Part("getDayOfMonth", t => t.Day - 1),
        .. Part("getDayOfWeek", t => (int)t.DayOfWeek),
        .. Part("getDayOfYear", t => t.DayOfYear - 1),
        .. Part("getHours", t => t.Hour),
        .. Part("getMinutes", t => t.Minute),
        .. Part("getSeconds", t => t.Second),
        .. Part("getMilliseconds", t => t.Millisecond),
        CelFunction.Member("getHours", [CelType.Duration], CelType.Int, (a, _) => CelValue.Of(a[0].Seconds / 3600)),
        CelFunction.Member("getMinutes", [CelType.Duration], CelType.Int, (a, _) => CelValue.Of(a[0].Seconds / 60)),
        CelFunction.Member("getSeconds", [CelType.Duration], CelType.Int, (a, _) => CelValue.Of(a[0].Seconds)),
        CelFunction.Member("getMilliseconds", [CelType.Duration], CelType.Int, (a, _) => CelValue.Of(a[0].Nanos / 1_000_000)),
    ];

    private static CelFunction[] Part(string name, Func<DateTime, int> part) =>
    [
        CelFunction.Member(name, [CelType.Timestamp], CelType.Int, (a, _) => Of(a[0], null, part)),
        CelFunction.Member(name, [CelType.Timestamp, CelType.Text], CelType.Int, (a, _) => Of(a[0], a[1].AsText, part)),
    ];

    private static CelValue Of(in CelValue time, string? zone, Func<DateTime, int> part) =>
        TimeMath.TryLocal(time, zone, out DateTime local) ? CelValue.Of(part(local)) : CelValue.Error($"there is no time zone '{zone}', or the time is out of range in it; write 'Europe/Berlin' or '+02:00'");
}
