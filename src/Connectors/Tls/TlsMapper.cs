using System.Collections.Immutable;
using System.Security.Authentication;
using Risk.Connectors.Sdk;
using Risk.Rules.Signals;
using Risk.Rules.Suppliers;

namespace Risk.Connectors.Tls;

/// <summary>Turns one handshake into facts. Pure.</summary>
internal static class TlsMapper
{
    public static ImmutableArray<Signal> Map(SupplierId supplier, TlsRecord record, DateTimeOffset observedAt)
    {
        string protocol = Name(record.Protocol);
        string problems = record.Problems.Length > 0 ? record.Problems.Replace(",", ", ", StringComparison.Ordinal) : "no problem";
        var look = new Observation(
            supplier, TlsModule.Id, observedAt, $"https://{record.Host}/",
            $"{record.Host} shows a certificate for {record.Subject}, issued by {record.Issuer}, in force {Observation.Date(record.NotBefore)} to {Observation.Date(record.NotAfter)}; {protocol}; {problems}");
        return
        [
            look.Fact("tls_expiry", FactValue.Of(record.NotAfter), record.NotBefore),
            look.Fact("tls_problem", FactValue.Of(record.Problems), record.NotBefore),
            look.Fact("tls_protocol", FactValue.Of(protocol), record.NotBefore),
            look.Fact("tls_issuer", FactValue.Of(record.Issuer), record.NotBefore),
        ];
    }

    private static string Name(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        TlsHandshake.Tls11 => "TLS 1.1",
        TlsHandshake.Tls10 => "TLS 1.0",
        _ => "older than TLS 1.0",
    };
}
