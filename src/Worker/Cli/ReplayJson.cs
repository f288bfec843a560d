using System.Globalization;
using System.Text.Json;
using Risk.Rules.Evaluation;
using Risk.Worker.Replay;

namespace Risk.Worker.Cli;

/// <summary>The whole of a replay, for scripts.</summary>
internal static class ReplayJson
{
    public static void Write(Utf8JsonWriter json, ReplayReport report)
    {
        json.WriteStartObject();
        json.WriteString("from", report.Period.From);
        json.WriteString("to", report.Period.To);
        json.WriteNumber("weeks", decimal.Round(report.Period.Weeks, 2));
        json.WriteNumber("suppliers", report.History.Suppliers);
        json.WriteNumber("signals", report.History.Signals);
        json.WriteNumber("checks", report.History.Checks);
        if (report.Rule is { } rule) json.WriteString("rule", rule);
        json.WriteString("ruleSet", report.RuleSetHash);
        json.WritePropertyName("present");
        Summary(json, report.Present);
        if (report.Comparison is { } comparison) Comparison(json, report, comparison);
        if (report.Budget is { } budget)
        {
            json.WriteStartObject("budget");
            json.WriteNumber("allowedPerWeek", budget);
            json.WriteNumber("spentPerWeek", report.Spent);
            json.WriteBoolean("exceeded", report.IsOverBudget);
            Each(json, "owners", report.Spenders, s =>
            {
                json.WriteString("name", s.Owner);
                json.WriteNumber("alerts", s.Alerts);
            });
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Comparison(Utf8JsonWriter json, ReplayReport report, ReplayComparison comparison)
    {
        json.WriteString("proposedRuleSet", report.ProposedHash);
        json.WritePropertyName("proposed");
        Summary(json, comparison.After);
        json.WriteStartObject("difference");
        Each(json, "files", report.Changes, c =>
        {
            json.WriteString("where", c.Where);
            json.WriteString("before", c.Before);
            json.WriteString("after", c.After);
        });
        json.WriteNumber("gained", comparison.Gained.Length);
        json.WriteNumber("lost", comparison.Lost.Length);
        json.WriteNumber("lostInLongerAlerts", comparison.Merged.Length);
        json.WriteNumber("gainedPerWeek", comparison.GainedPerWeek);
        Shift(json, "earlier", comparison.Earlier);
        Shift(json, "later", comparison.Later);
        json.WriteNumber("openedBySwitching", comparison.OpenedBySwitching);
        json.WriteNumber("closedBySwitching", comparison.ClosedBySwitching);
        Each(json, "weeks", comparison.Weeks, w =>
        {
            json.WriteString("monday", Day(w.Monday));
            Change(json, w.Before, w.After, w.Gained, w.Lost);
        });
        Changes(json, "owners", comparison.Owners);
        Changes(json, "teams", comparison.Teams);
        Changes(json, "receivers", comparison.Receivers);
        Changes(json, "rules", comparison.Rules);
        Each(json, "moves", comparison.Moves, m =>
        {
            json.WriteString("supplier", m.Id.Value);
            json.WriteString("name", m.Name);
            json.WriteString("owner", m.Owner);
            json.WriteString("bandBefore", Band(m.BandBefore));
            json.WriteString("bandAfter", Band(m.BandAfter));
            Number(json, "scoreBefore", m.ScoreBefore);
            Number(json, "scoreAfter", m.ScoreAfter);
        });
        Each(json, "suppliers", comparison.Suppliers, s =>
        {
            json.WriteString("supplier", s.Id.Value);
            json.WriteString("name", s.Name);
            json.WriteString("owner", s.Owner);
            json.WriteNumber("gained", s.Gained);
            json.WriteNumber("lost", s.Lost);
        });
        Each(json, "gainedAlerts", comparison.Gained, a => Alert(json, a));
        Each(json, "lostAlerts", comparison.Lost, a => Alert(json, a));
        json.WriteEndObject();
    }

    private static void Summary(Utf8JsonWriter json, ReplaySummary summary)
    {
        json.WriteStartObject();
        json.WriteNumber("assessments", summary.Evaluations);
        json.WriteNumber("opened", summary.Alerts.Opened);
        json.WriteNumber("openBefore", summary.Alerts.FromBefore);
        json.WriteNumber("perWeek", summary.PerWeek);
        json.WriteNumber("worsened", summary.Worsened);
        json.WriteNumber("hiddenByInhibition", summary.Hidden);
        json.WriteNumber("openAtEnd", summary.OpenAtEnd);
        Number(json, "knownShare", summary.KnownShare);
        Weeks(json, summary.Alerts);
        Counts(json, "owners", summary.Owners);
        Counts(json, "teams", summary.Teams);
        Counts(json, "receivers", summary.Receivers);
        Each(json, "rules", summary.Rules, r =>
        {
            Count(json, r.Alerts);
            json.WriteNumber("longestOpenDays", r.LongestDays);
            json.WriteNumber("reopened", r.Reopened);
            json.WriteNumber("unknownShare", r.UnknownShare);
            json.WriteStartObject("days");
            foreach ((DateOnly day, int opened) in r.Alerts.Days) json.WriteNumber(Day(day), opened);
            json.WriteEndObject();
        });
        Each(json, "flapping", summary.Flapping, f =>
        {
            json.WriteString("supplier", f.Supplier.Value);
            json.WriteString("rule", f.Rule);
            json.WriteString("key", f.Key);
            json.WriteNumber("reopened", f.Reopened);
        });
        Each(json, "suppliers", summary.Suppliers, s =>
        {
            json.WriteString("supplier", s.Id.Value);
            json.WriteString("name", s.Name);
            json.WriteString("owner", s.Owner);
            json.WriteNumber("opened", s.Opened);
        });
        Each(json, "alerts", summary.LongestOpen, a => Alert(json, a));
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, string name, IEnumerable<AlertCount> counts) => Each(json, name, counts, c =>
    {
        Count(json, c);
        Weeks(json, c);
    });

    private static void Count(Utf8JsonWriter json, AlertCount count)
    {
        json.WriteString("name", count.Name);
        json.WriteNumber("opened", count.Opened);
        json.WriteNumber("openBefore", count.FromBefore);
    }

    /// <summary>By Monday, the weeks in which any was opened.</summary>
    private static void Weeks(Utf8JsonWriter json, AlertCount count)
    {
        json.WriteStartObject("weeks");
        foreach (var week in count.Days.GroupBy(d => ReplayPeriod.MondayOf(d.Key))) json.WriteNumber(Day(week.Key), week.Sum(d => d.Value));
        json.WriteEndObject();
    }

    private static void Changes(Utf8JsonWriter json, string name, IEnumerable<CountChange> changes) => Each(json, name, changes, c =>
    {
        json.WriteString("name", c.Name);
        Change(json, c.Before, c.After, c.Gained, c.Lost);
    });

    private static void Change(Utf8JsonWriter json, int before, int after, int gained, int lost)
    {
        json.WriteNumber("before", before);
        json.WriteNumber("after", after);
        json.WriteNumber("gained", gained);
        json.WriteNumber("lost", lost);
    }

    private static void Shift(Utf8JsonWriter json, string name, OpeningShift shift)
    {
        json.WriteStartObject(name);
        json.WriteNumber("alerts", shift.Alerts);
        json.WriteNumber("medianDays", shift.MedianDays);
        json.WriteEndObject();
    }

    private static void Alert(Utf8JsonWriter json, ReplayedAlert alert)
    {
        json.WriteString("supplier", alert.Supplier.Value);
        json.WriteString("rule", alert.Rule);
        json.WriteString("key", alert.Key);
        json.WriteString("kind", alert.Kind);
        json.WriteString("severity", alert.Severity.ToString().ToLowerInvariant());
        json.WriteString("message", alert.Message);
        json.WriteString("owner", alert.Owner);
        json.WriteString("team", alert.Team);
        json.WriteStartArray("receivers");
        foreach (string receiver in alert.Receivers) json.WriteStringValue(receiver);
        json.WriteEndArray();
        json.WriteString("openedAt", alert.OpenedAt);
        JsonParts.Instant(json, "resolvedAt", alert.ResolvedAt);
        json.WriteBoolean("openBefore", alert.IsFromBefore);
        json.WriteNumber("worsened", alert.Worsened);
    }

    private static void Each<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static string? Band(Band? band) => band is { } known ? BandNames.Of(known) : null;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
