using System.Collections.Immutable;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>What a webhook's body is: our own JSON, the same in a CloudEvents 1.0 envelope, or a body of the user's.</summary>
internal enum WebhookFormat { Json, CloudEvents, Template }

/// <summary>An entry of <c>webhook_configs</c>.</summary>
/// <param name="Secrets">References, the newest first; two during a rotation; empty: unsigned.</param>
internal sealed record WebhookTarget(int Index, bool SendResolved, HttpTarget Http, ImmutableArray<string> Secrets) : ReceiverTarget("webhook", Index, SendResolved)
{
    public WebhookFormat Format { get; init; }

    /// <summary>The user's body; null without <see cref="WebhookFormat.Template"/>.</summary>
    public JsonTemplate? Template { get; init; }

    public override string Endpoint => Http.Name;
}
