using System.Text;
using Risk.Rules.Diagnostics;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Receivers;
using Risk.Worker.Alerting.Receivers.Email;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Tests.Alerting.Receivers;

public sealed class EmailBytesTests
{
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
        string html = StoredMail.TryRead(Encoding.ASCII.GetBytes(message))!.Html;
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
        Assert.Contains("\r\nReferences: <thread-thread00000000000000000001@buyer.example>\r\n <episode-01hx7insolvency00000000001@buyer.example>\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nReferences: <thread-thread00000000000000000001@buyer.example>\r\nAuto-", Encoding.ASCII.GetString(Render(NotificationSample.Several).Body), StringComparison.Ordinal);
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
    public void Parse_Address_TakesOnlyWhatCannotBreakACommand(string text, string? address) => Assert.Equal(address, Mailbox.Parse(text)?.Address);

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

    [Theory]
    [InlineData("smtp_smarthost: \"mail.example.org:465\"", "2:26 Error T022 implicit TLS (port 465) is not supported by the mail library; use port 587 with STARTTLS (smtp_require_tls: true)")]
    [InlineData("smtp_smarthost: \"mail.example.org:587\", smtp_hello: risk.example.org", "2:62 Warning T023 'smtp_hello' is not used: the mail library greets with this machine's name; remove the line")]
    public void Read_WhatTheMailLibraryCannotDo_IsSaid(string settings, string expected)
    {
        var (_, diagnostics) = RoutingSample.Read($$"""
            schema: routing/1
            global: {{{settings}}, smtp_from: risk@buyer.example}
            route: {receiver: ops}
            receivers: [{name: ops, email_configs: [{to: ops@buyer.example}]}]
            """);
        Diagnostic found = Assert.Single(diagnostics);
        Assert.Equal(expected, $"{found.Position.Line}:{found.Position.Column} {found.Severity} {found.Code} {found.Message}");
    }

    [Fact]
    public void Address_OwnerAmongAddresses_TellsEachOnce()
    {
        var routing = RoutingSample.Good("""
            schema: routing/1
            global: {smtp_smarthost: "mail.example.org:587", smtp_from: risk@buyer.example}
            route: {receiver: ops}
            receivers: [{name: ops, email_configs: [{to: "{supplier.owner}, ops@example.org , M.Keller@buyer.example, ops@example.org", fallback_to: ops@example.org}]}]
            """);
        ReceiverTarget target = Assert.Single(routing.Receivers["ops"].Targets);
        IReadOnlyList<Addressed> addressed = Channel.Address(target, NotificationSample.Wide);
        Assert.Equal(["m.keller@buyer.example", "ops@example.org", "p.osei@buyer.example"], addressed.Select(a => a.Recipient.ToLowerInvariant()).Order(StringComparer.Ordinal));

        // Who is named gets everything, also where they own something; an owner gets what they own.
        Assert.Equal([3, 3, 1], addressed.OrderBy(a => a.Recipient, StringComparer.OrdinalIgnoreCase).Select(a => a.Notification.Alerts.Count()));
    }

    private static Rendering Render(Notification notification)
    {
        var smtp = new SmtpSettings("mail.buyer.example", 587, new Mailbox("Risk, Müller & Co", "risk@buyer.example"), RequireTls: true, "", "");
        return Channel.Render(new EmailTarget(0, false, [], ["owner"], new Mailbox("", "x@buyer.example"), smtp), notification, "m.keller@buyer.example", "d1");
    }
}
