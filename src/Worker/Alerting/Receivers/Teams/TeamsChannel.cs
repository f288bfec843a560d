using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Teams;

/// <summary>An entry of <c>msteamsv2_configs</c>: the address of a Teams workflow ("When a Teams webhook request is received").</summary>
internal sealed record TeamsTarget(int Index, bool SendResolved, HttpTarget Http) : ReceiverTarget("msteamsv2", Index, SendResolved)
{
    public override string Endpoint => Http.Name;
}

/// <summary>Adaptive cards. What comes from outside stands in text runs, the one element in which Teams reads no Markdown.</summary>
internal sealed class TeamsChannel : IReceiverChannel
{
    /// <summary>Teams refuses messages of 28 KB and more.</summary>
    private const int MostBytes = 27 * 1024;

    public string Name => "msteamsv2";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys { get; } = [HttpTargetReader.AllowKey];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a Teams target", ["webhook_url", "webhook_url_file", "send_resolved", HttpTargetReader.ConfigKey]);
        HttpTarget? http = HttpTargetReader.Read(config, global, "webhook_url", isSecret: true);
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        return http is null ? null : new TeamsTarget(index, sendResolved, http);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((TeamsTarget)target).Http.Name, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId)
    {
        // Fewer alerts until it fits: one always does, its texts are bounded.
        for (int listed = ChatViews.MostListed; ; listed = Math.Max(1, listed / 2))
        {
            byte[] card = Card(ChatViews.Of(notification, listed), deliveryId);
            if (card.Length <= MostBytes || listed == 1) return new Rendering("", card);
        }
    }

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken) =>
        HttpSubmission.SendAsync(((TeamsTarget)target).Http, delivery.Body, "application/json", prepare: null, services, cancellationToken);

    private static byte[] Card(ChatView view, string deliveryId)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", "message");
            json.WriteStartArray("attachments");
            json.WriteStartObject();
            json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
            json.WriteNull("contentUrl");
            json.WriteStartObject("content");
            json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
            json.WriteString("type", "AdaptiveCard");
            json.WriteString("version", "1.4");
            json.WriteStartObject("msteams");
            json.WriteString("width", "Full");
            json.WriteEndObject();
            json.WriteString("fallbackText", view.Headline);
            json.WriteStartArray("body");
            Paragraph(json, [(view.Headline, "large", false)]);
            foreach (ChatAlert alert in view.Alerts) Paragraph(json, [(alert.Line, "default", false), .. alert.Next.Length > 0 ? [($" Next: {alert.Next}", "default", true)] : (ReadOnlySpan<(string, string, bool)>)[]]);
            string more = view.Unlisted > 0 ? string.Create(CultureInfo.InvariantCulture, $"and {view.Unlisted} more | ") : "";
            Paragraph(json, [($"{more}{view.Footer} | {deliveryId}", "small", true)]);
            json.WriteEndArray();
            Links(json, [.. view.Alerts.Where(a => a.Url.Length > 0).DistinctBy(a => a.Url).Take(4)]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Paragraph(Utf8JsonWriter json, ReadOnlySpan<(string Text, string Size, bool Subtle)> runs)
    {
        json.WriteStartObject();
        json.WriteString("type", "RichTextBlock");
        json.WriteStartArray("inlines");
        foreach ((string text, string size, bool subtle) in runs)
        {
            json.WriteStartObject();
            json.WriteString("type", "TextRun");
            json.WriteString("text", text);
            json.WriteString("size", size);
            if (size == "large") json.WriteString("weight", "bolder");
            if (subtle) json.WriteBoolean("isSubtle", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Links(Utf8JsonWriter json, ReadOnlySpan<ChatAlert> alerts)
    {
        if (alerts.IsEmpty) return;
        json.WriteStartArray("actions");
        foreach (ChatAlert alert in alerts)
        {
            json.WriteStartObject();
            json.WriteString("type", "Action.OpenUrl");
            json.WriteString("title", PlainText.Line(alert.UrlLabel, 60));
            json.WriteString("url", alert.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
