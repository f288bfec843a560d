using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Risk.Rules.Documents;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Webhook;

/// <summary>POSTs the stored JSON, signed, to an address that was checked before it was connected to.</summary>
internal sealed class WebhookChannel : IReceiverChannel
{
    private const int MostResponseBytes = 64 * 1024;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    public string Name => "webhook";

    public bool ReachesPersons => false;

    public IReadOnlyCollection<string> GlobalKeys { get; } = ["webhook_allow"];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("a webhook target", ["url", "url_file", "send_resolved", "secret", "secret_file", "previous_secret"]);
        Uri? url = config.Text("url") is { } text ? Url(config, text) : null;
        string urlFile = config.Text("url_file") is { } file ? "file:" + file : "";
        if (config.Has("url") == config.Has("url_file")) config.Error("T003", "a webhook target needs either 'url' or 'url_file'", config.Node);
        var secrets = ImmutableArray.CreateBuilder<string>();
        if (config.Has("secret") && config.Has("secret_file")) config.Error("T017", "write either 'secret' or 'secret_file'; an old one goes under 'previous_secret'", config.At("secret_file"));
        if (Secret(config, "secret") is { } secret) secrets.Add(secret);
        if (config.Text("secret_file") is { } secretFile) secrets.Add("file:" + secretFile);
        if (Secret(config, "previous_secret") is { } previous) secrets.Add(previous);
        bool sendResolved = config.Bool("send_resolved", otherwise: true);
        ImmutableArray<IPNetwork> allow = Allow(global);
        if (url is not null && IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out IPAddress? address) && !PublicAddress.MayConnect(address, allow))
            config.Warning("T021", $"nothing can be sent to {address}: it is no public address; if it is meant, add its network to global: webhook_allow", config.At("url"), Math.Max(1, config.Text("url")!.Length));
        return url is null && urlFile.Length == 0 ? null : new WebhookTarget(index, sendResolved, url, urlFile, secrets.ToImmutable(), allow);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification) => [new(((WebhookTarget)target).Recipient, notification)];

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId) => new("", WebhookBody.Render(notification, deliveryId));

    public async Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken)
    {
        var webhook = (WebhookTarget)target;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerWithin);
        try
        {
            Uri url = webhook.Url ?? ParseUrl(services.Secrets.Read(webhook.UrlFile)) ?? throw new SecretMissingException($"{webhook.UrlFile} holds no http(s) URL");
            DateTimeOffset now = services.Clock.GetUtcNow();
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(delivery.Body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.ParseAdd("supplier-risk-monitor/1");
            request.Headers.Add("webhook-id", delivery.Id);
            request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            byte[][] keys = [.. webhook.Secrets.Select(reference => Key(services.Secrets, reference))];
            if (keys.Length > 0) request.Headers.Add("webhook-signature", WebhookSignature.Sign(keys, delivery.Id, now.ToUnixTimeSeconds(), delivery.Body));
            using SocketsHttpHandler handler = Handler(webhook.Allow);
            using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            await DrainAsync(response, deadline.Token).ConfigureAwait(false);
            return Classify(response, now);
        }
        catch (SecretMissingException missing)
        {
            return new DeliveryOutcome.RetryLater(missing.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome.RetryLater($"{webhook.Recipient} did not answer within {AnswerWithin.TotalSeconds:0} s");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return Failed(webhook, problem);
        }
    }

    private static DeliveryOutcome Classify(HttpResponseMessage response, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        string said = string.Create(CultureInfo.InvariantCulture, $"answered {status}");
        return status switch
        {
            >= 200 and < 300 => new DeliveryOutcome.Delivered(string.Create(CultureInfo.InvariantCulture, $"{status}")),
            >= 300 and < 400 => new DeliveryOutcome.GaveUp($"{said}: redirects are not followed; put the final address into url"),
            410 => new DeliveryOutcome.GaveUp($"{said}: the receiver wants no more; remove it from routing.yaml"),
            408 or 425 or 429 or >= 500 => new DeliveryOutcome.RetryLater(said, RetryAfter(response, now)),
            401 or 403 => new DeliveryOutcome.GaveUp($"{said}: check url and secret, then redeliver"),
            _ => new DeliveryOutcome.GaveUp(said),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };

    private static DeliveryOutcome Failed(WebhookTarget webhook, Exception problem) => (problem.InnerException ?? problem) switch
    {
        WebhookRefusedException refused => new DeliveryOutcome.GaveUp($"{webhook.Recipient}: {refused.Message}"),
        AuthenticationException => new DeliveryOutcome.RetryLater($"{webhook.Recipient}: TLS failed; check the certificate"),
        SocketException socket => new DeliveryOutcome.RetryLater($"{webhook.Recipient} cannot be reached ({socket.SocketErrorCode})"),
        _ => new DeliveryOutcome.RetryLater($"{webhook.Recipient} closed the connection"),
    };

    private static SocketsHttpHandler Handler(ImmutableArray<IPNetwork> allow) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A proxy would resolve the name again, behind the check.
        UseProxy = false,
        MaxResponseHeadersLength = 32,
        ConnectCallback = async (context, cancellationToken) =>
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
            IPAddress[] good = [.. addresses.Where(a => PublicAddress.MayConnect(a, allow))];
            if (good.Length == 0) throw new WebhookRefusedException($"{context.DnsEndPoint.Host} is no public address; if it is meant, add its network to global: webhook_allow");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                // The checked addresses, not the name: it could resolve differently a moment later.
                await socket.ConnectAsync(good, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Reads the answer so that the other side can finish, but no more than the bound, and keeps none of it.</summary>
    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            byte[] buffer = new byte[4096];
            for (int total = 0, read; total < MostResponseBytes && (read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; total += read)
            {
            }
        }
    }

    private static byte[] Key(SecretReader secrets, string reference) => WebhookSignature.TryKey(secrets.Read(reference), out byte[] key)
        ? key
        : throw new SecretMissingException($"the secret {reference} is no webhook secret; it must be whsec_ and the base 64 of 24 to 64 random bytes");

    private static string? Secret(ConfigSection config, string key)
    {
        if (config.Text(key) is not { } reference) return null;
        if (SecretReader.IsReference(reference)) return reference;
        config.Error("T017", $"'{key}' must be a reference, env:NAME or file:PATH; secrets do not belong into this file", config.At(key));
        return null;
    }

    private static Uri? Url(ConfigSection config, string text)
    {
        if (ParseUrl(text) is { } url) return url;
        config.Error("T016", "'url' must be an absolute http(s) address without user name", config.At("url"), Math.Max(1, text.Length));
        return null;
    }

    private static Uri? ParseUrl(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? url : null;

    private static ImmutableArray<IPNetwork> Allow(ConfigSection global)
    {
        var allow = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (ScalarNode text in global.Scalars("webhook_allow"))
        {
            if (IPNetwork.TryParse(text.Text, out IPNetwork network)) allow.Add(network);
            else global.Error("T016", $"'{text.Text}' is no network; write for example 10.20.0.0/16 or 127.0.0.1/32", text, Math.Max(1, text.Text.Length));
        }

        return allow.ToImmutable();
    }
}

/// <summary>The name leads to an address that webhooks must not reach.</summary>
internal sealed class WebhookRefusedException(string message) : Exception(message);
