using System.Globalization;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Assurance;

/// <summary>Reads the section <c>assurance</c> of routing.yaml.</summary>
internal static class AssuranceReader
{
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromMinutes(5);

    public static AssuranceModel Read(ConfigSection file, ConfigSection global, IReadOnlyCollection<string> receivers)
    {
        if (file.Section("assurance") is not { } section) return AssuranceModel.None;
        section.RefuseUnknownKeys("'assurance'", ["receiver", "all_quiet", "canary", "heartbeat"]);
        string? receiver = section.Required("receiver", "who is told when a channel cannot tell it itself, and gets the daily summary");
        if (receiver is not null && !receivers.Contains(receiver))
        {
            string hint = Suggestion.For(receiver, receivers);
            section.Error("T008", $"there is no receiver '{receiver}'{(hint.Length > 0 ? hint : "; add it under 'receivers'")}", section.At("receiver"), receiver.Length);
        }

        return new AssuranceModel(receiver, Time(section.Section("all_quiet"), isWeekly: false), Time(section.Section("canary"), isWeekly: true), Heartbeat(section.Section("heartbeat"), global));
    }

    private static CalendarTime? Time(ConfigSection? section, bool isWeekly)
    {
        if (section is null) return null;
        section.RefuseUnknownKeys(isWeekly ? "'canary'" : "'all_quiet'", isWeekly ? ["weekday", "at", "location"] : ["at", "location"]);
        DayOfWeek? weekday = null;
        if (isWeekly && section.Required("weekday", "the day of the week") is { } name)
        {
            if (Enum.TryParse(name, ignoreCase: true, out DayOfWeek day) && !char.IsAsciiDigit(name[0])) weekday = day;
            else section.Error("T014", $"'{name}' is no weekday; write for example monday", section.At("weekday"), Math.Max(1, name.Length));
        }

        TimeOnly at = default;
        if (section.Required("at", "the time of the day") is { } time && !TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out at))
            section.Error("T014", $"'{time}' is no time of the day; write for example \"07:00\"", section.At("at"), Math.Max(1, time.Length));
        TimeZoneInfo zone = TimeZoneInfo.Utc;
        if (section.Text("location") is { } location && !TimeZoneInfo.TryFindSystemTimeZoneById(location, out zone!))
        {
            section.Error("T014", $"there is no time zone '{location}'; write for example Europe/Berlin", section.At("location"), Math.Max(1, location.Length));
            return null;
        }

        return new CalendarTime(weekday, at, zone);
    }

    private static HeartbeatModel? Heartbeat(ConfigSection? section, ConfigSection global)
    {
        if (section is null) return null;
        section.RefuseUnknownKeys("'heartbeat'", ["url", "url_file", "every", HttpTargetReader.ConfigKey]);
        TimeSpan every = section.Duration("every") ?? DefaultHeartbeat;
        if (every < TimeSpan.FromSeconds(30)) section.Error("T004", "'every' must be 30s or more", section.At("every"));
        return HttpTargetReader.Read(section, global, "url", isSecret: true) is { } target ? new HeartbeatModel(target, every) : null;
    }
}
