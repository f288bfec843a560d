using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Statuspage;

/// <summary>One incident, in the page's own words.</summary>
/// <param name="EndedAt">When it was over, or null while it is open.</param>
/// <param name="Planned">From when until when a maintenance is planned; null for incidents.</param>
/// <param name="Components">Names of what was affected, where the page says so.</param>
internal sealed record StatuspageRecord(
    string Id, string Name, string Status, string Impact, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset UpdatedAt, string Link, ImmutableArray<string> Components,
    (DateTimeOffset From, DateTimeOffset? Until)? Planned = null)
{
    /// <summary>Of an incident or maintenance; what is told of its components and in its updates is not looked at.</summary>
    public static readonly RecordFormat Format = RecordFormat.Of("""
        id text
        name text
        status text
        impact text
        created_at text
        updated_at text
        started_at text optional
        monitoring_at text optional
        resolved_at text optional
        scheduled_for text optional
        scheduled_until text optional
        shortlink text optional
        page_id text optional
        incident_updates array optional
        components array optional
        reminder_intervals any optional
        backfilled boolean optional
        impact_override text optional
        scheduled_remind_prior boolean optional
        scheduled_reminded_at text optional
        scheduled_auto_in_progress boolean optional
        scheduled_auto_completed boolean optional
        postmortem_body text optional
        postmortem_body_last_updated_at text optional
        postmortem_ignored boolean optional
        postmortem_notified_subscribers boolean optional
        postmortem_notified_twitter boolean optional
        postmortem_published_at text optional
        """);

    /// <summary>A maintenance that has not begun.</summary>
    public bool IsPlanned => Status == "scheduled";

    public bool IsMaintenance => Impact == "maintenance" || Status is "scheduled" or "in_progress" or "verifying" or "completed";

    /// <summary>Reads an incident; the problem says which field is wrong.</summary>
    public static bool TryRead(JsonElement incident, out string key, [NotNullWhen(true)] out StatuspageRecord? record, out string problem)
    {
        record = null;
        problem = "";
        key = Observation.Line(BoundedJson.Text(incident, "id"), 100);
        string status = BoundedJson.Text(incident, "status"), impact = BoundedJson.Text(incident, "impact");
        DateTimeOffset? createdAt = At(incident, "created_at");

        // Old tenants have no started_at; new ones let people set it to before the incident was written down.
        if (key.Length == 0) problem = "no id";
        else if ((At(incident, "started_at") ?? createdAt) is not { } startedAt) problem = "neither started_at nor created_at is a time";
        else if (status is not ("investigating" or "identified" or "monitoring" or "resolved" or "postmortem" or "scheduled" or "in_progress" or "verifying" or "completed")) problem = "status is none that is known";
        else if (impact is not ("none" or "minor" or "major" or "critical" or "maintenance")) problem = "impact is none that is known";
        else
        {
            DateTimeOffset updatedAt = At(incident, "updated_at") ?? createdAt ?? startedAt;
            bool isOver = status is "resolved" or "postmortem" or "completed";
            (DateTimeOffset From, DateTimeOffset? Until)? planned = At(incident, "scheduled_for") is { } begin ? (begin, At(incident, "scheduled_until")) : null;

            // Of maintenance started_at tells when it was announced.
            if (planned is { } plan && status != "scheduled") startedAt = plan.From < updatedAt ? plan.From : updatedAt;
            record = new StatuspageRecord(
                key, Observation.Line(BoundedJson.Text(incident, "name"), 200), status, impact, startedAt, isOver ? At(incident, "resolved_at") ?? updatedAt : null, updatedAt,
                BoundedJson.Text(incident, "shortlink"), Affected(incident), planned);
        }

        return record is not null;
    }

    public static DateTimeOffset? At(JsonElement owner, string name) => Observation.Instant(BoundedJson.Text(owner, name));

    /// <summary>Old pages name them with each update only.</summary>
    private static ImmutableArray<string> Affected(JsonElement incident) =>
    [
        .. BoundedJson.Items(incident, "components").Concat(BoundedJson.Items(incident, "incident_updates").SelectMany(u => BoundedJson.Items(u, "affected_components")))
            .Select(c => Observation.Line(BoundedJson.Text(c, "name"), 80)).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Take(10),
    ];
}

/// <summary>What one page says.</summary>
/// <param name="Indicator">none, minor, major, critical, maintenance; "" where the page has no summary.</param>
/// <param name="ReachesBackTo">Of the page's list, where older incidents may have dropped off it; null when it is whole.</param>
/// <param name="Unreadable">Incidents that were turned away: they may be open, so no uptime is stated.</param>
/// <param name="HasSummary">Only the summary lists maintenance that is planned or under way.</param>
internal sealed record StatuspageContent(
    string Host, string Indicator, DateTimeOffset? UpdatedAt, ImmutableArray<StatuspageRecord> Incidents, DateTimeOffset? ReachesBackTo, int Unreadable, bool HasSummary);
