using System.Collections.Immutable;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.DnsRecords;

/// <summary>
/// What SPF says of senders that it does not list, as receivers see it (RFC 7208): the record that <c>redirect</c> leads to speaks, and a record that takes more than ten
/// look-ups, or includes what is no record, is an error.
/// </summary>
internal sealed class SpfPolicy(DnsQuestion ask)
{
    /// <summary>Receivers ignore a record that needs more.</summary>
    private const int MostLookups = 10;

    private const string Redirect = "redirect";

    private int lookups;

    /// <param name="texts">The domain's TXT records.</param>
    /// <returns>fail, softfail, neutral, pass; absent; invalid; redirect where what it leads to could not be read.</returns>
    public async Task<string> OfAsync(ImmutableArray<string> texts, CancellationToken cancellationToken)
    {
        lookups = 0;
        return await ReadAsync(texts, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadAsync(ImmutableArray<string> texts, CancellationToken cancellationToken)
    {
        string said = DnsRecordsMapper.Spf(texts);
        if (said is DnsRecordsMapper.Absent or DnsRecordsMapper.Invalid) return said;

        // Wherever it stands, redirect comes last.
        foreach ((string name, string of) in DnsRecordsMapper.SpfTerms(texts).Select(Parts).OrderBy(t => t.Name == Redirect))
        {
            if (name is not ("include" or "a" or "mx" or "ptr" or "exists" or Redirect) || (name == Redirect && said != Redirect)) continue;
            if (++lookups > MostLookups) return DnsRecordsMapper.Invalid;
            if (name is not ("include" or Redirect)) continue;
            string found = await AtAsync(of, cancellationToken).ConfigureAwait(false);
            if (found is DnsRecordsMapper.Invalid or DnsRecordsMapper.Absent) return DnsRecordsMapper.Invalid;
            if (name == Redirect) return found;
        }

        return said;
    }

    /// <summary><c>~include:spf.example/24</c> is include of spf.example.</summary>
    private static (string Name, string Of) Parts(string term)
    {
        string mechanism = term.TrimStart('+', '-', '~', '?'), name = mechanism.Split(':', '/', '=')[0];
        return (name, mechanism.Length > name.Length && mechanism[name.Length] is ':' or '=' ? mechanism[(name.Length + 1)..].Split('/')[0] : "");
    }

    /// <summary>Names with macros depend on the mail, and a name server that fails says nothing: neither is held against the domain.</summary>
    private async Task<string> AtAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Contains('%', StringComparison.Ordinal) || !name.Contains('.', StringComparison.Ordinal)) return Redirect;
        ImmutableArray<string> texts;
        try
        {
            texts = (await ask(name, DnsRecordType.Txt, cancellationToken).ConfigureAwait(false)).Records;
        }
        catch (SourceFailureException)
        {
            return Redirect;
        }

        return await ReadAsync(texts, cancellationToken).ConfigureAwait(false);
    }
}
