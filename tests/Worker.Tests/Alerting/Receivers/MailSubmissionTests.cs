using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Risk.Rules.Suppliers;
using Risk.Testing;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Email;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class MailSubmissionTests
{
    private const string Password = "p4ss-w0rd-that-must-not-leak";

    private static readonly EmailChannel Channel = new();

    [Fact]
    public async Task Send_AcceptingServer_GetsOneMailForOneRecipientUnderTheLogin()
    {
        await using var sink = new SmtpSink { Offers = ["AUTH GSSAPI NTLM PLAIN LOGIN"] };
        DeliveryOutcome outcome = await Send(sink, user: "risk");
        Assert.Equal($"mail server 127.0.0.1:{sink.Port} accepted <d1@buyer.example>", Assert.IsType<DeliveryOutcome.Delivered>(outcome).Proof);
        SunkMail mail = Assert.Single(sink.Mails);
        Assert.Equal(("risk@buyer.example", "m.keller@buyer.example", "risk " + Password), (mail.From, mail.To, mail.User));
    }

    // The library composes its own bytes: what is meant must be the same as what is stored.
    [Theory]
    [InlineData("Brightwater Castings GmbH")]
    [InlineData("東京マイクロデバイス株式会社 🏭 Zürich Ångström Łódź и компания")]
    [InlineData("=?utf-8?B?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?= Ltd")]
    [InlineData("Acme\r\nBcc: evil@evil.example\r\n\r\n.\r\nMAIL FROM:<x@evil.example>")]
    [InlineData(".\u202Egnp.exe <script>alert(1)</script> \"quoted\" a@b.example,")]
    public async Task Send_StoredMail_ArrivesWithTheSameMeaning(string supplier)
    {
        Notification notification = NotificationSample.Several with
        {
            Suppliers = NotificationSample.Several.Suppliers.SetItem(NotificationSample.Brightwater.Id, NotificationSample.Several.Suppliers[NotificationSample.Brightwater.Id] with { Supplier = NotificationSample.Brightwater with { Name = supplier } }),
        };
        await using var sink = new SmtpSink();
        byte[] stored = Render(sink, notification).Body;
        Assert.IsType<DeliveryOutcome.Delivered>(await Send(sink, stored));
        SunkMail sunk = Assert.Single(sink.Mails);
        ReceivedMail sent = new(Encoding.ASCII.GetString(stored)), received = new(sunk.Data);
        Assert.Equal("m.keller@buyer.example", sunk.To);
        foreach ((string name, string value) in sent.Headers.Where(h => h.Name is not ("Content-Type" or "Date"))) Assert.Equal(value, received[name]);
        Assert.Equal(sent["Date"], received["X-Risk-Date"]);
        Assert.Single(received.Headers, h => h.Name == "Date");
        Assert.Equal(sent.Headers.Count + 1, received.Headers.Count);
        Assert.Equal(["text/plain", "text/html"], received.Parts.Select(p => p.Type));
        Assert.Equal(sent.Parts, received.Parts);
        Assert.Equal(EmailText.Render(EmailViews.Of(notification, "m.keller@buyer.example")).ReplaceLineEndings("\r\n"), received.Parts[0].Content);
        Assert.All(received.Lines, l => Assert.InRange(l.Length, 0, 78));
        Assert.All(sunk.Data, c => Assert.True(c is '\r' or '\n' or (>= ' ' and < '\x7f')));
    }

    [Fact]
    public async Task Send_LongLinesAndDots_ArriveUnchanged()
    {
        string text = ".\r\n..\r\n" + new string('ü', 5000) + "\r\n.\r\n", html = $"<p>{new string('x', 20_000)}</p>";
        byte[] stored = MimeComposer.Compose(new MailMessageParts([("From", "a@b.example"), ("To", "m.keller@buyer.example"), ("Subject", new string('s', 900)), ("Message-ID", "<d1@b.example>")], text, html, "=_x"));
        await using var sink = new SmtpSink();
        Assert.IsType<DeliveryOutcome.Delivered>(await Send(sink, stored));
        var received = new ReceivedMail(Assert.Single(sink.Mails).Data);
        Assert.Equal([("text/plain", text), ("text/html", html)], received.Parts);
        Assert.Equal(new string('s', 900), received["Subject"]);
    }

    [Theory]
    [InlineData("MAIL", "451 4.3.0 try later", true, "refused the mail: 451 4.3.0 try later")]
    [InlineData("RCPT", "451 4.7.1 greylisted", true, "451 4.7.1 greylisted")]
    [InlineData("DATA", "451 4.3.2 shutting down", true, "451 4.3.2 shutting down")]
    [InlineData("END", "451 4.3.0 later", true, "451 4.3.0 later")]
    [InlineData("END", "452 4.3.1 disk full", true, "452 4.3.1 disk full")]
    [InlineData("MAIL", "553 no sender p4ss-w0rd-that-must-not-leak here", false, "553 no sender *** here")]
    [InlineData("RCPT", "550 5.1.1 no such mailbox", false, "refused the recipient m.keller@buyer.example: 550 5.1.1 no such mailbox")]
    [InlineData("RCPT", "571 blocked", false, "571")]
    [InlineData("END", "554 5.7.1 spam", false, "554 5.7.1 spam")]
    [InlineData("CONNECT", "drop", true, "closed the connection")]
    [InlineData("MAIL", "drop", true, "closed the connection")]
    [InlineData("DATA", "drop", true, "closed the connection")]
    [InlineData("END", "drop", true, "closed the connection")]
    [InlineData("END", "keep and drop", true, "closed the connection")]
    [InlineData("AUTH", "535 5.7.8 wrong: p4ss-w0rd-that-must-not-leak", false, "refused the login of risk (530 5.7.0 authentication required); check smtp_auth_username")]
    [InlineData("CONNECT", "421 4.3.2 too busy", true, "421")]
    [InlineData("CONNECT", "not smtp", true, "does not speak SMTP")]
    [InlineData("CONNECT", "HTTP/1.1 400 Bad Request", true, "does not speak SMTP")]
    [InlineData("EHLO", "not smtp", true, "does not speak SMTP")]
    public async Task Send_Fault_IsClassifiedWithoutTheSecret(string at, string answer, bool retries, string says)
    {
        await using var sink = new SmtpSink { Offers = ["AUTH LOGIN"] };
        sink.Faults[at] = answer;
        DeliveryOutcome outcome = await Send(sink, user: "risk");
        Assert.Contains(says, ReasonOf(outcome), StringComparison.Ordinal);
        Assert.Equal(retries, outcome is DeliveryOutcome.RetryLater);
        Assert.DoesNotContain(Password, ReasonOf(outcome), StringComparison.Ordinal);
        Assert.Equal(answer == "keep and drop" ? 1 : 0, sink.Mails.Count);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("EHLO")]
    [InlineData("RCPT")]
    [InlineData("END")]
    public async Task Send_ServerHangs_GivesUpAfterAMinuteAndClosesTheConnection(string at)
    {
        await using var sink = new SmtpSink();
        sink.Faults[at] = "hang";
        var clock = new ManualTimeProvider(NotificationSample.At);
        Task<DeliveryOutcome> sending = Send(sink, clock: clock);
        await sink.Hung;
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("within 60 s", Assert.IsType<DeliveryOutcome.RetryLater>(await sending).Reason, StringComparison.Ordinal);
        await sink.Released;
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("END")]
    public async Task Send_Cancelled_ThrowsAndClosesTheConnection(string at)
    {
        await using var sink = new SmtpSink();
        sink.Faults[at] = "hang";
        using var cancel = new CancellationTokenSource();
        Task<DeliveryOutcome> sending = Send(sink, cancellationToken: cancel.Token);
        await sink.Hung;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await sink.Released;
    }

    [Fact]
    public async Task Send_TlsRequiredButNotOffered_SendsNothing()
    {
        await using var sink = new SmtpSink();
        Assert.Contains("STARTTLS", Assert.IsType<DeliveryOutcome.RetryLater>(await Send(sink, requireTls: true)).Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Mails);
    }

    [Fact]
    public async Task Send_CertificateNobodyTrusts_SendsNothing()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var sink = new SmtpSink { Certificate = certificate, Offers = ["AUTH LOGIN"] };
        DeliveryOutcome outcome = await Send(sink, requireTls: true, user: "risk");
        Assert.Contains("TLS failed", Assert.IsType<DeliveryOutcome.RetryLater>(outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Mails);
    }

    [Fact]
    public async Task Send_LoginWantedButNoneSet_SaysWhatToSet()
    {
        await using var sink = new SmtpSink { Offers = ["AUTH LOGIN"] };
        Assert.Contains("smtp_auth_username", Assert.IsType<DeliveryOutcome.GaveUp>(await Send(sink)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NobodyListens_RetriesLater()
    {
        var sink = new SmtpSink();
        await sink.DisposeAsync();
        Assert.Contains("cannot be reached", Assert.IsType<DeliveryOutcome.RetryLater>(await Send(sink)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_PasswordFile_IsReadAtEachUse()
    {
        string folder = Directory.CreateTempSubdirectory("risk-mail-").FullName;
        try
        {
            await using var sink = new SmtpSink { Offers = ["AUTH LOGIN"] };
            DeliveryOutcome missing = await Send(sink, user: "risk", password: "file:secret", folder: folder);
            Assert.Contains("file:secret cannot be read", Assert.IsType<DeliveryOutcome.RetryLater>(missing).Reason, StringComparison.Ordinal);
            foreach (string word in new[] { "first", "second" })
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "secret"), word + "\n");
                Assert.IsType<DeliveryOutcome.Delivered>(await Send(sink, user: "risk", password: "file:secret", folder: folder));
            }

            Assert.Equal(["risk first", "risk second"], sink.Mails.Select(m => m.User));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Send_DamagedStoredMail_IsGivenUp()
    {
        await using var sink = new SmtpSink();
        Assert.Contains("damaged", Assert.IsType<DeliveryOutcome.GaveUp>(await Send(sink, "Subject: half a ma"u8.ToArray())).Reason, StringComparison.Ordinal);
    }

    private static string ReasonOf(DeliveryOutcome outcome) => outcome switch { DeliveryOutcome.RetryLater later => later.Reason, DeliveryOutcome.GaveUp gaveUp => gaveUp.Reason, _ => "delivered" };

    private static EmailTarget Target(SmtpSink sink, bool requireTls = false, string user = "", string password = "env:SMTP") =>
        new(0, false, [], ["owner"], new Mailbox("", "x@buyer.example"), new SmtpSettings("127.0.0.1", sink.Port, new Mailbox("Risk, Müller \"&\" Co", "risk@buyer.example"), requireTls, user, password));

    private static Rendering Render(SmtpSink sink, Notification notification) => Channel.Render(Target(sink), notification, "m.keller@buyer.example", "d1");

    private static Task<DeliveryOutcome> Send(
        SmtpSink sink, byte[]? stored = null, bool requireTls = false, string user = "", string password = "env:SMTP", string folder = ".", TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        stored ??= Render(sink, NotificationSample.Single).Body;
        var delivery = new Delivery("d1", "n", "g", "ops", "email", 0, "m.keller@buyer.example", "", stored, NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", []);
        var services = new ChannelServices(clock ?? TimeProvider.System, new SecretReader(folder, name => name == "SMTP" ? Password : null), folder);
        return Channel.SendAsync(Target(sink, requireTls, user, password), delivery, services, cancellationToken);
    }
}
