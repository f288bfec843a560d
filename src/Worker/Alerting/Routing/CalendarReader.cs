using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Muting;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Reads <c>calendars</c>, and the schedules that name them.</summary>
/// <param name="readLines">Lines of a file beside routing.yaml, or null when it cannot be read.</param>
internal sealed class CalendarReader(Func<string, IReadOnlyList<string>?> readLines)
{
    private const string Example = "hourly, daily at 08:00 Europe/Berlin, or weekly on monday at 08:00 followed by a time zone or the name of a calendar";

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, BusinessCalendar> All { get; private set; } = ImmutableSortedDictionary.Create<string, BusinessCalendar>(StringComparer.Ordinal);

    public void Read(ConfigSection file, Dictionary<string, DocumentNode> places)
    {
        var calendars = ImmutableSortedDictionary.CreateBuilder<string, BusinessCalendar>(StringComparer.Ordinal);
        foreach (ConfigSection section in file.Sections("calendars"))
        {
            section.RefuseUnknownKeys("a calendar", ["name", "location", "weekdays", "times", "holidays", "holidays_file"]);
            if (!section.Has("weekdays")) section.Error("T003", "'weekdays' is missing: the days on which people work, for example [\"monday:friday\"]", section.Node);
            CalendarWindow hours = TimeIntervalReader.Window(section) with { Holidays = [.. Holidays(section)] };
            if (section.Required("name", "routes, digests and escalations name calendars by it") is not { } name) continue;
            if (!places.TryAdd(name, section.At("name"))) section.Error("T009", $"there are two calendars or time intervals '{name}'; rename one", section.At("name"), name.Length);
            else calendars.Add(name, new BusinessCalendar(name, hours));
        }

        All = calendars.ToImmutable();
    }

    /// <summary>The calendar that a key names, or null when it is absent or wrong.</summary>
    public BusinessCalendar? Named(ConfigSection section, string key)
    {
        if (section.Text(key) is not { } name) return null;
        used.Add(name);
        if (All.TryGetValue(name, out BusinessCalendar? calendar)) return calendar;
        string hint = Suggestion.For(name, All.Keys);
        section.Error("T024", $"there is no calendar '{name}'{(hint.Length > 0 ? hint : "; add it under 'calendars'")}", section.At(key), Math.Max(1, name.Length));
        return null;
    }

    /// <summary>The schedule that a key holds, or null when it is absent or wrong.</summary>
    public DigestSchedule? Schedule(ConfigSection section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        used.UnionWith(words);
        (DigestCadence Cadence, int Words)? form = words switch
        {
            ["hourly", ..] => (DigestCadence.Hourly, 1),
            ["daily", "at", _, ..] => (DigestCadence.Daily, 3),
            ["weekly", "on", _, "at", _, ..] => (DigestCadence.Weekly, 5),
            _ => null,
        };
        int? minute = form is { Words: > 1 } timed ? TimeIntervalReader.MinuteOfDay(words[timed.Words - 1]) : 0;
        int day = form?.Cadence == DigestCadence.Weekly ? Array.IndexOf(TimeIntervalReader.Weekdays, words[2].ToLowerInvariant()) : 0;
        if (form is not { } known || words.Length > known.Words + 1 || minute is null or 24 * 60 || day < 0)
        {
            section.Error("T025", $"'{text}' is no schedule; write {Example}", section.At(key), Math.Max(1, text.Length));
            return null;
        }

        string place = words.Length > known.Words ? words[^1] : "";
        BusinessCalendar? calendar = All.GetValueOrDefault(place);
        TimeZoneInfo? zone = calendar?.Hours.Zone ?? (place.Length == 0 ? TimeZoneInfo.Utc : null);
        if (zone is null && !TimeZoneInfo.TryFindSystemTimeZoneById(place, out zone))
        {
            section.Error("T024", $"'{place}' is no calendar and no time zone known here{Suggestion.For(place, All.Keys)}; write an IANA name such as Europe/Berlin", section.At(key), Math.Max(1, text.Length));
            return null;
        }

        return new DigestSchedule(known.Cadence, minute.Value, (DayOfWeek)day, zone, calendar, text);
    }

    public bool IsUsed(string name) => used.Contains(name);

    private IEnumerable<DateOnly> Holidays(ConfigSection section)
    {
        foreach (ScalarNode day in section.Scalars("holidays"))
        {
            if (Date(day.Text) is { } date) yield return date;
            else section.Error("T014", $"'{day.Text}' is no date; write holidays as 2026-12-25", day, Math.Max(1, day.Text.Length));
        }

        if (section.Text("holidays_file") is not { } name) yield break;
        if (readLines(name) is not { } lines)
        {
            section.Error("T014", $"the file '{name}' cannot be read; it is looked for beside routing.yaml and holds one date a line, with what it is behind it", section.At("holidays_file"), Math.Max(1, name.Length));
            yield break;
        }

        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (Date(line.Split(' ', ',', ';', '\t')[0]) is { } date) yield return date;
            else section.Error("T014", $"{name}, line {i + 1}: '{(line.Length > 40 ? line[..40] : line)}' does not begin with a date such as 2026-12-25", section.At("holidays_file"), Math.Max(1, name.Length));
        }
    }

    private static DateOnly? Date(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;
}
