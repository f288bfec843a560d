using System.Collections.Immutable;
using System.Net;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>An entry of <c>webhook_configs</c>.</summary>
/// <param name="Url">Null when <paramref name="UrlFile"/> holds it (URLs with a token in them are secrets).</param>
/// <param name="UrlFile"><c>file:PATH</c>, or "".</param>
/// <param name="Secrets">References, the newest first; two during a rotation; empty: unsigned.</param>
/// <param name="Allow">Private networks it may reach.</param>
internal sealed record WebhookTarget(int Index, bool SendResolved, Uri? Url, string UrlFile, ImmutableArray<string> Secrets, ImmutableArray<IPNetwork> Allow)
    : ReceiverTarget("webhook", Index, SendResolved)
{
    /// <summary>What deliveries and the ledger name it by: without the query. Where the path is the secret too, <c>url_file</c> is the way.</summary>
    public string Recipient => Url is { } url ? url.GetLeftPart(UriPartial.Authority) + url.AbsolutePath : UrlFile;
}
