using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Testing;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Email;
using Risk.Worker.Storage;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class EmailBytesTests
{
    private const string Password = "p4ss-w0rd-that-must-not-leak";

    private static readonly EmailChannel Channel = new();

    [Fact]
    public void Render_HostileName_MakesNoHeaderAndNoMarkup()
    {
        string message = Encoding.ASCII.GetString(Render(NotificationSample.Wide with { Firing = [.. NotificationSample.Wide.Firing.Skip(1)] }).Body);
        string head = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        string[] lines = head.Split("\r\n");
        Assert.DoesNotContain(lines, l => l.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.All(lines, l => Assert.InRange(l.Length, 1, 78));
        Assert.All(message, c => Assert.True(c is '\r' or '\n' or (>= ' ' and < '\x7f')));
        string html = MimeComposer.HtmlOf(Encoding.ASCII.GetBytes(message))!;
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202E', html);
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Render_Headers_NameDeliveryThreadAndEpisodes()
    {
        Rendering rendering = Render(NotificationSample.Single);
        string message = Encoding.ASCII.GetString(rendering.Body);
        Assert.Equal("[Risk] CRITICAL T1 Brightwater Castings GmbH: petition for insolvency filed (2026-02-27, companies-house) (34 -> 91)", rendering.Subject);
        Assert.Contains("\r\nMessage-ID: <d1@buyer.example>\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nReferences: <thread-thread00000000000000000001@buyer.example>\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nAuto-Submitted: auto-generated\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Risk-Episodes: 01hx7insolvency00000000001\r\n", message, StringComparison.Ordinal);
        Assert.StartsWith("Date: Mon, 02 Mar 2026 06:15:00 +0000\r\nFrom: =?utf-8?B?", message, StringComparison.Ordinal);
        Assert.Equal(rendering.Body, Render(NotificationSample.Single).Body);
    }

    [Fact]
    public void EncodedWords_LongText_CutsNoCharacterAndDecodesToItself()
    {
        string text = string.Concat(Enumerable.Repeat("Zürich 東京 🏭 ", 12)).Trim();
        string[] words = MimeComposer.EncodedWords(text).Split(' ');
        Assert.All(words, w => Assert.InRange(w.Length, 1, 75));
        Assert.Equal(text, string.Concat(words.Select(w => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(w["=?utf-8?B?".Length..^2])))));
    }

    [Theory]
    [InlineData("a@b.example", "a@b.example")]
    [InlineData(" Ann Lee <ann.lee+risk@b.example> ", "ann.lee+risk@b.example")]
    [InlineData("a@b.example\r\nBcc: c@d.example", null)]
    [InlineData("a b@c.example", null)]
    [InlineData("a@b@c.example", null)]
    [InlineData("<a@b.example", null)]
    [InlineData("@b.example", null)]
    [InlineData("a@", null)]
    [InlineData("Jan Novak", null)]
    public void Parse_Address_TakesOnlyWhatCannotBreakACommand(string text, string? address) => Assert.Equal(address, MailAddress.Parse(text)?.Address);

    [Theory]
    [InlineData("a\u202Eb\u200Bc\u2066d\uFEFF\u0007e", "abcde")]
    [InlineData("  two\r\n lines\u2028here ", "two lines here")]
    [InlineData("half \uD83C end", "half end")]
    public void Line_InvisibleAndTurningCharacters_AreGone(string text, string expected) => Assert.Equal(expected, PlainText.Line(text));

    [Theory]
    [InlineData("https://a.example/x?y=1&z=<", "https://a.example/x?y=1&z=%3C")]
    [InlineData("javascript:alert(1)", "")]
    [InlineData("data:text/html,x", "")]
    [InlineData("https://good.example@evil.example/", "")]
    [InlineData("kpi/2026.csv", "")]
    public void Link_OnlyHttp_IsKept(string url, string expected) => Assert.Equal(expected, PlainText.Link(url));

    [Fact]
    public async Task Send_AcceptingServer_GetsTheStoredBytesAndItsReplyIsTheProof()
    {
        await using var sink = new SmtpSink { Offers = ["AUTH LOGIN PLAIN"] };
        DeliveryOutcome outcome = await Send(sink, requireTls: false, user: "risk");
        Assert.Equal("127.0.0.1: 250 2.0.0 queued as Q1", Assert.IsType<DeliveryOutcome.Delivered>(outcome).Proof);
        SunkMail mail = Assert.Single(sink.Mails);
        Assert.Equal(("risk@buyer.example", "m.keller@buyer.example", "risk " + Password), (mail.From, mail.To, mail.User));
        Assert.Equal(Encoding.ASCII.GetString(Render(NotificationSample.Single).Body), mail.Data);
    }

    [Theory]
    [InlineData("RCPT", "451 4.7.1 greylisted", true, "451")]
    [InlineData("RCPT", "550 5.1.1 no such mailbox", false, "550")]
    [InlineData("MAIL", "553 sender not allowed", false, "553")]
    [InlineData("END", "452 disk full", true, "452")]
    [InlineData("END", "554 spam", false, "554")]
    [InlineData("END", "drop", true, "closed the connection")]
    [InlineData("DATA", "drop", true, "closed the connection")]
    [InlineData("AUTH", "535 5.7.8 wrong: p4ss-w0rd-that-must-not-leak", false, "refused the login of risk (535)")]
    [InlineData("AUTH", "454 later", true, "454")]
    [InlineData("EHLO", "not smtp", true, "does not speak SMTP")]
    public async Task Send_Fault_IsClassifiedWithoutTheSecret(string at, string answer, bool retries, string says)
    {
        await using var sink = new SmtpSink { Offers = ["AUTH PLAIN"] };
        sink.Faults[at] = answer;
        DeliveryOutcome outcome = await Send(sink, requireTls: false, user: "risk");
        string reason = outcome switch { DeliveryOutcome.RetryLater later => later.Reason, DeliveryOutcome.GaveUp gaveUp => gaveUp.Reason, _ => "delivered" };
        Assert.Equal(retries, outcome is DeliveryOutcome.RetryLater);
        Assert.Contains(says, reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TlsRequiredButNotOffered_SendsNothing()
    {
        await using var sink = new SmtpSink();
        Assert.Contains("STARTTLS", Assert.IsType<DeliveryOutcome.GaveUp>(await Send(sink, requireTls: true, user: "")).Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Mails);
    }

    [Fact]
    public async Task Send_NobodyListens_RetriesLater()
    {
        int port;
        await using (var sink = new SmtpSink()) port = sink.Port;
        DeliveryOutcome outcome = await SmtpSubmission.SendAsync(Smtp(port, false, ""), "", "a@b.example", [], CancellationToken.None);
        Assert.Contains("cannot be reached", Assert.IsType<DeliveryOutcome.RetryLater>(outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WrongTargets_SayWhatIsMissing()
    {
        var (_, diagnostics) = RoutingSample.Read("""
            schema: routing/1
            global: {smtp_smarthost: mail.example.org, smtp_from: nobody, webhook_allow: [10.0.0.1/99], smtp_port: 25}
            route: {receiver: ops}
            receivers:
              - name: ops
                email_configs: [{to: "{supplier.owner}"}, {to: "x, y@z.example"}]
                webhook_configs: [{}, {url: "ftp://x", secret: whsec_plain}]
            """);
        Assert.Equal(
            ["2:26 T016", "2:55 T016", "2:79 T016", "2:93 T002", "6:26 T003", "6:52 T016", "7:23 T003", "7:33 T016", "7:52 T017"],
            diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d.Position.Line}:{d.Position.Column} {d.Code}"));
        Assert.DoesNotContain(diagnostics, d => d.Message.Contains("whsec_plain", StringComparison.Ordinal));
    }

    private static SmtpSettings Smtp(int port, bool requireTls, string user) => new("127.0.0.1", port, new MailAddress("Risk, Müller & Co", "risk@buyer.example"), requireTls, user, "env:SMTP", "worker.buyer.example");

    private static EmailTarget Target(int port, bool requireTls, string user) => new(0, false, [], true, new MailAddress("", "x@buyer.example"), Smtp(port, requireTls, user));

    private static Rendering Render(Risk.Worker.Alerting.Notifications.Notification notification) => Channel.Render(Target(25, false, ""), notification, "m.keller@buyer.example", "d1");

    private static Task<DeliveryOutcome> Send(SmtpSink sink, bool requireTls, string user)
    {
        var delivery = new Delivery("d1", "n", "g", "ops", "email", 0, "m.keller@buyer.example", "", Render(NotificationSample.Single).Body, NotificationSample.At, DeliveryState.Pending, 0, null, null, "", "", []);
        var services = new ChannelServices(TimeProvider.System, new SecretReader(".", name => name == "SMTP" ? Password : null), ".");
        return Channel.SendAsync(Target(sink.Port, requireTls, user), delivery, services, CancellationToken.None);
    }
}
