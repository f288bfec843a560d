using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Risk.Connectors.Sdk;
using Risk.Connectors.Sdk.Reading;

namespace Risk.Connectors.Statuspage;

/// <summary>One incident, in the page's own words.</summary>
/// <param name="EndedAt">When it was over, or null while it is open.</param>
/// <param name="Components">Names of what was affected, where the page says so.</param>
internal sealed record StatuspageRecord(
    string Id, string Name, string Status, string Impact, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset UpdatedAt, string Link, ImmutableArray<string> Components)
{
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
            record = new StatuspageRecord(
                key, Observation.Line(BoundedJson.Text(incident, "name"), 200), status, impact, startedAt, isOver ? At(incident, "resolved_at") ?? updatedAt : null, updatedAt,
                BoundedJson.Text(incident, "shortlink"), Affected(incident));
        }

        return record is not null;
    }

    public static DateTimeOffset? At(JsonElement owner, string name) => Observation.Instant(BoundedJson.Text(owner, name));

    private static ImmutableArray<string> Affected(JsonElement incident) => incident.TryGetProperty("components", out JsonElement list) && list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(c => Observation.Line(BoundedJson.Text(c, "name"), 80)).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Take(10)]
        : [];
}

/// <summary>What one page says.</summary>
/// <param name="Indicator">none, minor, major, critical, maintenance; "" where the page has no summary.</param>
/// <param name="ReachesBackTo">Of the page's list, where older incidents may have dropped off it; null when it is whole.</param>
/// <param name="Unreadable">Incidents that were turned away: they may be open, so no uptime is stated.</param>
internal sealed record StatuspageContent(string Host, string Indicator, DateTimeOffset? UpdatedAt, ImmutableArray<StatuspageRecord> Incidents, DateTimeOffset? ReachesBackTo, int Unreadable);
