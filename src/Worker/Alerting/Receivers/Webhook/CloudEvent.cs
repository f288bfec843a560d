using System.Buffers;
using System.Text.Json;
using Risk.Worker.Alerting.Notifications;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>CloudEvents 1.0 in structured mode, with the webhook's own JSON as data: schemas/payloads/cloudevent-1.schema.json.</summary>
internal static class CloudEvent
{
    public const string ContentType = "application/cloudevents+json";

    public static byte[] Render(Notification notification, string deliveryId)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", deliveryId);
            json.WriteString("source", "urn:supplier-risk-monitor");
            json.WriteString("type", WebhookBody.TypeOf(notification));
            json.WriteString("subject", notification.Worst.Supplier?.Value ?? notification.Worst.Rule);
            json.WriteString("time", WebhookBody.Instant(notification.At));
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            json.WriteRawValue(WebhookBody.Render(notification, deliveryId));
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The stored bytes say what they are, so that a changed setting does not mislabel what was rendered before it.</summary>
    public static bool Is(ReadOnlySpan<byte> body) => body.StartsWith("{\"specversion\":"u8);
}
