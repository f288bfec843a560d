using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Risk.Connectors.Sdk.Http;

/// <summary>Tells addresses of the public Internet from those that a name out of a file must not lead to (server-side request forgery). Messages and sources share it.</summary>
public static class PublicAddress
{
    // IANA special-purpose registries (RFC 6890 and successors): everything not globally reachable, and multicast. Teredo, which hides an IPv4 address, is in 2001::/23.
    // 168.63.129.16 is public by its number only: Azure's own services answer there inside every virtual network.
    private static readonly ImmutableArray<IPNetwork> Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "168.63.129.16/32", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <param name="allow">Networks that may be reached all the same; empty: none.</param>
    public static bool MayConnect(IPAddress address, ImmutableArray<IPNetwork> allow)
    {
        IPAddress real = Unwrap(address);
        return allow.Any(n => n.BaseAddress.AddressFamily == real.AddressFamily && n.Contains(real)) || !Refused.Any(n => n.BaseAddress.AddressFamily == real.AddressFamily && n.Contains(real));
    }

    /// <summary>Connects to one of the addresses that may be connected to; null when none may. To the checked addresses, not the name: it could resolve differently a moment later.</summary>
    public static async Task<Stream?> ConnectAsync(IPAddress[] addresses, ImmutableArray<IPNetwork> allow, int port, CancellationToken cancellationToken)
    {
        IPAddress[] good = [.. addresses.Where(a => MayConnect(a, allow))];
        if (good.Length == 0) return null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(good, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The IPv4 address inside IPv4-mapped, NAT64 (64:ff9b::/96), 6to4 (2002::/16) and ISATAP (...:0:5efe:a.b.c.d) ones: they reach the same host.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        byte[] bytes = address.GetAddressBytes();
        if (bytes is [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..]) return new IPAddress(bytes.AsSpan(12));
        if (bytes is [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5e, 0xfe, ..]) return new IPAddress(bytes.AsSpan(12));
        return bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4)) : address;
    }
}
