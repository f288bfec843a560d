using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Storage;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>The JSON of schemas/webhook-1.schema.json. Fields may be added within version 1; none changes its meaning or goes.</summary>
internal static class WebhookBody
{
    public static byte[] Render(Notification notification, string deliveryId)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("schema", "webhook/1");
            json.WriteString("type", TypeOf(notification));
            json.WriteString("timestamp", Instant(notification.At));
            json.WriteString("delivery", deliveryId);
            json.WriteString("notification", notification.Id);
            json.WriteString("thread", notification.ThreadId);
            json.WriteString("reason", ReasonName(notification.Reason));
            if (notification.Occasion.Length > 0) json.WriteString("occasion", notification.Occasion);
            json.WriteString("receiver", notification.Receiver);
            json.WriteString("group", notification.GroupKey);
            Labels(json, "group_labels", notification.GroupLabels);
            json.WriteStartArray("alerts");
            foreach (Alert alert in notification.Alerts) Write(json, alert, notification.Fresh.Contains(alert.EpisodeId), notification.Episodes.GetValueOrDefault(alert.EpisodeId)?.Workflow);
            json.WriteEndArray();
            json.WriteStartArray("suppliers");
            foreach (SupplierContext context in notification.Suppliers.Values) Write(json, context);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    public static string TypeOf(Notification notification) => notification.Reason switch
    {
        NotificationReason.Test or NotificationReason.Canary or NotificationReason.AllQuiet => "risk.assurance",
        _ => notification.Firing.IsEmpty ? "risk.resolved" : "risk.firing",
    };

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    /// <param name="work">What people did about it; null: nothing.</param>
    private static void Write(Utf8JsonWriter json, Alert alert, bool isFresh, AlertWorkflow? work)
    {
        json.WriteStartObject();
        json.WriteString("episode", alert.EpisodeId);
        json.WriteString("status", alert.ResolvedAt is null ? "firing" : "resolved");
        json.WriteBoolean("new", isFresh);
        json.WriteNumber("revision", alert.Revision);
        json.WriteString("supplier", alert.Supplier?.Value);
        json.WriteString("rule", alert.Rule);
        json.WriteString("key", alert.Key);
        json.WriteString("kind", alert.Kind);
        json.WriteString("severity", alert.Severity.ToString().ToLowerInvariant());
        Labels(json, "labels", alert.Labels);
        json.WriteString("title", alert.Title);
        json.WriteString("message", alert.Message);
        json.WriteString("next", alert.Next);
        json.WriteNumber("points", alert.Points);
        json.WriteString("starts_at", Instant(alert.StartsAt));
        json.WriteString("resolved_at", alert.ResolvedAt is { } at ? Instant(at) : null);
        json.WriteString("resolution", alert.Resolution);
        json.WriteString("reopened", alert.Reopened);
        json.WriteString("acknowledged_by", work?.IsAcknowledged(alert) == true ? work.Acknowledged!.By : "");
        json.WriteString("assignee", work?.Assignee ?? "");
        json.WriteString("rule_set", alert.RuleSetHash);
        json.WriteBoolean("moved_by_rule_change", alert.MovedByRuleChange);
        Score(json, "before", alert.ScoreBefore, alert.BandBefore);
        Score(json, "after", alert.ScoreAfter, alert.BandAfter);
        json.WriteStartArray("evidence");
        foreach (FindingEvidence evidence in alert.Evidence)
        {
            json.WriteStartObject();
            json.WriteString("label", evidence.Label);
            json.WriteString("source", evidence.Source.Value);
            json.WriteString("occurred_at", Instant(evidence.OccurredAt));
            json.WriteString("observed_at", Instant(evidence.ObservedAt));
            json.WriteString("url", evidence.Url);
            json.WriteString("excerpt", evidence.Excerpt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SupplierContext context)
    {
        Supplier supplier = context.Supplier;
        json.WriteStartObject();
        json.WriteString("id", supplier.Id.Value);
        json.WriteString("name", supplier.Name);
        json.WriteString("country", supplier.Country);
        json.WriteNumber("tier", supplier.Tier);
        json.WriteString("category", supplier.Category);
        json.WriteString("owner", supplier.Owner);
        json.WriteBoolean("single_source", supplier.SingleSource);
        Score(json, "assessment", context.Assessment?.Score, context.Assessment?.Band);
        json.WriteEndObject();
    }

    private static void Score(Utf8JsonWriter json, string name, decimal? score, Band? band)
    {
        if (score is not { } value || band is not { } known)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("score", value);
        json.WriteString("band", BandName(known));
        json.WriteEndObject();
    }

    private static void Labels(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> labels)
    {
        json.WriteStartObject(name);
        foreach ((string label, string value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal)) json.WriteString(label, value);
        json.WriteEndObject();
    }

    public static string BandName(Band band) => band == Band.InsufficientData ? "insufficient_data" : band.ToString().ToLowerInvariant();

    public static string ReasonName(NotificationReason reason) => reason switch
    {
        NotificationReason.NewAlerts => "new_alerts",
        NotificationReason.RepeatDue => "repeat",
        NotificationReason.AllQuiet => "all_quiet",
        _ => reason.ToString().ToLowerInvariant(),
    };
}
