using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Risk.Testing;

/// <summary>A mail that the sink took: envelope and bytes as received, dots unstuffed.</summary>
public sealed record SunkMail(string From, string To, string Data, string User);

/// <summary>An SMTP server on loopback that keeps what it gets, or refuses as it is told.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task serving;

    public SmtpSink()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ConcurrentQueue<SunkMail> Mails { get; } = new();

    /// <summary>
    /// Answers by verb (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, END) instead of taking it. "drop" closes the connection, "keep and drop" (END) does so after the mail was
    /// kept, "hang" says nothing more until the client goes. A recipient's address in the place of a verb: for that one only.
    /// </summary>
    public ConcurrentDictionary<string, string> Faults { get; } = new();

    /// <summary>Runs when a mail has been taken and its sender does not know yet.</summary>
    public Func<SunkMail, Task> BeforeAnswer { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What EHLO offers, for example <c>AUTH LOGIN</c>; a mail without login is then refused.</summary>
    public string[] Offers { get; init; } = [];

    /// <summary>Offers STARTTLS with it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Ends when the first "hang" has begun.</summary>
    public Task Hung => hung.Task;

    /// <summary>Ends when the client of the first "hang" has closed its connection.</summary>
    public Task Released => released.Task;

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
            catch (Exception gone) when (gone is IOException or AuthenticationException)
            {
                // The client is gone; the next one comes.
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        string from = "", to = "", user = "";
        if (stream is NetworkStream)
        {
            if (await FaultAsync("CONNECT", stream, reader).ConfigureAwait(false) == Reaction.Close) return;
            await SayAsync(stream, "220 sink").ConfigureAwait(false);
        }

        while (await reader.ReadLineAsync(stop.Token).ConfigureAwait(false) is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            string at = verb == "RCPT" && Faults.ContainsKey(Address(line)) ? Address(line) : verb;
            Reaction reaction = await FaultAsync(at, stream, reader).ConfigureAwait(false);
            if (reaction == Reaction.Close) return;
            if (reaction == Reaction.Answered) continue;
            switch (verb)
            {
                case "EHLO":
                    IEnumerable<string> offers = stream is NetworkStream && Certificate is not null ? Offers.Append("STARTTLS") : Offers;
                    await SayAsync(stream, string.Join("\r\n", offers.Select(o => "250-" + o).Prepend("250-sink").Append("250 8BITMIME"))).ConfigureAwait(false);
                    break;
                case "STARTTLS" when Certificate is not null:
                    await SayAsync(stream, "220 go").ConfigureAwait(false);
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, stop.Token).ConfigureAwait(false);
                    await TalkAsync(secure).ConfigureAwait(false);
                    return;
                case "AUTH":
                    user = Word(line.Split(' ')[2]);
                    await SayAsync(stream, "334 UGFzc3dvcmQ6").ConfigureAwait(false);
                    user += " " + Word(await reader.ReadLineAsync(stop.Token).ConfigureAwait(false) ?? "");
                    await SayAsync(stream, "235 in").ConfigureAwait(false);
                    break;
                case "MAIL" when user.Length == 0 && Offers.Any(o => o.StartsWith("AUTH", StringComparison.Ordinal)):
                    await SayAsync(stream, "530 5.7.0 authentication required").ConfigureAwait(false);
                    break;
                case "MAIL":
                    from = Address(line);
                    await SayAsync(stream, "250 ok").ConfigureAwait(false);
                    break;
                case "RCPT":
                    to = Address(line);
                    await SayAsync(stream, "250 ok").ConfigureAwait(false);
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go").ConfigureAwait(false);
                    var data = new StringBuilder();
                    string? part;
                    while ((part = await reader.ReadLineAsync(stop.Token).ConfigureAwait(false)) is not (null or ".")) data.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");

                    // A mail without its end was not sent: no server takes it.
                    if (part is null) return;
                    bool isKept = Faults.GetValueOrDefault("END") == "keep and drop";
                    Reaction atEnd = isKept ? Reaction.None : await FaultAsync("END", stream, reader).ConfigureAwait(false);
                    if (atEnd == Reaction.Close) return;
                    if (atEnd == Reaction.Answered) break;
                    var mail = new SunkMail(from, to, data.ToString(), user);
                    Mails.Enqueue(mail);
                    await BeforeAnswer(mail).ConfigureAwait(false);
                    if (isKept) return;
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

    private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..^1];

    private async Task<Reaction> FaultAsync(string at, Stream stream, StreamReader reader)
    {
        switch (Faults.GetValueOrDefault(at))
        {
            case null: return Reaction.None;
            case "drop": return Reaction.Close;
            case "hang":
                hung.TrySetResult();
                try
                {
                    while (await reader.ReadLineAsync(stop.Token).ConfigureAwait(false) is not null)
                    {
                    }
                }
                finally
                {
                    released.TrySetResult();
                }

                return Reaction.Close;
            case { } answer:
                await SayAsync(stream, answer).ConfigureAwait(false);
                return Reaction.Answered;
        }
    }

    private static string Word(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private async Task SayAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), stop.Token).ConfigureAwait(false);

    private enum Reaction { None, Answered, Close }
}
