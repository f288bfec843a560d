using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Risk.Testing;

/// <summary>A mail that the sink took: envelope and bytes as received, dots unstuffed.</summary>
public sealed record SunkMail(string From, string To, string Data, string User);

/// <summary>An SMTP server on loopback that keeps what it gets, or refuses as it is told.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public SmtpSink()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<SunkMail> Mails { get; } = new();

    /// <summary>Answers by verb (EHLO, AUTH, MAIL, RCPT, DATA, END) instead of taking it; "drop" closes the connection.</summary>
    public ConcurrentDictionary<string, string> Faults { get; } = new();

    /// <summary>Runs when a mail has been taken and its sender does not know yet.</summary>
    public Func<SunkMail, Task> BeforeAnswer { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What EHLO offers, for example <c>AUTH PLAIN LOGIN</c>.</summary>
    public string[] Offers { get; init; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Stop();
        await serving.ConfigureAwait(false);
        stop.Dispose();
        listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(stop.Token).ConfigureAwait(false);
                await TalkAsync(client.GetStream()).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The client is gone; the next one comes.
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        string from = "", to = "", user = "";
        await SayAsync(stream, "220 sink").ConfigureAwait(false);
        while (await reader.ReadLineAsync(stop.Token).ConfigureAwait(false) is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (Faults.TryGetValue(verb, out string? fault))
            {
                if (fault == "drop") return;
                await SayAsync(stream, fault).ConfigureAwait(false);
                continue;
            }

            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, string.Join("\r\n", Offers.Select(o => "250-" + o).Prepend("250-sink").Append("250 8BITMIME"))).ConfigureAwait(false);
                    break;
                case "AUTH":
                    user = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Replace('\0', ' ').Trim();
                    await SayAsync(stream, "235 in").ConfigureAwait(false);
                    break;
                case "MAIL":
                    from = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..^1];
                    await SayAsync(stream, "250 ok").ConfigureAwait(false);
                    break;
                case "RCPT":
                    to = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..^1];
                    await SayAsync(stream, "250 ok").ConfigureAwait(false);
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go").ConfigureAwait(false);
                    var data = new StringBuilder();
                    while (await reader.ReadLineAsync(stop.Token).ConfigureAwait(false) is { } part && part != ".") data.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                    if (Faults.TryGetValue("END", out string? end))
                    {
                        if (end == "drop") return;
                        await SayAsync(stream, end).ConfigureAwait(false);
                        break;
                    }

                    var mail = new SunkMail(from, to, data.ToString(), user);
                    Mails.Enqueue(mail);
                    await BeforeAnswer(mail).ConfigureAwait(false);
                    await SayAsync(stream, "250 2.0.0 queued as Q1").ConfigureAwait(false);
                    break;
                case "QUIT":
                    return;
                default:
                    await SayAsync(stream, "502 no").ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task SayAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), stop.Token).ConfigureAwait(false);
}
