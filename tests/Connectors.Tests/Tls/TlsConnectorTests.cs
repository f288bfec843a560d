using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;
using Risk.Connectors.Tls;
using Risk.Rules.Suppliers;
using Risk.Testing;

namespace Risk.Connectors.Tests.Tls;

/// <summary>Handshakes with servers on loopback that show made certificates.</summary>
public sealed class TlsConnectorTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset From = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), Until = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, TcpListener> servers = new(StringComparer.Ordinal);
    private readonly List<Task> serving = [];
    private readonly List<string> dialled = [];
    private readonly X509Certificate2 root = Authority("Test Root", new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2035, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConnectorKit kit;

    public TlsConnectorTests() => kit = new ConnectorKit(new Module(new TlsConnector(DialAsync, [X509CertificateLoader.LoadCertificate(root.RawData)])));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (TcpListener server in servers.Values) server.Stop();
        await Task.WhenAll(serving);
    }

    public void Dispose()
    {
        kit.Dispose();
        root.Dispose();
        foreach (TcpListener server in servers.Values) server.Dispose();
    }

    [Fact]
    public async Task Fetch_GoodCertificate_HasNoProblem()
    {
        Serve("acme.example", Issued("acme.example"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(["tls_expiry", "tls_problem", "tls_protocol", "tls_issuer"], run.Facts.Select(f => f.Name));
        Assert.Equal("2026-10-01T00:00:00Z", run.Facts[0].Value.ToString());
        Assert.Equal(("", "Test Root"), (run.Facts[1].Value.Text, run.Facts[3].Value.Text));
        Assert.Contains(run.Facts[2].Value.Text, (string[])["TLS 1.3", "TLS 1.2"]);
        Assert.All(run.Facts, f => Assert.Equal(From, f.OccurredAt));
        Assert.Equal("https://acme.example/", run.Facts[0].Evidence.Url);
        Assert.Equal(new TlsModule().Manifest.Facts.Select(f => (f.Name, f.Type)), run.Facts.Select(f => (f.Name, f.Value.Type)));
    }

    public static TheoryData<string, string> BadCertificates => new()
    {
        { "expired", "expired" }, { "future", "not-yet-valid" }, { "self", "self-signed" }, { "other-root", "untrusted" }, { "wrong", "wrong-host" }, { "expired-wrong", "expired,wrong-host" },
        { "no-intermediate", "incomplete-chain" },
    };

    [Theory]
    [MemberData(nameof(BadCertificates))]
    public async Task Fetch_BadCertificate_IsReadAllTheSameAndItsProblemNamed(string kind, string problem)
    {
        using X509Certificate2 other = Authority("Other Root", From.AddYears(-2), Until.AddYears(2));
        using X509Certificate2 intermediate = kind == "no-intermediate" ? Authority("Intermediate", From, Until, root) : Authority("Unused", From, Until);
        Serve("acme.example", kind switch
        {
            "expired" => Issued("acme.example", until: new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)),
            "future" => Issued("acme.example", from: new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero)),
            "self" => Issued("acme.example", by: null, signedByItself: true),
            "other-root" => Issued("acme.example", by: other),
            "wrong" => Issued("other.example"),
            "no-intermediate" => Issued("acme.example", by: intermediate),
            _ => Issued("other.example", until: new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)),
        }, kind == "other-root" ? [other] : []);

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.Equal(problem, run.Facts.Single(f => f.Name == "tls_problem").Value.Text);
        Assert.Equal(4, run.Facts.Count);
    }

    [Fact]
    public async Task Fetch_OnlyTls12_IsNamed()
    {
        Serve("acme.example", Issued("acme.example"), protocols: SslProtocols.Tls12);

        Assert.Equal("TLS 1.2", (await kit.RunAsync([Acme])).Ok().Facts.Single(f => f.Name == "tls_protocol").Value.Text);
    }

    [Fact]
    public async Task Fetch_OnlyAnOldProtocol_IsNamedOrToldAsUnreadable()
    {
#pragma warning disable SYSLIB0039, CA5397, CA5398 // The old protocol is what is tested.
        Serve("acme.example", Issued("acme.example"), protocols: SslProtocols.Tls11);
#pragma warning restore SYSLIB0039, CA5397, CA5398

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        // Whether TLS 1.1 can be spoken is this machine's policy; taken for fine it never is.
        if (run.Failures.Count == 0) Assert.Equal("TLS 1.1", run.Facts.Single(f => f.Name == "tls_protocol").Value.Text);
        else Assert.Contains("no TLS handshake succeeds", run.Failures[0].Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["acme.example", "acme.example"], dialled);
    }

    [Fact]
    public async Task Fetch_DomainWithoutWebServer_LooksAtItsWww()
    {
        Serve("www.acme.example", Issued("www.acme.example"));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        Assert.StartsWith("www.acme.example shows a certificate for www.acme.example", run.Facts[0].Evidence.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NoServerOrNoTls_FailsThatSupplierOnly()
    {
        Serve("plain.example", null);
        Serve("acme.example", Issued("acme.example"));

        ConnectorRun run = (await kit.RunAsync([Identified.WithDomain("none", "none.example"), Identified.WithDomain("plain", "plain.example"), Acme])).Ok();

        Assert.Equal(["none", "plain"], run.Failures.Select(f => f.Supplier.Value).Order());
        Assert.Equal(4, run.Facts.Count);
    }

    [Fact]
    public void Module_IsOffAndSaysWhy()
    {
        IConnectorModule module = new TlsModule();

        Assert.False(module.IsEnabledByDefault(new ConfigurationBuilder().Build().GetSection("x"), "", out string reason));
        Assert.Contains("Risk:Sources:Enabled", reason, StringComparison.Ordinal);
    }

    /// <summary>Answers with the certificate, or with plain text.</summary>
    private void Serve(string host, X509Certificate2? certificate, X509Certificate2Collection? chain = null, SslProtocols protocols = SslProtocols.None)
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        servers[host] = server;
        serving.Add(AcceptAsync(server, certificate, chain ?? [], protocols));
    }

    private static async Task AcceptAsync(TcpListener server, X509Certificate2? certificate, X509Certificate2Collection chain, SslProtocols protocols)
    {
        using X509Certificate2? shown = certificate;
        while (true)
        {
            try
            {
                using TcpClient client = await server.AcceptTcpClientAsync();
                if (shown is null)
                {
                    await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.6\r\n"u8.ToArray());
                    continue;
                }

                using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(shown, chain, offline: true), EnabledSslProtocols = protocols });
                await tls.ReadExactlyAsync(new byte[1]);
            }
            catch (Exception ended) when (ended is AuthenticationException or IOException)
            {
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        lock (dialled) dialled.Add(host);
        Assert.Equal(443, port);
        if (!servers.TryGetValue(host, out TcpListener? server)) throw new SourceFailureException(FailureKind.Unreachable, $"{host} does not accept connections.");
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.LocalEndpoint, cancellationToken);
        return client.GetStream();
    }

    private X509Certificate2 Issued(string host, DateTimeOffset? from = null, DateTimeOffset? until = null, X509Certificate2? by = null, bool signedByItself = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        if (by is { Subject: "CN=Intermediate" }) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, ["http://10.0.0.1/intermediate.cer"]));
        if (signedByItself) return Usable(request.CreateSelfSigned(from ?? From, until ?? Until));
        using X509Certificate2 bare = request.Create(by ?? root, from ?? From, until ?? Until, RandomNumberGenerator.GetBytes(8));
        return Usable(bare.CopyWithPrivateKey(key));
    }

    private static X509Certificate2 Authority(string name, DateTimeOffset from, DateTimeOffset until, X509Certificate2? by = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (by is null) return Usable(request.CreateSelfSigned(from, until));
        using X509Certificate2 bare = request.Create(by, from, until, RandomNumberGenerator.GetBytes(8));
        return Usable(bare.CopyWithPrivateKey(key));
    }

    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");

    private sealed class Module(TlsConnector connector) : IConnectorModule
    {
        public SourceManifest Manifest { get; } = new TlsModule().Manifest;

        public IConnector Create(IConfigurationSection options) => connector;
    }
}
