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
    private readonly CancellationTokenSource closing = new();
    private readonly ConnectorKit kit;

    public TlsConnectorTests() => kit = Kit(TlsConnector.AnswerWithin);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await closing.CancelAsync();
        foreach (TcpListener server in servers.Values) server.Stop();
        await Task.WhenAll(serving);
    }

    public void Dispose()
    {
        kit.Dispose();
        root.Dispose();
        closing.Dispose();
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

    [Theory]
    [InlineData("acme.example", "", "acme.example", "shop.acme.example", "other.example")]
    [InlineData("shop.acme.example", "", "*.acme.example")]
    [InlineData("a.shop.acme.example", "wrong-host", "*.acme.example")]
    [InlineData("acme.example", "wrong-host", "*.acme.example")]
    [InlineData("ACME.example", "", "acme.EXAMPLE")]
    [InlineData("xn--mller-kva.example", "", "xn--mller-kva.example")]
    [InlineData("xn--mller-kva.example", "wrong-host", "muller.example")]
    public async Task Fetch_NamesOfTheCertificate_AreComparedAsBrowsersDo(string domain, string problem, params string[] names)
    {
        Serve(domain.ToLowerInvariant(), Issued(names[0], others: names[1..]));

        Assert.Equal(problem, (await kit.RunAsync([Identified.WithDomain("acme", domain)])).Ok().Facts.Single(f => f.Name == "tls_problem").Value.Text);
    }

    [Fact]
    public async Task Fetch_CertificateThatNamesTheHostAsCommonNameOnly_IsOfAnotherHost()
    {
        Serve("acme.example", Issued("acme.example", withNames: false));

        Assert.Equal("wrong-host", (await kit.RunAsync([Acme])).Ok().Facts.Single(f => f.Name == "tls_problem").Value.Text);
    }

    [Fact]
    public async Task Fetch_ServerWithSeveralNames_IsAskedByName()
    {
        Serve("acme.example", Issued("other.example"), byName: new() { ["acme.example"] = Issued("acme.example") });

        Assert.Equal("", (await kit.RunAsync([Acme])).Ok().Facts.Single(f => f.Name == "tls_problem").Value.Text);
    }

    [Theory]
    [InlineData(1024, false, "weak-key")]
    [InlineData(2048, false, "")]
    [InlineData(2048, true, "weak-signature")]
    public async Task Fetch_WeakKeyOrSignature_IsNamed(int bits, bool sha1, string problem)
    {
        Serve("acme.example", Rsa(bits, sha1));

        ConnectorRun run = (await kit.RunAsync([Acme])).Ok();

        // Whether such a key can be shown at all is this machine's policy; taken for fine it never is.
        if (run.Failures.Count > 0 && problem.Length > 0) Assert.Equal(FailureKind.Malformed, run.Failures[0].Failure.Kind);
        else Assert.Equal(problem, run.Facts.Single(f => f.Name == "tls_problem").Value.Text);
    }

    [Fact]
    public async Task Fetch_HostsThatDoNotShake_AreToldEachWithItsReasonAndTheOthersGoOn()
    {
        ServeRaw("silent.example", static (_, token) => new TaskCompletionSource().Task.WaitAsync(token));
        ServeRaw("reset.example", static (client, _) =>
        {
            client.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        });
        ServeRaw("garbage.example", static async (client, _) => await client.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(4000), CancellationToken.None));
        ServeRaw("half.example", static async (client, _) => await client.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x03, 0x40, 0x00, 0x02 }, CancellationToken.None));
        Serve("acme.example", Issued("acme.example"));
        using ConnectorKit hurried = Kit(TimeSpan.FromSeconds(3));

        ConnectorRun run = (await hurried.RunAsync([.. ((string[])["silent", "reset", "garbage", "half", "closed"]).Select(name => Identified.WithDomain(name, name + ".example")), Acme])).Ok();

        Assert.Equal(["closed", "garbage", "half", "reset", "silent"], run.Failures.Select(f => f.Supplier.Value).Order());
        Assert.Equal(FailureKind.Timeout, run.Failures.Single(f => f.Supplier.Value == "silent").Failure.Kind);
        Assert.All(run.Failures, f => Assert.Contains(f.Supplier.Value + ".example", f.Failure.Message, StringComparison.Ordinal));
        Assert.Equal(["acme"], run.Facts.Select(f => f.Supplier.Value).Distinct());
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

    private ConnectorKit Kit(TimeSpan answerWithin) => new(new Module(new TlsConnector(DialAsync, [X509CertificateLoader.LoadCertificate(root.RawData)], answerWithin)));

    /// <summary>Answers with the certificate, or with plain text.</summary>
    /// <param name="byName">Certificates for names that a client asks for.</param>
    private void Serve(string host, X509Certificate2? certificate, X509Certificate2Collection? chain = null, SslProtocols protocols = SslProtocols.None, Dictionary<string, X509Certificate2>? byName = null) =>
        serving.Add(AcceptAsync(Listen(host), certificate, chain ?? [], protocols, byName ?? []));

    /// <summary>Does as it is told with each connection, and closes it.</summary>
    private void ServeRaw(string host, Func<TcpClient, CancellationToken, Task> answer) => serving.Add(AnswerAsync(Listen(host), answer, closing.Token));

    private TcpListener Listen(string host)
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return servers[host] = server;
    }

    private static async Task AnswerAsync(TcpListener server, Func<TcpClient, CancellationToken, Task> answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using TcpClient client = await server.AcceptTcpClientAsync(cancellationToken);
                await answer(client, cancellationToken);
            }
            catch (IOException)
            {
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task AcceptAsync(TcpListener server, X509Certificate2? certificate, X509Certificate2Collection chain, SslProtocols protocols, Dictionary<string, X509Certificate2> byName)
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
                var options = new SslServerAuthenticationOptions { EnabledSslProtocols = protocols };
                if (byName.Count == 0) options.ServerCertificateContext = SslStreamCertificateContext.Create(shown, chain, offline: true);
                else options.ServerCertificateSelectionCallback = (_, name) => byName.GetValueOrDefault(name ?? "", shown);
                await tls.AuthenticateAsServerAsync(options);
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
        try
        {
            await client.ConnectAsync((IPEndPoint)server.LocalEndpoint, cancellationToken);
            return client.GetStream();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            throw new SourceFailureException(FailureKind.Unreachable, $"{host} does not accept connections.", e);
        }
    }

    private X509Certificate2 Issued(string host, DateTimeOffset? from = null, DateTimeOffset? until = null, X509Certificate2? by = null, bool signedByItself = false, bool withNames = true, params string[] others)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string name in (string[])[host, .. others]) names.AddDnsName(name);
        if (withNames) request.CertificateExtensions.Add(names.Build());
        if (by is { Subject: "CN=Intermediate" }) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, ["http://10.0.0.1/intermediate.cer"]));
        if (signedByItself) return Usable(request.CreateSelfSigned(from ?? From, until ?? Until));
        using X509Certificate2 bare = request.Create(by ?? root, from ?? From, until ?? Until, RandomNumberGenerator.GetBytes(8));
        return Usable(bare.CopyWithPrivateKey(key));
    }

    private X509Certificate2 Rsa(int bits, bool sha1)
    {
        using RSA key = RSA.Create(bits);
        var request = new CertificateRequest("CN=acme.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("acme.example");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 bare = request.Create(root.SubjectName, new Signer(root, sha1), From, Until, RandomNumberGenerator.GetBytes(8));
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

    /// <summary>Signs as the root does, with SHA-1 where that is wanted.</summary>
    private sealed class Signer(X509Certificate2 root, bool sha1) : X509SignatureGenerator
    {
        private static readonly byte[] EcdsaWithSha1 = [0x30, 9, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 1];

        private readonly ECDsa key = root.GetECDsaPrivateKey()!;

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => sha1 ? EcdsaWithSha1 : CreateForECDsa(key).GetSignatureAlgorithmIdentifier(hashAlgorithm);

#pragma warning disable CA5350 // The weak signature is what is tested.
        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, sha1 ? HashAlgorithmName.SHA1 : hashAlgorithm, DSASignatureFormat.Rfc3279DerSequence);
#pragma warning restore CA5350

        protected override PublicKey BuildPublicKey() => root.PublicKey;
    }

    private static Supplier Acme { get; } = Identified.WithDomain("acme", "acme.example");

    private sealed class Module(TlsConnector connector) : IConnectorModule
    {
        public SourceManifest Manifest { get; } = new TlsModule().Manifest;

        public IConnector Create(IConfigurationSection options) => connector;
    }
}
