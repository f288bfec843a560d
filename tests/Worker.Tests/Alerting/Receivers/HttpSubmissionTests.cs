using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Risk.Testing;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class HttpSubmissionTests : IDisposable
{
    private static readonly IPNetwork Loopback = IPNetwork.Parse("127.0.0.0/8");
    private readonly string folder = Directory.CreateTempSubdirectory("risk-http-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A name that is public when it is checked and private when it is connected to (DNS rebinding): there is one look-up, and what it gave is connected to.</summary>
    [Fact]
    public async Task Send_NameThatChangesItsAddress_IsLookedUpOnce()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        int lookUps = 0;
        var services = Services(_ => null) with { Resolve = (_, _) => Task.FromResult<IPAddress[]>(lookUps++ == 0 ? [IPAddress.Parse("10.0.0.1")] : [IPAddress.Loopback]) };
        var target = new HttpTarget(new Uri($"http://rebind.example:{sink.Url.Port}/"), "", []);
        Assert.IsType<DeliveryOutcome.GaveUp>(await SendAsync(target, services));
        Assert.Equal(1, lookUps);
        Assert.Empty(sink.Hooks);
    }

    /// <summary>Of several addresses only those that were found good are tried, however they are mixed.</summary>
    [Fact]
    public async Task Send_NameWithPublicAndPrivateAddresses_ConnectsToAllowedOnesOnly()
    {
        await using WebhookSink sink = await WebhookSink.StartAsync();
        var services = Services(_ => null) with { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254"), IPAddress.Parse("::ffff:10.0.0.1"), IPAddress.Loopback]) };
        Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync(new HttpTarget(new Uri($"http://mixed.example:{sink.Url.Port}/"), "", [Loopback]), services));
        Assert.Equal("mixed.example:" + sink.Url.Port, sink.Hooks.Single().Headers["Host"]);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::1]:80/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://168.63.129.16/")]
    public async Task Send_PrivateAddressHoweverItIsWritten_IsRefused(string url) =>
        Assert.Contains("webhook_allow", Assert.IsType<DeliveryOutcome.GaveUp>(await SendAsync(new HttpTarget(new Uri(url), "", []), Services(_ => null))).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        await using WebhookSink inside = await WebhookSink.StartAsync();
        await using WebhookSink sink = await WebhookSink.StartAsync();
        foreach (int status in (int[])[301, 302, 303, 307, 308])
        {
            sink.Answer = context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = inside.Url.AbsoluteUri;
                return Task.CompletedTask;
            };
            Assert.IsType<DeliveryOutcome.GaveUp>(await SendAsync(new HttpTarget(sink.Url, "", [Loopback]), Services(_ => null)));
        }

        Assert.Empty(inside.Hooks);
    }

    [Fact]
    public async Task Send_CertificateOfAnOwnAuthority_IsTrustedWithItsFileOnly()
    {
        using RSA authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=Own CA", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = authority.CreateSelfSigned(DateTimeOffset.Parse("2020-01-01Z", System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse("2050-01-01Z", System.Globalization.CultureInfo.InvariantCulture));
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=hooks.internal", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("hooks.internal");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(root, DateTimeOffset.Parse("2021-01-01Z", System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse("2049-01-01Z", System.Globalization.CultureInfo.InvariantCulture), [1, 2, 3]);
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        using X509Certificate2 served = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), root.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "empty.pem"), "nothing");

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(served)));
        await using WebApplication app = builder.Build();
        app.Run(static _ => Task.CompletedTask);
        await app.StartAsync();
        int port = new Uri(app.Urls.First()).Port;
        ChannelServices services = Services(_ => null) with { Resolve = static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) };
        var target = new HttpTarget(new Uri($"https://hooks.internal:{port}/"), "", [Loopback]);
        Assert.Contains("certificate", Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync(target, services)).Reason, StringComparison.Ordinal);
        Assert.IsType<DeliveryOutcome.Delivered>(await SendAsync(target with { CaFile = "ca.pem" }, services));

        // Verification stays on: the name must be the certificate's.
        Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync(target with { Url = new Uri($"https://other.internal:{port}/"), CaFile = "ca.pem" }, services));
        Assert.Contains("no certificate", Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync(target with { CaFile = "empty.pem" }, services)).Reason, StringComparison.Ordinal);
        Assert.Contains("gone.pem", Assert.IsType<DeliveryOutcome.RetryLater>(await SendAsync(target with { CaFile = "gone.pem" }, services)).Reason, StringComparison.Ordinal);
    }

    private ChannelServices Services(Func<string, string?> secrets) => new(new ManualTimeProvider(NotificationSample.At), new SecretReader(folder, secrets), folder);

    private static Task<DeliveryOutcome> SendAsync(HttpTarget target, ChannelServices services) => HttpSubmission.SendAsync(target, "{}"u8.ToArray(), "application/json", null, services, CancellationToken.None);
}
