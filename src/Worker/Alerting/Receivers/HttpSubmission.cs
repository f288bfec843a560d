using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Risk.Connectors.Sdk.Http;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Alerting.Receivers;

/// <summary>Sends one message over HTTP to an address that was checked before it was connected to, and says how that ended.</summary>
internal static class HttpSubmission
{
    private const int MostResponseBytes = 64 * 1024;

    private const int MostResponseHeaderKilobytes = 32;

    /// <summary>For everything from the name lookup to the end of the answer.</summary>
    public static TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(30);

    /// <param name="body">Exactly these bytes are sent; null: a GET.</param>
    /// <param name="prepare">Adds headers; gets the attempt's instant. May throw <see cref="SecretMissingException"/>.</param>
    /// <returns>Failures are outcomes; only cancellation is thrown.</returns>
    public static async Task<DeliveryOutcome> SendAsync(
        HttpTarget target, byte[]? body, string contentType, Action<HttpRequestMessage, DateTimeOffset>? prepare, ChannelServices services, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerWithin);
        try
        {
            Uri url = target.Url ?? HttpTarget.ParseUrl(services.Secrets.Read(target.UrlReference)) ?? throw new SecretMissingException($"{target.UrlReference} holds no http(s) URL");
            DateTimeOffset now = services.Clock.GetUtcNow();
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, url);
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
            request.Headers.UserAgent.ParseAdd("supplier-risk-monitor/1");
            Authorize(request, target, services.Secrets);
            prepare?.Invoke(request, now);
            using SocketsHttpHandler handler = Handler(target, services);
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
            return new DeliveryOutcome.RetryLater($"{target.Name} did not answer within {AnswerWithin.TotalSeconds:0} s");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return Failed(target, problem);
        }
    }

    private static void Authorize(HttpRequestMessage request, HttpTarget target, SecretReader secrets)
    {
        if (target.AuthorizationType.Length == 0) return;
        string secret = secrets.Read(target.CredentialsReference);
        string value = target.UserName.Length == 0 ? secret : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{target.UserName}:{secret}"));
        if (!value.All(c => c is >= ' ' and <= '~')) throw new SecretMissingException($"the secret {target.CredentialsReference} has characters that no header can carry");
        request.Headers.Authorization = new AuthenticationHeaderValue(target.AuthorizationType, value);
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

    private static DeliveryOutcome Failed(HttpTarget target, Exception problem) => (problem.InnerException ?? problem) switch
    {
        AddressRefusedException refused => new DeliveryOutcome.GaveUp($"{target.Name}: {refused.Message}"),
        AuthenticationException => new DeliveryOutcome.RetryLater($"{target.Name}: TLS failed; check the certificate{(target.CaFile.Length > 0 ? $", which must be of an authority in {target.CaFile}" : "")}"),
        SocketException socket => new DeliveryOutcome.RetryLater($"{target.Name} cannot be reached ({socket.SocketErrorCode})"),
        _ => new DeliveryOutcome.RetryLater($"{target.Name} closed the connection"),
    };

    private static SocketsHttpHandler Handler(HttpTarget target, ChannelServices services) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A proxy would resolve the name again, behind the check.
        UseProxy = false,
        MaxResponseHeadersLength = MostResponseHeaderKilobytes,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = target.CaFile.Length == 0 ? null : TrustOnly(target.CaFile, services.BaseFolder) },
        ConnectCallback = async (context, cancellationToken) =>
        {
            string host = context.DnsEndPoint.Host;
            IPAddress[] addresses = await services.Resolve(host, cancellationToken).ConfigureAwait(false);
            return await PublicAddress.ConnectAsync(addresses, target.Allow, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false)
                ?? throw new AddressRefusedException($"{(target.Url is null ? "the host" : host)} is no public address; if it is meant, add its network to global: {HttpTargetReader.AllowKey}");
        },
    };

    private static X509ChainPolicy TrustOnly(string caFile, string baseFolder)
    {
        // As without a file of one's own: revocation lists are not fetched.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(Path.Combine(baseFolder, caFile));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SecretMissingException($"the certificate authorities in {caFile} cannot be read ({problem.GetType().Name}); it must be a PEM file");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new SecretMissingException($"{caFile} holds no certificate");
    }

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
}

/// <summary>The name leads to an address that must not be reached.</summary>
internal sealed class AddressRefusedException(string message) : Exception(message);
