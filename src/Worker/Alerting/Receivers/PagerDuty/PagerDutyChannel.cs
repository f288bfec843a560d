using System.Buffers;
using System.Text;
using System.Text.Json;
using Risk.Rules.Alerts;
using Risk.Rules.Evaluation;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.PagerDuty;

/// <summary>An entry of <c>pagerduty_configs</c>: an Events API v2 integration.</summary>
/// <param name="KeyReference">Where the routing key is.</param>
internal sealed record PagerDutyTarget(int Index, bool SendResolved, HttpTarget Http, string KeyReference) : ReceiverTarget("pagerduty", Index, SendResolved)
{
    public override string Endpoint => Http.Name;
}

/// <summary>Events API v2: one event for each alert, with the episode as dedup_key, so that an episode is one incident however often it is told, and its end resolves it.</summary>
internal sealed class PagerDutyChannel : IReceiverChannel
{
    private const int MostSummary = 1_024;
    private const int RoutingKeyLength = 32;

    private static readonly Uri Events = new("https://events.pagerduty.com/v2/enqueue");

    public string Name => "pagerduty";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys { get; } = [HttpTargetReader.AllowKey];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a PagerDuty target", ["routing_key", "routing_key_file", "url", "url_file", "send_resolved", HttpTargetReader.ConfigKey]);
        HttpTarget? http = HttpTargetReader.Read(config, global, "url", isSecret: false, Events);
        string? key = HttpTargetReader.Secret(config, "routing_key");
        if (!config.Has("routing_key") && !config.Has("routing_key_file")) config.Error("T003", "'routing_key_file' is missing: the integration key of the PagerDuty service", config.Node);
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        return http is null || key is null ? null : new PagerDutyTarget(index, sendResolved, http, key);
    }

    /// <summary>Each alert by itself. Between repeats only what is new or worse: PagerDuty has the rest open.</summary>
    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) =>
    [
        .. from alert in notification.Alerts
           where alert.ResolvedAt is not null || notification.Fresh.Contains(alert.EpisodeId) || notification.Reason is NotificationReason.RepeatDue or NotificationReason.First || ChatViews.IsAssurance(notification)
           let own = notification with { Firing = [.. notification.Firing.Where(a => a == alert)], Resolved = [.. notification.Resolved.Where(a => a == alert)] }
           select new Addressed($"{((PagerDutyTarget)target).Http.Name} {alert.EpisodeId}", own),
    ];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId)
    {
        Alert alert = notification.Worst;
        ChatAlert view = ChatViews.Of(notification).Alerts[0];

        // A canary proves the way and wakes nobody: the end of an incident that never was is accepted and does nothing.
        bool resolves = alert.ResolvedAt is not null || notification.Reason is NotificationReason.Canary or NotificationReason.AllQuiet;
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("event_action", resolves ? "resolve" : "trigger");
            json.WriteString("dedup_key", alert.EpisodeId);
            json.WriteString("client", "Supplier Risk Monitor");
            json.WriteStartObject("payload");
            json.WriteString("summary", PlainText.Line(view.Line, MostSummary));
            json.WriteString("source", PlainText.Line(alert.Supplier?.Value ?? "supplier-risk-monitor", 200));
            json.WriteString("severity", SeverityOf(alert.Severity));
            json.WriteString("timestamp", alert.StartsAt.UtcDateTime);
            json.WriteString("component", PlainText.Line(notification.ContextOf(alert)?.Supplier.Name ?? "", 200));
            json.WriteString("group", PlainText.Line(alert.Labels.GetValueOrDefault("category", ""), 200));
            json.WriteString("class", PlainText.Line(alert.Rule, 200));
            json.WriteStartObject("custom_details");
            json.WriteString("next", view.Next);
            json.WriteString("score", view.Score);
            json.WriteString("resolution", PlainText.Line(alert.Resolution));
            json.WriteString("delivery", deliveryId);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("links");
            if (view.Url.Length > 0)
            {
                json.WriteStartObject();
                json.WriteString("href", view.Url);
                json.WriteString("text", view.UrlLabel);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new Rendering("", bytes.WrittenSpan.ToArray());
    }

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken)
    {
        var pagerDuty = (PagerDutyTarget)target;
        try
        {
            string key = services.Secrets.Read(pagerDuty.KeyReference);
            if (key.Length != RoutingKeyLength || !key.All(char.IsAsciiLetterOrDigit)) throw new SecretMissingException($"the secret {pagerDuty.KeyReference} is no PagerDuty routing key; it has 32 letters and digits");

            // PagerDuty wants its key in the body. It joins only here: what is stored holds no secret.
            byte[] body = [.. Encoding.UTF8.GetBytes($"{{\"routing_key\":\"{key}\","), .. delivery.Body.AsSpan(1)];
            return HttpSubmission.SendAsync(pagerDuty.Http, body, "application/json", prepare: null, services, cancellationToken);
        }
        catch (SecretMissingException missing)
        {
            return Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.RetryLater(missing.Message));
        }
    }

    private static string SeverityOf(Severity severity) => severity switch { Severity.Critical => "critical", Severity.High => "error", Severity.Warning => "warning", _ => "info" };
}
