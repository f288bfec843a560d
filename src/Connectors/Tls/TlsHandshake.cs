using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Tls;

/// <summary>Makes one handshake and looks at what the server shows, without believing it.</summary>
/// <param name="trusted">Roots in the place of the system's; null: the system's.</param>
internal sealed class TlsHandshake(X509Certificate2Collection? trusted)
{
    // Old protocols are looked for on purpose: what a supplier still offers is the finding.
#pragma warning disable SYSLIB0039, CA5397
    public const SslProtocols Tls10 = SslProtocols.Tls;
    public const SslProtocols Tls11 = SslProtocols.Tls11;
#pragma warning restore SYSLIB0039, CA5397

    /// <summary>RSA keys below this have not been allowed in public certificates since 2014; curves below the second are as weak.</summary>
    private const int SmallestRsaKey = 2048, SmallestCurve = 224;

    /// <summary>Signatures with MD5 or SHA-1, which no browser takes: RSA, DSA, ECDSA.</summary>
    private static readonly string[] WeakSignatures = ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10040.4.3", "1.2.840.10045.4.1"];

    /// <param name="protocols">None: what this machine holds to be safe.</param>
    /// <param name="at">The instant at which the certificate is judged.</param>
    /// <returns>Null when the two sides found no protocol or cipher in common, or the server is no TLS server.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<TlsRecord?> TryAsync(Stream connection, string host, SslProtocols protocols, DateTimeOffset at, CancellationToken cancellationToken)
    {
        X509Certificate2? shown = null;
        string problems = "";
        using var tls = new SslStream(connection, leaveInnerStreamOpen: true);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = protocols,
                CertificateChainPolicy = Policy(at),

                // Everything is accepted, because nothing is sent over the connection: it is closed once the certificate was seen.
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    if (certificate is null) return false;
                    shown = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    problems = Problems(shown, host, chain, errors);
                    return true;
                },
            };
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return shown is null ? null : new TlsRecord(host, tls.SslProtocol, Name(shown, forIssuer: false), Name(shown, forIssuer: true), shown.NotBefore.ToUniversalTime(), shown.NotAfter.ToUniversalTime(), problems);
        }
        catch (AuthenticationException)
        {
            return null;
        }
        finally
        {
            shown?.Dispose();
        }
    }

    private X509ChainPolicy Policy(DateTimeOffset at)
    {
        // No downloads: a certificate may name any address for its issuer's certificate, also one inside our own network.
        var policy = new X509ChainPolicy { VerificationTime = at.UtcDateTime, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (trusted is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }

    private static string Problems(X509Certificate2 certificate, string host, X509Chain? chain, SslPolicyErrors errors)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);

        // Browsers have not looked at the common name since 2017; the library here still does.
        if (!certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false)) found.Add("wrong-host");
        DateTimeOffset judgedAt = chain?.ChainPolicy.VerificationTime ?? certificate.NotBefore;
        if (judgedAt > certificate.NotAfter) found.Add("expired");
        if (judgedAt < certificate.NotBefore) found.Add("not-yet-valid");
        if (IsWeakKey(certificate)) found.Add("weak-key");
        bool signedByItself = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
        bool isWeaklySigned = !signedByItself && WeakSignatures.Contains(certificate.SignatureAlgorithm.Value);
        if (isWeaklySigned) found.Add("weak-signature");
        foreach (X509ChainStatusFlags status in chain?.ChainStatus.Select(s => s.Status) ?? [])
        {
            if (status.HasFlag(X509ChainStatusFlags.UntrustedRoot)) found.Add(signedByItself ? "self-signed" : "untrusted");
            else if (status.HasFlag(X509ChainStatusFlags.PartialChain)) found.Add(signedByItself ? "self-signed" : SaysWhereItsIssuerIs(certificate) ? "incomplete-chain" : "untrusted");
            else if (status is not (X509ChainStatusFlags.NotTimeValid or X509ChainStatusFlags.NotTimeNested or X509ChainStatusFlags.NoError)) found.Add("untrusted");
        }

        // An issuer's certificate that ended leaves the server's own untrusted as well.
        if (found.Count == 0 && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)) found.Add("untrusted");
        return string.Join(',', found);
    }

    private static bool IsWeakKey(X509Certificate2 certificate)
    {
        try
        {
            using RSA? rsa = certificate.GetRSAPublicKey();
            using ECDsa? curve = certificate.GetECDsaPublicKey();
            return rsa?.KeySize < SmallestRsaKey || curve?.KeySize < SmallestCurve;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Public authorities write into each certificate where theirs is, and many browsers fetch it; a certificate that says nothing stays untrusted everywhere.</summary>
    private static bool SaysWhereItsIssuerIs(X509Certificate2 certificate)
    {
        try
        {
            return certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(e => e.EnumerateCAIssuersUris().Any());
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Name(X509Certificate2 certificate, bool forIssuer)
    {
        string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer);
        return Observation.Line(name.Length > 0 ? name : forIssuer ? certificate.Issuer : certificate.Subject, 200);
    }
}
