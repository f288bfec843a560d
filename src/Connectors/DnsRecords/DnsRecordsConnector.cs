using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.DnsRecords;

/// <summary>Asks one question; throws <see cref="SourceFailureException"/>.</summary>
internal delegate Task<DnsAnswer> DnsQuestion(string name, DnsRecordType type, CancellationToken cancellationToken);

/// <summary>Asks four questions for each domain, more for names below others and for what SPF records lead to.</summary>
internal sealed class DnsRecordsConnector(DnsQuestion ask) : IConnector
{
    /// <summary>One domain's name servers may be dead; when so many are, the resolver here is.</summary>
    private static readonly SweepPatience Patience = SweepPatience.HostEach with { FailuresInARow = 32 };

    /// <summary>Exists for every resolver that knows the Internet.</summary>
    private const string Sentinel = "com";

    public async IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (context.Suppliers.Count == 0) yield break;
        if (!(await ask(Sentinel, DnsRecordType.Mx, cancellationToken).ConfigureAwait(false)).Exists)
        {
            throw new SourceFailureException(
                FailureKind.SentinelMissing,
                $"The name server here says that '{Sentinel}' does not exist, so it does not know the Internet and its word about other names is not believed; name one that does in Risk:Sources:{DnsRecordsModule.Id}:Server.");
        }

        await foreach (SourceUpdate update in NameSweep.OfDomainsAsync(
            context,
            Patience,
            (domain, token) => ReadAsync(context, domain, token),
            (supplier, _, record) => new SupplierUpdate(supplier.Id) { Signals = DnsRecordsMapper.Map(supplier.Id, record, context.ObservedAt), Complete = true },
            cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    private async Task<DnsRecord> ReadAsync(FetchContext context, string domain, CancellationToken cancellationToken)
    {
        DnsAnswer mx = await ask(domain, DnsRecordType.Mx, cancellationToken).ConfigureAwait(false);
        context.Audit.CountRead();
        if (!mx.Exists) return new DnsRecord(domain, false, [], "", [], domain, []);
        DnsAnswer text = await ask(domain, DnsRecordType.Txt, cancellationToken).ConfigureAwait(false);
        string spf = await new SpfPolicy(ask).OfAsync(text.Records, cancellationToken).ConfigureAwait(false);
        (ImmutableArray<string> dmarc, string dmarcAt) = await ClimbAsync(domain, "_dmarc.", DnsRecordType.Txt, DnsRecordsMapper.IsDmarc, cancellationToken).ConfigureAwait(false);
        (ImmutableArray<string> caa, _) = await ClimbAsync(domain, "", DnsRecordType.Caa, static _ => true, cancellationToken).ConfigureAwait(false);
        return new DnsRecord(domain, true, mx.Records, spf, dmarc, dmarcAt, caa);
    }

    /// <summary>The records of the domain, or of the nearest name above it that has some; names of one label are nobody's domain.</summary>
    private async Task<(ImmutableArray<string> Records, string At)> ClimbAsync(string domain, string prefix, DnsRecordType type, Func<string, bool> counts, CancellationToken cancellationToken)
    {
        for (string name = domain; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            DnsAnswer answer = await ask(prefix + name, type, cancellationToken).ConfigureAwait(false);
            if (answer.Records.Any(counts)) return (answer.Records, name);
        }

        return ([], domain);
    }
}
