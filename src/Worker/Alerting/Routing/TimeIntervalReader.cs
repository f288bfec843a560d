using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Muting;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Reads <c>time_intervals</c> in Alertmanager's notation.</summary>
internal static class TimeIntervalReader
{
    internal static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    public static ImmutableSortedDictionary<string, TimeIntervalModel> Read(ConfigSection file, out Dictionary<string, DocumentNode> places)
    {
        places = new(StringComparer.Ordinal);
        var intervals = ImmutableSortedDictionary.CreateBuilder<string, TimeIntervalModel>(StringComparer.Ordinal);
        foreach (ConfigSection section in file.Sections("time_intervals"))
        {
            section.RefuseUnknownKeys("a time interval", ["name", "time_intervals"]);
            ImmutableArray<CalendarWindow> windows = [.. section.Sections("time_intervals").Select(OwnWindow)];
            if (windows.IsEmpty) section.Error("T014", "a time interval needs at least one window under its own 'time_intervals'", section.Node);
            if (section.Required("name", "routes name intervals by it") is not { } name) continue;
            if (!places.TryAdd(name, section.At("name"))) section.Error("T009", $"there are two time intervals '{name}'; rename one", section.At("name"), name.Length);
            else intervals.Add(name, new TimeIntervalModel(name, windows));
        }

        return intervals.ToImmutable();
    }

    private static CalendarWindow OwnWindow(ConfigSection section)
    {
        section.RefuseUnknownKeys("a window", ["times", "weekdays", "days_of_month", "months", "years", "location"]);
        return Window(section);
    }

    /// <summary>What a section says of times of day, weekdays, days, months, years and the zone.</summary>
    internal static CalendarWindow Window(ConfigSection section) => new(
        [.. section.Sections("times").Select(Minutes).OfType<NumberRange>()],
        Ranges(section, "weekdays", t => Named(t, Weekdays, 0), 0, 6),
        Ranges(section, "days_of_month", Number, -31, 31),
        Ranges(section, "months", t => Named(t, Months, 1) ?? Number(t), 1, 12),
        Ranges(section, "years", Number, 1, 9999),
        Zone(section));

    private static NumberRange? Minutes(ConfigSection times)
    {
        times.RefuseUnknownKeys("'times'", ["start_time", "end_time"]);
        int? from = Minute(times, "start_time"), to = Minute(times, "end_time");
        if (from is null || to is null) return null;
        if (from < to) return new NumberRange(from.Value, to.Value);
        times.Error("T014", "start_time must be before end_time; write a window over midnight as two (to 24:00, and from 00:00)", times.At("start_time"));
        return null;
    }

    private static int? Minute(ConfigSection times, string key)
    {
        if (times.Required(key, "a window of the day has start_time and end_time") is not { } text) return null;
        if (MinuteOfDay(text) is { } minute) return minute;
        times.Error("T014", $"'{text}' is no time of day; write HH:MM from 00:00 to 24:00", times.At(key), Math.Max(1, text.Length));
        return null;
    }

    /// <summary>Minutes from midnight of <c>HH:MM</c>, up to 24:00; null for anything else.</summary>
    internal static int? MinuteOfDay(string text)
    {
        if (text is not [>= '0' and <= '2', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9']) return null;
        int minute = (((text[0] - '0') * 10) + text[1] - '0') * 60 + ((text[3] - '0') * 10) + text[4] - '0';
        return minute <= 24 * 60 ? minute : null;
    }

    private static ImmutableArray<NumberRange> Ranges(ConfigSection section, string key, Func<string, int?> read, int least, int most)
    {
        var ranges = ImmutableArray.CreateBuilder<NumberRange>();
        foreach (ScalarNode scalar in section.Scalars(key))
        {
            string[] ends = scalar.Text.ToLowerInvariant().Split(':');
            int? from = read(ends[0].Trim()), to = read(ends[^1].Trim());
            bool isOrdered = from <= to || (key == "days_of_month" && from > 0 && to < 0);
            if (ends.Length <= 2 && from >= least && to <= most && isOrdered && !(key == "days_of_month" && (from == 0 || to == 0 || (from < 0 && to > 0))))
                ranges.Add(new NumberRange(from!.Value, to!.Value));
            else
                section.Error("T014", $"'{scalar.Text}' is no value or range for '{key}'; write for example {Example(key)}", scalar, Math.Max(1, scalar.Text.Length));
        }

        return ranges.ToImmutable();
    }

    private static string Example(string key) => key switch { "weekdays" => "monday:friday", "months" => "april:june", "years" => "2026:2027", _ => "1:5 or -3:-1" };

    private static int? Named(string text, string[] names, int first) => Array.IndexOf(names, text) is >= 0 and var index ? index + first : null;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static TimeZoneInfo Zone(ConfigSection section)
    {
        if (section.Text("location") is not { } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)) return zone;
        section.Error("T014", $"'{name}' is no time zone known here; write an IANA name such as Europe/Berlin", section.At("location"), Math.Max(1, name.Length));
        return TimeZoneInfo.Utc;
    }
}
