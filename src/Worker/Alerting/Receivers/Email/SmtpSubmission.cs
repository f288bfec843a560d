using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>
/// One message to one recipient over SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the start (port 465, RFC 8314), and AUTH PLAIN or LOGIN (RFC 4954).
/// </summary>
/// <remarks>
/// Not the base library's client: that one composes its own bytes (ours are stored, hashed and must go out as they are), hides the server's last reply (our proof of
/// delivery), cannot tell a refused login from a refused mailbox, and has no way to set the EHLO name.
/// </remarks>
internal sealed class SmtpSubmission : IDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(20);

    /// <summary>For one whole submission; RFC 5321 allows servers minutes, but a hanging one must not hold a worker.</summary>
    private static readonly TimeSpan SubmitWithin = TimeSpan.FromSeconds(90);

    private const int LongestReply = 16 * 1024;

    private readonly byte[] buffer = new byte[4096];
    private Stream stream;
    private int start, end;

    private SmtpSubmission(Stream stream) => this.stream = stream;

    public static async Task<DeliveryOutcome> SendAsync(SmtpSettings smtp, string password, string recipient, byte[] message, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(SubmitWithin);
        string server = string.Create(CultureInfo.InvariantCulture, $"mail server {smtp.Host}:{smtp.Port}");
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using (var connecting = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token))
            {
                connecting.CancelAfter(ConnectWithin);
                await socket.ConnectAsync(smtp.Host, smtp.Port, connecting.Token).ConfigureAwait(false);
            }

            using var session = new SmtpSubmission(new NetworkStream(socket));
            return await session.SubmitAsync(smtp, password, recipient, message, deadline.Token).ConfigureAwait(false);
        }
        catch (SmtpRefusedException refused)
        {
            return refused.IsPermanent ? new DeliveryOutcome.GaveUp($"{server} {refused.Message}") : new DeliveryOutcome.RetryLater($"{server} {refused.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome.RetryLater($"{server} did not answer in time");
        }
        catch (SocketException problem)
        {
            return new DeliveryOutcome.RetryLater($"{server} cannot be reached ({problem.SocketErrorCode}); check smtp_smarthost and the network");
        }
        catch (AuthenticationException problem)
        {
            return new DeliveryOutcome.RetryLater($"{server}: its certificate was not accepted ({problem.Message})");
        }
        catch (IOException)
        {
            return new DeliveryOutcome.RetryLater($"{server} closed the connection");
        }
    }

    private async Task<DeliveryOutcome> SubmitAsync(SmtpSettings smtp, string password, string recipient, byte[] message, CancellationToken cancellationToken)
    {
        bool isSecure = smtp.Port == 465;
        if (isSecure) await SecureAsync(smtp.Host, cancellationToken).ConfigureAwait(false);
        Expect(await ReplyAsync(cancellationToken).ConfigureAwait(false), 220, "greeting");
        string[] offers = await HelloAsync(smtp, cancellationToken).ConfigureAwait(false);
        if (!isSecure && offers.Contains("STARTTLS"))
        {
            Expect(await CommandAsync("STARTTLS", cancellationToken).ConfigureAwait(false), 220, "STARTTLS");
            if (start < end) throw new SmtpRefusedException("sent data before TLS was up; the line may be tampered with", isPermanent: false);
            await SecureAsync(smtp.Host, cancellationToken).ConfigureAwait(false);
            isSecure = true;
            offers = await HelloAsync(smtp, cancellationToken).ConfigureAwait(false);
        }

        if (!isSecure && smtp.RequireTls)
            throw new SmtpRefusedException("does not offer STARTTLS; enable it there, or set smtp_require_tls: false if the line is trusted", isPermanent: true);
        if (smtp.UserName.Length > 0) await AuthenticateAsync(smtp, password, offers, cancellationToken).ConfigureAwait(false);
        Expect(await CommandAsync($"MAIL FROM:<{smtp.From.Address}>", cancellationToken).ConfigureAwait(false), 250, $"refused the sender {smtp.From.Address}");
        Expect(await CommandAsync($"RCPT TO:<{recipient}>", cancellationToken).ConfigureAwait(false), 250, $"refused the recipient {recipient}");
        Expect(await CommandAsync("DATA", cancellationToken).ConfigureAwait(false), 354, "refused the message");
        await stream.WriteAsync(Dotted(message), cancellationToken).ConfigureAwait(false);
        SmtpReply accepted = await ReplyAsync(cancellationToken).ConfigureAwait(false);
        Expect(accepted, 250, "refused the message");

        // It is theirs now; a broken goodbye changes nothing.
        try
        {
            await stream.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException)
        {
        }

        return new DeliveryOutcome.Delivered(string.Create(CultureInfo.InvariantCulture, $"{smtp.Host}: {accepted.Code} {accepted.Text}{(isSecure ? " (TLS)" : "")}"));
    }

    private async Task SecureAsync(string host, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        stream = secure;
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string[]> HelloAsync(SmtpSettings smtp, CancellationToken cancellationToken)
    {
        SmtpReply reply = await CommandAsync("EHLO " + smtp.Hello, cancellationToken).ConfigureAwait(false);
        Expect(reply, 250, $"refused EHLO {smtp.Hello}");
        return [.. reply.Lines.Skip(1).Select(l => l.ToUpperInvariant())];
    }

    private async Task AuthenticateAsync(SmtpSettings smtp, string password, string[] offers, CancellationToken cancellationToken)
    {
        string[] mechanisms = offers.FirstOrDefault(o => o.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        SmtpReply reply;
        if (mechanisms.Contains("PLAIN"))
        {
            reply = await CommandAsync("AUTH PLAIN " + Base64($"\0{smtp.UserName}\0{password}"), cancellationToken).ConfigureAwait(false);
        }
        else if (mechanisms.Contains("LOGIN"))
        {
            reply = await CommandAsync("AUTH LOGIN", cancellationToken).ConfigureAwait(false);
            if (reply.Code == 334) reply = await CommandAsync(Base64(smtp.UserName), cancellationToken).ConfigureAwait(false);
            if (reply.Code == 334) reply = await CommandAsync(Base64(password), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw new SmtpRefusedException("offers no login by AUTH PLAIN or LOGIN; check the port, or remove smtp_auth_username", isPermanent: true);
        }

        // The reply's text is left out: some servers repeat what they were sent.
        if (reply.Code != 235)
            throw new SmtpRefusedException(string.Create(CultureInfo.InvariantCulture, $"refused the login of {smtp.UserName} ({reply.Code}); check smtp_auth_username and smtp_auth_password_file, then redeliver"), reply.Code >= 500);
    }

    private async Task<SmtpReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken).ConfigureAwait(false);
        return await ReplyAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<SmtpReply> ReplyAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        int length = 0;
        while (true)
        {
            string line = await LineAsync(cancellationToken).ConfigureAwait(false);
            length += line.Length + 2;
            if (length > LongestReply || line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
                throw new SmtpRefusedException("does not speak SMTP; check smtp_smarthost", isPermanent: false);
            lines.Add(line.Length > 4 ? PlainText.Line(line[4..], 200) : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(code, lines);
        }
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            int newline = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            line.Write(buffer.AsSpan(start, (newline < 0 ? end : newline) - start));
            if (newline >= 0)
            {
                start = newline + 1;
                return Encoding.ASCII.GetString(line.WrittenSpan).TrimEnd('\r');
            }

            if (line.WrittenCount > LongestReply) throw new SmtpRefusedException("does not speak SMTP; check smtp_smarthost", isPermanent: false);
            start = 0;
            end = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (end == 0) throw new EndOfStreamException();
        }
    }

    /// <summary>Lines that begin with a dot get another (RFC 5321 4.5.2), and the end mark.</summary>
    private static byte[] Dotted(byte[] message)
    {
        var text = new ArrayBufferWriter<byte>(message.Length + 16);
        bool atLineStart = true;
        foreach (byte b in message)
        {
            if (atLineStart && b == (byte)'.') text.Write("."u8);
            text.Write([b]);
            atLineStart = b == (byte)'\n';
        }

        if (!atLineStart) text.Write("\r\n"u8);
        text.Write(".\r\n"u8);
        return text.WrittenSpan.ToArray();
    }

    private static void Expect(SmtpReply reply, int code, string what)
    {
        if (reply.Code == code || (code == 250 && reply.Code is 251 or 252)) return;
        throw new SmtpRefusedException(string.Create(CultureInfo.InvariantCulture, $"{what}: {reply.Code} {reply.Text}"), reply.Code is >= 500 and < 600);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public void Dispose() => stream.Dispose();

    private sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
    {
        public string Text => string.Join(' ', Lines);
    }
}

/// <summary>The server said no (or something that is no SMTP).</summary>
internal sealed class SmtpRefusedException(string message, bool isPermanent) : Exception(message)
{
    public bool IsPermanent { get; } = isPermanent;
}
