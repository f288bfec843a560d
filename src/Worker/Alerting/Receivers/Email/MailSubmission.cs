using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Risk.Worker.Alerting.Delivery;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>Hands one stored mail for one recipient to the mail library (<see cref="SmtpClient"/>), over a connection of its own, and says how that ended.</summary>
/// <remarks>What the library cannot do, and what follows from that: docs/adr/0009-mail-through-system-net-mail.md.</remarks>
internal static class MailSubmission
{
    /// <summary>For everything from the name lookup to the server's last word; a hanging server must not hold a worker.</summary>
    public static TimeSpan Within { get; } = TimeSpan.FromSeconds(60);

    public static async Task<DeliveryOutcome> SendAsync(SmtpSettings smtp, string password, StoredMail mail, TimeProvider clock, CancellationToken cancellationToken)
    {
        var server = string.Create(CultureInfo.InvariantCulture, $"mail server {smtp.Host}:{smtp.Port}");
        using var deadline = new CancellationTokenSource(Within, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.RequireTls };

        // Only for LOGIN: the library would otherwise prefer GSSAPI and NTLM, which take no password from a file.
        if (smtp.UserName.Length > 0) client.Credentials = new CredentialCache { { smtp.Host, smtp.Port, "login", new NetworkCredential(smtp.UserName, password) } };
        try
        {
            using MailMessage message = MessageOf(mail);
            Task sending = client.SendMailAsync(message, stop.Token);
            try
            {
                await sending.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // Once the message is on the line the library no longer looks at the token; disposing closes the connection, which ends the call.
                client.Dispose();
                _ = sending.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                cancellationToken.ThrowIfCancellationRequested();
                return new DeliveryOutcome.RetryLater(string.Create(CultureInfo.InvariantCulture, $"{server} did not take the mail within {Within.TotalSeconds:0} s; check that it is up and not overloaded"));
            }

            return new DeliveryOutcome.Delivered($"{server} accepted {mail["Message-ID"]}{(smtp.RequireTls ? " (TLS)" : "")}");
        }
        catch (Exception problem) when (problem is SmtpException or AuthenticationException or SocketException or IOException)
        {
            return OutcomeOf(problem, smtp, server, password);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException or InvalidOperationException)
        {
            return new DeliveryOutcome.GaveUp($"the mail library refuses the stored mail ({PlainText.Line(problem.Message, 200)}); check smtp_from and the recipient's address, which the next notification uses");
        }
    }

    /// <summary>The same mail as the library's own: headers and both alternatives as stored. The library writes its own <c>Date</c> (the sending), so the stored one goes as <c>X-Risk-Date</c>.</summary>
    internal static MailMessage MessageOf(StoredMail mail)
    {
        var message = new MailMessage { SubjectEncoding = Encoding.UTF8, HeadersEncoding = Encoding.UTF8 };
        foreach ((string name, string value) in mail.Headers)
        {
            switch (name)
            {
                case "From":
                    message.From = AddressOf(value);
                    break;
                case "To":
                    message.To.Add(AddressOf(value));
                    break;
                case "Subject":
                    message.Subject = value;
                    break;
                case "Date":
                    message.Headers.Add("X-Risk-Date", value);
                    break;
                default:
                    if (value.Length > 0) message.Headers.Add(name, value);
                    break;
            }
        }

        message.AlternateViews.Add(Alternative(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(Alternative(mail.Html, MediaTypeNames.Text.Html));
        return message;
    }

    private static MailAddress AddressOf(string value)
    {
        int open = value.LastIndexOf('<');
        return open < 0 ? new MailAddress(value) : new MailAddress(value[(open + 1)..].TrimEnd('>'), value[..open].Trim(), Encoding.UTF8);
    }

    private static AlternateView Alternative(string content, string type)
    {
        AlternateView view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, type);

        // As stored: no line can be too long or begin with a dot.
        view.TransferEncoding = TransferEncoding.Base64;
        return view;
    }

    private static DeliveryOutcome OutcomeOf(Exception problem, SmtpSettings smtp, string server, string password)
    {
        int code = (int)((problem as SmtpException)?.StatusCode ?? SmtpStatusCode.GeneralFailure);
        string reply = ReplyOf(problem, password);
        if (code is > 599 or (>= 0 and < 200)) return new DeliveryOutcome.RetryLater(NoSmtp(server));
        if (code < 400) return new DeliveryOutcome.RetryLater(WithoutReply(problem, reply, smtp, server));
        if (code == 530 && smtp.UserName.Length == 0)
            return new DeliveryOutcome.GaveUp($"{server} wants TLS or a login ({code} {reply}); set smtp_require_tls: true or smtp_auth_username, then redeliver");
        if (code is 530 or 534 or 535 or 538)
            return new DeliveryOutcome.GaveUp($"{server} refused the login of {smtp.UserName} ({code} {reply}); check smtp_auth_username and smtp_auth_password_file, and that it offers AUTH LOGIN, then redeliver");
        string what = problem is SmtpFailedRecipientException recipient ? $"the recipient {recipient.FailedRecipient?.Trim('<', '>')}" : "the mail";
        string text = $"{server} refused {what}: {code} {reply}";
        return code >= 500 ? new DeliveryOutcome.GaveUp(text) : new DeliveryOutcome.RetryLater(text, RecipientOnly: problem is SmtpFailedRecipientException);
    }

    /// <summary>What went wrong before the server answered with a code.</summary>
    private static string WithoutReply(Exception problem, string reply, SmtpSettings smtp, string server)
    {
        for (Exception? cause = problem; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket:
                    return $"{server} cannot be reached ({socket.SocketErrorCode}); check smtp_smarthost and the network";
                case AuthenticationException tls:
                    return $"{server}: TLS failed ({PlainText.Line(tls.Message, 200)}); check that its certificate is valid for {smtp.Host} and trusted here";
                case FormatException:
                    return NoSmtp(server);
                case IOException when cause.InnerException is null:
                    return $"{server} closed the connection; check that smtp_smarthost speaks SMTP and is not overloaded";
                default:
                    break;
            }
        }

        return smtp.RequireTls
            ? $"{server}: {reply} Check that it speaks SMTP and offers STARTTLS, or set smtp_require_tls: false if the line is trusted"
            : $"{server}: {reply} Check that smtp_smarthost speaks SMTP";
    }

    private static string NoSmtp(string server) => $"{server} does not speak SMTP; check host and port of smtp_smarthost";

    /// <summary>The server's text as far as the library hands it on, else the library's own. A server that repeats the password does not bring it into our records.</summary>
    private static string ReplyOf(Exception problem, string password)
    {
        const string mark = "The server response was: ";
        string text = password.Length > 0 ? problem.Message.Replace(password, "***", StringComparison.Ordinal) : problem.Message;
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return PlainText.Line(at < 0 ? text : text[(at + mark.Length)..], 200);
    }
}
