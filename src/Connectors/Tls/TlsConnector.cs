using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Risk.Connectors.Sdk;

namespace Risk.Connectors.Tls;

/// <summary>Opens a connection to a host and port; throws <see cref="SourceFailureException"/>.</summary>
internal delegate Task<Stream> TlsDial(string host, int port, CancellationToken cancellationToken);

/// <summary>Makes one handshake with each domain, and with its www where the domain itself does not answer.</summary>
/// <param name="dial">Connects, to public addresses only.</param>
/// <param name="trusted">Roots in the place of the system's; null: the system's.</param>
/// <param name="answerWithin">How long a host may take for its handshake.</param>
internal sealed class TlsConnector(TlsDial dial, X509Certificate2Collection? trusted, TimeSpan answerWithin) : IConnector
{
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private const int Port = 443;

    private readonly TlsHandshake handshake = new(trusted);

    public IAsyncEnumerable<SourceUpdate> FetchAsync(FetchContext context, CancellationToken cancellationToken) => NameSweep.OfDomainsAsync(
        context,
        SweepPatience.HostEach,
        (domain, token) => ReadAsync(context, domain, token),
        (supplier, _, record) => new SupplierUpdate(supplier.Id) { Signals = TlsMapper.Map(supplier.Id, record, context.ObservedAt), Complete = true },
        cancellationToken);

    private async Task<TlsRecord> ReadAsync(FetchContext context, string domain, CancellationToken cancellationToken)
    {
        TlsRecord record;
        try
        {
            record = await ShakeAsync(domain, context.ObservedAt, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceFailureException failure) when (failure.Kind is FailureKind.Unreachable or FailureKind.NotFound)
        {
            try
            {
                record = await ShakeAsync("www." + domain, context.ObservedAt, cancellationToken).ConfigureAwait(false);
            }
            catch (SourceFailureException)
            {
                throw failure;
            }
        }

        context.Audit.CountRead();
        return record;
    }

    private async Task<TlsRecord> ShakeAsync(string host, DateTimeOffset at, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(answerWithin);
        try
        {
            return await TryAsync(SslProtocols.None).ConfigureAwait(false) ?? await TryAsync(TlsHandshake.Tls10 | TlsHandshake.Tls11).ConfigureAwait(false)
                ?? throw new SourceFailureException(FailureKind.Malformed, $"{host} answers at port {Port}, but no TLS handshake succeeds; it may offer only protocols that this machine refuses.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceFailureException(FailureKind.Timeout, $"{host} did not finish a TLS handshake within {answerWithin.TotalSeconds:0.#} s; it is tried again at the next run.");
        }
        catch (IOException e)
        {
            throw new SourceFailureException(FailureKind.Unreachable, $"{host} closed the connection during the TLS handshake.", e);
        }

        async Task<TlsRecord?> TryAsync(SslProtocols protocols)
        {
            using Stream connection = await dial(host, Port, deadline.Token).ConfigureAwait(false);
            return await handshake.TryAsync(connection, host, protocols, at, deadline.Token).ConfigureAwait(false);
        }
    }
}
