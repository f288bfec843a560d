using System.Globalization;
using System.Collections.Immutable;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting.Calendars;
using Risk.Worker.Alerting.Escalation;
using Risk.Worker.Alerting.People;

namespace Risk.Worker.Alerting.Routing;

/// <summary>Reads <c>people</c> and <c>escalations</c>.</summary>
internal static class PeopleReader
{
    public static PeoplePolicy Policy(ConfigSection file, CalendarReader calendars)
    {
        if (file.Section("people") is not { } people) return PeoplePolicy.None;
        people.RefuseUnknownKeys("'people'", ["digest", "digests", "most_per_hour", "most_per_day", "burst"]);
        DigestSchedule? digest = calendars.Schedule(people, "digest");
        int? hour = Count(people, "most_per_hour"), day = Count(people, "most_per_day");
        if (!people.Has("digest") && (hour ?? day) is not null)
            people.Error("T003", "'digest' is missing: what is over the ceiling waits for it, for example digest: daily at 08:00 Europe/Berlin", people.At(hour is null ? "most_per_day" : "most_per_hour"));
        if (hour > day) people.Warning("T028", $"most_per_hour {hour} never counts: most_per_day is {day}", people.At("most_per_hour"));
        BurstPolicy? burst = null;
        if (people.Section("burst") is { } section)
        {
            section.RefuseUnknownKeys("'burst'", ["more_than", "within"]);
            if (!section.Has("more_than") || !section.Has("within")) section.Error("T003", "'burst' needs both 'more_than' and 'within', for example {more_than: 5, within: 10m}", section.Node);
            TimeSpan? within = section.Duration("within");
            if (within <= TimeSpan.Zero || within > TimeSpan.FromDays(1)) section.Error("T004", "'within' must be longer than zero and at most 1d", section.At("within"));
            if (Count(section, "more_than") is { } count && within is { } span) burst = new BurstPolicy(count, span);
        }

        return new PeoplePolicy(digest, hour, day, burst) { OwnDigests = OwnDigests(people, calendars) };
    }

    private static ImmutableDictionary<string, DigestSchedule> OwnDigests(ConfigSection people, CalendarReader calendars)
    {
        ImmutableDictionary<string, DigestSchedule> digests = PeoplePolicy.None.OwnDigests;
        if (people.Section("digests") is not { } section) return digests;
        foreach (string address in section.Node.Entries.Select(e => e.Key.Text))
        {
            if (!address.Contains('@', StringComparison.Ordinal)) section.Error("T016", $"'{address}' is no mail address; 'digests' holds addresses with their schedules", section.At(address), Math.Max(1, address.Length));
            else if (digests.ContainsKey(address)) section.Error("T009", $"'{address}' has two digests; remove one", section.At(address), address.Length);
            else if (calendars.Schedule(section, address) is { } schedule) digests = digests.Add(address, schedule);
        }

        return digests;
    }

    /// <param name="receiver">Reports a receiver that does not exist, and counts it as used.</param>
    public static ImmutableArray<EscalationModel> Escalations(ConfigSection file, MatcherReader matchers, CalendarReader calendars, Action<ConfigSection, string> receiver)
    {
        var escalations = ImmutableArray.CreateBuilder<EscalationModel>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConfigSection section in file.Sections("escalations"))
        {
            section.RefuseUnknownKeys("an escalation", ["name", "matchers", "notice_within", "calendar", "steps"]);
            string? name = section.Required("name", "messages call it by this");
            if (name is not null && !names.Add(name)) section.Error("T009", $"there are two escalations '{name}'; rename one", section.At("name"), name.Length);
            TimeSpan? notice = section.Duration("notice_within");
            if (notice <= TimeSpan.Zero) section.Error("T004", "'notice_within' must be longer than zero", section.At("notice_within"));
            ImmutableArray<Matcher> conditions = matchers.Read(section, "matchers");
            if (escalations.FirstOrDefault(e => e.NoticeWithin is null && e.Matchers.All(m => conditions.Any(c => c.ToString() == m.ToString()))) is { } thief)
                section.Error("T010", $"never holds: every alert it takes is taken by '{thief.Name}' before it; move this one above it", section.At("name"), Math.Max(1, name?.Length ?? 1));
            escalations.Add(new EscalationModel(name ?? "", conditions, notice, calendars.Named(section, "calendar"), Steps(section, receiver)));
        }

        return escalations.ToImmutable();
    }

    private static ImmutableArray<EscalationStep> Steps(ConfigSection section, Action<ConfigSection, string> receiver)
    {
        var steps = ImmutableArray.CreateBuilder<EscalationStep>();
        if (!section.Has("steps")) section.Error("T003", "'steps' is missing: who is told after what time, for example [{after: 4h, receiver: backup-owners}]", section.Node);
        foreach (ConfigSection step in section.Sections("steps"))
        {
            step.RefuseUnknownKeys("a step", ["after", "receiver"]);
            if (!step.Has("after")) step.Error("T003", "'after' is missing: how long nobody may have acknowledged the alert, for example 4h", step.Node);
            TimeSpan? after = step.Duration("after");
            if (after <= TimeSpan.Zero) step.Error("T004", "'after' must be longer than zero", step.At("after"));
            if (after is { } later && steps.Count > 0 && later <= steps[^1].After) step.Error("T004", "steps count from the first message, so each must be later than the one before", step.At("after"));
            string? name = step.Required("receiver", "who is told next");
            if (name is not null) receiver(step, name);
            if (after is { } span && name is not null) steps.Add(new EscalationStep(span, name));
        }

        return steps.ToImmutable();
    }

    private static int? Count(ConfigSection section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 100_000) return count;
        section.Error("T001", $"'{key}' must be a whole number from 1", section.At(key), Math.Max(1, text.Length));
        return null;
    }
}
