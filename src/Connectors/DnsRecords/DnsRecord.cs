using System.Collections.Immutable;

namespace Risk.Connectors.DnsRecords;

internal enum DnsRecordType
{
    Mx,
    Txt,
    Caa,
}

/// <summary>What the resolver answered to one question.</summary>
/// <param name="Exists">False when there is no such name (NXDOMAIN); true with no records when it has none of the type.</param>
/// <param name="Records">MX: the host, "." for the null MX. TXT: the strings of a record joined. CAA: <c>tag value</c>.</param>
internal sealed record DnsAnswer(bool Exists, ImmutableArray<string> Records);

/// <summary>What was asked of one domain.</summary>
/// <param name="Spf">What SPF says of other senders; "" where the domain does not exist.</param>
/// <param name="Dmarc">At <c>_dmarc</c> of <paramref name="DmarcAt"/>.</param>
/// <param name="DmarcAt">The domain itself, or the nearest above it that says something.</param>
/// <param name="Caa">Of the domain, or of the nearest above it that has any.</param>
internal sealed record DnsRecord(string Domain, bool Exists, ImmutableArray<string> Mx, string Spf, ImmutableArray<string> Dmarc, string DmarcAt, ImmutableArray<string> Caa);
