using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Slack;

/// <summary>An entry of <c>slack_configs</c>: an incoming webhook of one Slack channel.</summary>
internal sealed record SlackTarget(int Index, bool SendResolved, HttpTarget Http) : ReceiverTarget("slack", Index, SendResolved)
{
    public override string Endpoint => Http.Name;
}

/// <summary>Messages in Block Kit. What comes from outside stands in plain_text objects, where Slack interprets nothing; in the few others it is escaped.</summary>
internal sealed class SlackChannel : IReceiverChannel
{
    // Slack's limits (2026): 50 blocks, 150 characters in a header, 3,000 in a text.
    private const int MostHeader = 150;
    private const int MostText = 3_000;

    public string Name => "slack";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys { get; } = [HttpTargetReader.AllowKey];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a Slack target", ["api_url", "api_url_file", "send_resolved", HttpTargetReader.ConfigKey]);
        HttpTarget? http = HttpTargetReader.Read(config, global, "api_url", isSecret: true);
        bool sendResolved = config.Bool("send_resolved", otherwise: false);
        return http is null ? null : new SlackTarget(index, sendResolved, http);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((SlackTarget)target).Http.Name, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId)
    {
        ChatView view = ChatViews.Of(notification);
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();

            // For notifications on telephones; escaped, so that it can neither mention nor link.
            json.WriteString("text", Escape(view.Headline));
            json.WriteBoolean("unfurl_links", false);
            json.WriteBoolean("unfurl_media", false);
            json.WriteStartArray("blocks");
            Block(json, "header", view.Headline, MostHeader);
            foreach (ChatAlert alert in view.Alerts)
            {
                Block(json, "section", alert.Next.Length > 0 ? $"{alert.Line}\nNext: {alert.Next}" : alert.Line, MostText);
                if (alert.Url.Length > 0) Context(json, "mrkdwn", $"<{Escape(alert.Url).Replace("|", "%7C", StringComparison.Ordinal)}|{Unformatted(alert.UrlLabel)}>");
            }

            string more = view.Unlisted > 0 ? string.Create(CultureInfo.InvariantCulture, $"and {view.Unlisted} more | ") : "";
            Context(json, "plain_text", $"{more}{view.Footer} | {deliveryId}");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new Rendering("", bytes.WrittenSpan.ToArray());
    }

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken) =>
        HttpSubmission.SendAsync(((SlackTarget)target).Http, delivery.Body, "application/json", prepare: null, services, cancellationToken);

    /// <summary>The three characters that Slack gives a meaning in texts with markup.</summary>
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The label of a link: also without the characters that make text bold, struck or code, or end the label.</summary>
    private static string Unformatted(string text) => Escape(string.Concat(text.Select(c => c is '*' or '_' or '~' or '`' or '|' ? ' ' : c)));

    private static void Block(Utf8JsonWriter json, string type, string text, int most)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject("text");
        Text(json, "plain_text", text.Length <= most ? text : PlainText.Line(text, most));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Context(Utf8JsonWriter json, string kind, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "context");
        json.WriteStartArray("elements");
        json.WriteStartObject();
        Text(json, kind, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string kind, string text)
    {
        json.WriteString("type", kind);
        json.WriteString("text", text);
        if (kind == "plain_text") json.WriteBoolean("emoji", false);
    }
}
