using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Risk.Connectors.Tests.DnsRecords;

/// <summary>A name server on loopback in the wire format of RFC 1035, by UDP and, where an answer does not fit, by TCP.</summary>
/// <param name="zone">Zone lines: <c>acme.example MX 10 mail.acme.example</c>. Names below <c>silent</c>, <c>broken</c> and <c>refused</c> get no answer or an error; what is not named does not exist.</param>
internal sealed class DnsStub : IAsyncDisposable
{
    private const int LargestByUdp = 512;

    private readonly ILookup<string, (string Type, string Data)> zone;
    private readonly UdpClient udp;
    private readonly TcpListener tcp;
    private readonly Task serving;
    private volatile bool isClosing;

    public DnsStub(params string[] zone)
    {
        this.zone = zone.Select(line => line.Split(' ', 3)).ToLookup(parts => parts[0], parts => (parts[1], parts[2]), StringComparer.OrdinalIgnoreCase);
        tcp = new TcpListener(IPAddress.Loopback, 0);
        tcp.Start();
        udp = new UdpClient((IPEndPoint)tcp.LocalEndpoint);
        serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public string Address => udp.Client.LocalEndPoint!.ToString()!;

    /// <summary>How often TCP was needed.</summary>
    public int ByTcp { get; private set; }

    public async ValueTask DisposeAsync()
    {
        isClosing = true;
        udp.Close();
        tcp.Stop();
        await serving;
    }

    private async Task ServeUdpAsync()
    {
        while (true)
        {
            try
            {
                UdpReceiveResult query = await udp.ReceiveAsync();
                if (Answer(query.Buffer) is not { } answer) continue;
                if (answer.Length > LargestByUdp) answer = Truncated(query.Buffer);
                await udp.SendAsync(answer, query.RemoteEndPoint);
            }
            catch (SocketException) when (!isClosing)
            {
                // Who asked has gone.
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await tcp.AcceptTcpClientAsync();
                byte[] length = new byte[2];
                await client.GetStream().ReadExactlyAsync(length);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await client.GetStream().ReadExactlyAsync(query);
                byte[] answer = Answer(query)!;
                ByTcp++;
                await client.GetStream().WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
            }
            catch (Exception gone) when (gone is IOException || (gone is SocketException && !isClosing))
            {
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    /// <summary>Null: silence.</summary>
    private byte[]? Answer(byte[] query)
    {
        int end = 12;
        var labels = new List<string>();
        for (; query[end] != 0; end += query[end] + 1) labels.Add(Encoding.ASCII.GetString(query, end + 1, query[end]));
        string name = string.Join('.', labels), type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end + 1)) switch { 15 => "MX", 16 => "TXT", 257 => "CAA", var other => "TYPE" + other };
        if (labels.Contains("silent")) return null;
        int code = labels.Contains("broken") ? 2 : labels.Contains("refused") ? 5 : zone.Contains(name) || zone.Any(z => z.Key.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)) ? 0 : 3;
        var records = new List<byte[]>();
        for (int i = 0; i < 8 && code == 0; i++)
        {
            records.AddRange(zone[name].Where(r => r.Type == type).Select(r => Record(name, r.Type, r.Data)));
            if (zone[name].FirstOrDefault(r => r.Type == "CNAME").Data is not { } target) break;
            records.Add(Record(name, "CNAME", target));
            name = target;
        }

        return [query[0], query[1], 0x81, (byte)(0x80 | code), 0, 1, (byte)(records.Count >> 8), (byte)records.Count, 0, 0, 0, 0, .. query[12..(end + 5)], .. records.SelectMany(r => r)];
    }

    /// <summary>The header with the bit that says "ask by TCP", and the question.</summary>
    private static byte[] Truncated(byte[] query) => [query[0], query[1], 0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, .. query[12..(Array.IndexOf(query, (byte)0, 12) + 5)]];

    private static byte[] Record(string name, string type, string data)
    {
        (int number, byte[] rdata) = type switch
        {
            "MX" => (15, (byte[])[0, 10, .. Name(data.Split(' ')[1])]),
            "TXT" => (16, [.. data.Chunk(255).SelectMany(piece => (byte[])[(byte)piece.Length, .. Encoding.ASCII.GetBytes(piece)])]),
            "CAA" => (257, [0, (byte)data.Split(' ')[0].Length, .. Encoding.ASCII.GetBytes(data.Split(' ')[0]), .. Encoding.ASCII.GetBytes(data.Split(' ', 2)[1])]),
            _ => (5, Name(data)),
        };
        return [.. Name(name), (byte)(number >> 8), (byte)number, 0, 1, 0, 0, 0, 60, (byte)(rdata.Length >> 8), (byte)rdata.Length, .. rdata];
    }

    private static byte[] Name(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
