using System.Net;
using System.Net.Sockets;

namespace Risk.Connectors.Sdk.Http;

/// <summary>Looks up and connects to hosts that the portfolio names, at public addresses only: a name in a spreadsheet opens no door into our own network. Thread-safe.</summary>
/// <param name="resolve">Host to its addresses. Throws <see cref="SocketException"/> when there are none.</param>
internal sealed class PublicHosts(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>By the system's resolver.</summary>
    public static PublicHosts BySystem { get; } = new(Dns.GetHostAddressesAsync);

    /// <summary>The host's public addresses; never empty.</summary>
    /// <exception cref="SourceFailureException">NotFound: there is no such name, or it leads to no public address. Unreachable: the resolver does not answer.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await resolve(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
                ? new SourceFailureException(FailureKind.NotFound, $"{host} cannot be found; check the name in the portfolio.", e)
                : new SourceFailureException(FailureKind.Unreachable, $"The name server gives no answer for {host}: check DNS.", e);
        }

        IPAddress[] good = [.. addresses.Where(a => PublicAddress.MayConnect(a, []))];
        return good.Length > 0 ? good : throw new SourceFailureException(FailureKind.NotFound, $"{host} leads to no public address and is not called; correct the name, or write 'internal: true' where a source of your own is meant to lead inside.");
    }

    /// <summary>A connection to one of the host's public addresses.</summary>
    /// <exception cref="SourceFailureException">As <see cref="ResolveAsync"/>; Unreachable: no address accepts connections.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // The checked addresses, not the name: it could resolve differently a moment later.
            await socket.ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new SourceFailureException(FailureKind.Unreachable, $"{host} does not accept connections at port {port} ({e.SocketErrorCode}).", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
