using System.Security.Authentication;

namespace Risk.Connectors.Tls;

/// <summary>What a server showed in its handshake.</summary>
/// <param name="Host">The domain, or its www where the domain itself does not answer.</param>
/// <param name="Problems">What a browser would object to, ordinal order.</param>
internal sealed record TlsRecord(string Host, SslProtocols Protocol, string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Problems);
