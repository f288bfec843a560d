using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Muting;
using Risk.Worker.Storage;

namespace Risk.Worker.Cli;

/// <summary>Pieces that several commands write the same way.</summary>
internal static class JsonParts
{
    public static void Instant(Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } value) json.WriteString(name, value);
        else json.WriteNull(name);
    }

    /// <param name="silencedBy">What silences it now.</param>
    /// <param name="workflow">What people did about it; null: nothing.</param>
    public static void Alert(Utf8JsonWriter json, Alert alert, IEnumerable<Silence> silencedBy, AlertWorkflow? workflow)
    {
        json.WriteStartObject();
        json.WriteString("episode", alert.EpisodeId);
        if (alert.Supplier is { } supplier) json.WriteString("supplier", supplier.Value);
        json.WriteString("rule", alert.Rule);
        json.WriteString("key", alert.Key);
        json.WriteString("kind", alert.Kind);
        json.WriteString("severity", alert.Severity.ToString().ToLowerInvariant());
        json.WriteString("title", alert.Title);
        json.WriteString("message", alert.Message);
        json.WriteString("next", alert.Next);
        json.WriteNumber("points", alert.Points);
        json.WriteNumber("flapping", alert.Flapping);
        json.WriteString("startsAt", alert.StartsAt);
        Instant(json, "resolvedAt", alert.ResolvedAt);
        json.WriteString("resolution", alert.Resolution);
        json.WriteString("rules", alert.RuleSetHash);
        json.WriteBoolean("movedByRuleChange", alert.MovedByRuleChange);
        json.WriteStartObject("labels");
        foreach ((string name, string value) in alert.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("silencedBy");
        foreach (Silence silence in silencedBy)
        {
            json.WriteStartObject();
            json.WriteString("id", silence.Id);
            json.WriteString("author", silence.Author);
            json.WriteString("approvedBy", silence.ApprovedBy);
            json.WriteString("reason", silence.Reason);
            json.WriteString("ticket", silence.Ticket);
            json.WriteString("startsAt", silence.StartsAt);
            json.WriteString("endsAt", silence.EndsAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Workflow(json, workflow);
        Evidence(json, alert.Evidence);
        json.WriteEndObject();
    }

    private static void Workflow(Utf8JsonWriter json, AlertWorkflow? workflow)
    {
        json.WriteString("assignee", workflow?.Assignee ?? "");
        if (workflow?.Acknowledged is { } taken)
        {
            json.WriteStartObject("acknowledged");
            json.WriteString("by", taken.By);
            json.WriteString("at", taken.At);
            json.WriteString("note", taken.Note);
            json.WriteNumber("revision", taken.Revision);
            json.WriteEndObject();
        }
        else json.WriteNull("acknowledged");
        if (workflow?.Snoozed is { } snooze)
        {
            json.WriteStartObject("snoozed");
            json.WriteString("until", snooze.Until);
            json.WriteString("by", snooze.By);
            json.WriteString("reason", snooze.Reason);
            json.WriteEndObject();
        }
        else json.WriteNull("snoozed");
    }

    public static void Evidence(Utf8JsonWriter json, IEnumerable<FindingEvidence> evidence)
    {
        json.WriteStartArray("evidence");
        foreach (FindingEvidence item in evidence)
        {
            json.WriteStartObject();
            json.WriteString("label", item.Label);
            json.WriteString("source", item.Source.Value);
            json.WriteString("occurredAt", item.OccurredAt);
            json.WriteString("observedAt", item.ObservedAt);
            json.WriteString("url", item.Url);
            json.WriteString("excerpt", item.Excerpt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
