using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Configuration;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.DnsRecords;

/// <summary>Asks the name servers that this machine is set to, or the one in <c>Risk:Sources:dns:Server</c>. Thread-safe.</summary>
internal sealed class DnsResolver(LookupClient client)
{
    private const int Port = 53;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    /// <param name="answerWithin">How long a question may take; it is asked twice. Null: the usual.</param>
    /// <exception cref="SourceFailureException">Misconfigured: the setting is no address, or this machine has no name server.</exception>
    public static DnsResolver Open(IConfigurationSection options, TimeSpan? answerWithin = null)
    {
        LookupClientOptions lookups = options["Server"] is { Length: > 0 } server
            ? new LookupClientOptions(IPEndPoint.TryParse(server, out IPEndPoint? address)
                ? new IPEndPoint(address.Address, address.Port == 0 ? Port : address.Port)
                : throw new SourceFailureException(FailureKind.Misconfigured, $"Risk:Sources:{DnsRecordsModule.Id}:Server is '{server}', which is no IP address; write it as in 10.0.0.53 or 10.0.0.53:5353."))
            : new LookupClientOptions();
        lookups.Timeout = answerWithin ?? AnswerWithin;
        lookups.Retries = 1;
        lookups.UseCache = false;
        lookups.ThrowDnsErrors = false;
        try
        {
            return new DnsResolver(new LookupClient(lookups));
        }
        catch (InvalidOperationException e)
        {
            throw new SourceFailureException(FailureKind.Misconfigured, $"This machine names no DNS server; set one, or name it in Risk:Sources:{DnsRecordsModule.Id}:Server.", e);
        }
    }

    public async Task<DnsAnswer> AskAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        IDnsQueryResponse response;
        try
        {
            response = await client.QueryAsync(name, type switch { DnsRecordType.Mx => QueryType.MX, DnsRecordType.Txt => QueryType.TXT, _ => QueryType.CAA }, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DnsResponseException or SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SourceFailureException(FailureKind.Timeout, $"No name server answered for {name}: check DNS, or name a server in Risk:Sources:{DnsRecordsModule.Id}:Server.", e);
        }

        return response.Header.ResponseCode switch
        {
            DnsHeaderResponseCode.NoError => new DnsAnswer(true, [.. response.Answers.Select(Text).OfType<string>()]),
            DnsHeaderResponseCode.NotExistentDomain => new DnsAnswer(false, []),
            _ => throw new SourceFailureException(FailureKind.Malformed, $"The name servers of {name} answer with an error ({response.Header.ResponseCode}); nothing was changed."),
        };
    }

    private static string? Text(DnsResourceRecord record) => record switch
    {
        MxRecord mx => mx.Exchange.Value,
        TxtRecord text => string.Concat(text.Text),
        CaaRecord caa => $"{caa.Tag} {caa.Value}",
        _ => null,
    };
}
