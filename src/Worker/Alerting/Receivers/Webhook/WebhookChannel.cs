using System.Collections.Immutable;
using System.Globalization;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>POSTs the stored JSON, signed.</summary>
internal sealed class WebhookChannel : IReceiverChannel
{
    public string Name => "webhook";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys { get; } = [HttpTargetReader.AllowKey];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a webhook target", ["url", "url_file", "send_resolved", "secret", "secret_file", "previous_secret", "format", "body", HttpTargetReader.ConfigKey]);
        HttpTarget? http = HttpTargetReader.Read(config, global, "url", isSecret: false);
        var secrets = ImmutableArray.CreateBuilder<string>();
        if (HttpTargetReader.Secret(config, "secret") is { } secret) secrets.Add(secret);
        if (config.Has("previous_secret") && HttpTargetReader.Secret(config, "previous_secret") is { } previous) secrets.Add(previous);
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        JsonTemplate? template = config.Has("body") ? JsonTemplate.Read(config, "body") : null;
        WebhookFormat format = Format(config);
        return http is null || (config.Has("body") && template is null) ? null : new WebhookTarget(index, sendResolved, http, secrets.ToImmutable()) { Format = format, Template = template };
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((WebhookTarget)target).Http.Name, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId) => new("", ((WebhookTarget)target) switch
    {
        { Template: { } template } => template.Render(notification, deliveryId),
        { Format: WebhookFormat.CloudEvents } => CloudEvent.Render(notification, deliveryId),
        _ => WebhookBody.Render(notification, deliveryId),
    });

    public Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken)
    {
        var webhook = (WebhookTarget)target;
        return HttpSubmission.SendAsync(
            webhook.Http,
            delivery.Body,
            CloudEvent.Is(delivery.Body) ? CloudEvent.ContentType : "application/json",
            (request, now) =>
            {
                request.Headers.Add("webhook-id", delivery.Id);
                request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
                byte[][] keys = [.. webhook.Secrets.Select(reference => Key(services.Secrets, reference))];
                if (keys.Length > 0) request.Headers.Add("webhook-signature", WebhookSignature.Sign(keys, delivery.Id, now.ToUnixTimeSeconds(), delivery.Body));
            },
            services,
            cancellationToken);
    }

    private static WebhookFormat Format(ConfigSection config)
    {
        if (config.Has("body") && config.Has("format")) config.Error("T003", "write either 'format' or 'body'", config.At("format"));
        if (config.Has("body")) return WebhookFormat.Template;
        switch (config.Text("format"))
        {
            case null or "json": return WebhookFormat.Json;
            case "cloudevents": return WebhookFormat.CloudEvents;
            default:
                config.Error("T001", "'format' must be json or cloudevents", config.At("format"));
                return WebhookFormat.Json;
        }
    }

    private static byte[] Key(SecretReader secrets, string reference) => WebhookSignature.TryKey(secrets.Read(reference), out byte[] key)
        ? key
        : throw new SecretMissingException($"the secret {reference} is no webhook secret; it must be whsec_ and the base 64 of 24 to 64 random bytes");
}
