using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Documents;
using Risk.Rules.Suppliers;
using Risk.Worker.Alerting.Delivery;
using Risk.Worker.Alerting.Grouping;
using Risk.Worker.Alerting.Notifications;
using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>Mail over SMTP: one message for each recipient, so that one bad mailbox stops no other.</summary>
internal sealed class EmailChannel : IReceiverChannel
{
    private const string OwnerPlaceholder = "{supplier.owner}";
    private const string NoSender = "supplier-risk-monitor@localhost";
    private const int ImplicitTlsPort = 465;
    private const string NoServer = "no mail can be sent: set smtp_smarthost and smtp_from under 'global'";

    public string Name => "email";

    public bool ReachesPersons => true;

    public IReadOnlyCollection<string> GlobalKeys { get; } =
        ["smtp_smarthost", "smtp_from", "smtp_require_tls", "smtp_auth_username", "smtp_auth_password_file", "smtp_hello"];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("an e-mail target", ["to", "fallback_to", "send_resolved"]);
        SmtpSettings? smtp = Smtp(global);
        (ImmutableArray<Mailbox> to, bool toOwner) = Recipients(config);
        Mailbox? fallback = config.Text("fallback_to") is null ? null : Address(config, "fallback_to");
        if (toOwner && !config.Has("fallback_to"))
            config.Error("T003", $"'fallback_to' is missing: who gets alerts on suppliers without an owner's address, and those about no supplier", config.At("to"), OwnerPlaceholder.Length);
        if (!toOwner && config.Has("fallback_to"))
            config.Error("T001", $"'fallback_to' only goes with \"{OwnerPlaceholder}\" in 'to'; list its address under 'to'", config.At("fallback_to"));
        bool sendResolved = config.Bool("send_resolved", otherwise: false);
        return smtp is null || (to.IsEmpty && !toOwner) || (toOwner && fallback is null) ? null : new EmailTarget(index, sendResolved, to, toOwner, fallback, smtp);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification)
    {
        var email = (EmailTarget)target;
        var found = new List<Addressed>(email.To.Select(t => new Addressed(t.Address, notification)));
        if (email.ToOwner)
        {
            string fallback = email.Fallback!.Address;
            foreach (IGrouping<string, SupplierContext> owned in notification.Suppliers.Values.GroupBy(c => OwnerOf(c.Supplier) ?? fallback, StringComparer.OrdinalIgnoreCase))
                found.Add(new Addressed(owned.Key, notification.For(owned.Select(c => c.Supplier.Id).ToHashSet())));

            // What is about no (known) supplier has no owner.
            if (notification.Alerts.Any(a => notification.ContextOf(a) is null)) found.Add(new Addressed(fallback, notification));
        }

        return [.. found.Where(a => a.Notification.Alerts.Any()).GroupBy(a => a.Recipient, StringComparer.OrdinalIgnoreCase).Select(g => g.MaxBy(a => a.Notification.Alerts.Count())!)];
    }

    public Rendering Render(ReceiverTarget target, Notification notification, string recipient, string deliveryId)
    {
        SmtpSettings smtp = ((EmailTarget)target).Smtp;
        EmailView view = EmailViews.Of(notification, recipient);
        (string parent, string references) = ThreadOf(notification, smtp.From.Host);
        (string, string)[] headers =
        [
            ("Date", MimeComposer.DateOf(notification.At)),
            ("From", MimeComposer.AddressOf(smtp.From)),
            ("To", recipient),
            ("Subject", view.Subject),
            ("Message-ID", MessageId(deliveryId, smtp)),
            ("In-Reply-To", parent),
            ("References", references),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("X-Risk-Delivery", deliveryId),
            ("X-Risk-Notification", notification.Id),
            ("X-Risk-Reason", notification.Reason.ToString()),
            ("X-Risk-Episodes", string.Join(' ', notification.Alerts.Select(a => a.EpisodeId))),
        ];
        byte[] body = MimeComposer.Compose(new MailMessageParts(headers, EmailText.Render(view), EmailHtml.Render(view), "=_" + StableId.Of("boundary", deliveryId)));
        return new Rendering(view.Subject, body);
    }

    public async Task<DeliveryOutcome> SendAsync(ReceiverTarget target, Storage.Delivery delivery, ChannelServices services, CancellationToken cancellationToken)
    {
        SmtpSettings smtp = ((EmailTarget)target).Smtp;
        if (smtp.Host.Length == 0) return new DeliveryOutcome.RetryLater(NoServer);
        if (StoredMail.TryRead(delivery.Body) is not { } mail) return new DeliveryOutcome.GaveUp("the stored mail is damaged and cannot be read; check the store's disk, restore a backup, then redeliver");
        try
        {
            string password = smtp.UserName.Length > 0 ? services.Secrets.Read(smtp.PasswordReference) : "";
            return await MailSubmission.SendAsync(smtp, password, mail, services.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretMissingException missing)
        {
            // Someone mends that without touching the delivery, so it waits.
            return new DeliveryOutcome.RetryLater(missing.Message);
        }
    }

    /// <summary>Mails about one alert make a thread, below that of its group; the alert's own outlives the group.</summary>
    private static (string Parent, string References) ThreadOf(Notification notification, string host)
    {
        string group = $"<thread-{notification.ThreadId}@{host}>";
        if (notification.Alerts.Select(a => a.EpisodeId).Distinct().Take(2).ToArray() is not [var episode]) return (group, group);
        string own = $"<episode-{episode}@{host}>";
        return (own, $"{group} {own}");
    }

    internal static string MessageId(string deliveryId, SmtpSettings smtp) => $"<{deliveryId}@{smtp.From.Host}>";

    private static string? OwnerOf(Supplier supplier) => (Mailbox.Parse(supplier.Owner) ?? Mailbox.Parse(supplier.BackupOwner))?.Address;

    private static (ImmutableArray<Mailbox> To, bool ToOwner) Recipients(ConfigSection config)
    {
        if (config.Required("to", "the recipients, separated by commas") is not { } text) return ([], false);
        var to = ImmutableArray.CreateBuilder<Mailbox>();
        bool toOwner = false;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == OwnerPlaceholder) toOwner = true;
            else if (Mailbox.Parse(part) is { } address) to.Add(address);
            else config.Error("T016", $"'{part}' is no mail address; write name@host, \"{OwnerPlaceholder}\", or several of them separated by commas", config.At("to"), Math.Max(1, text.Length));
        }

        if (to.Count == 0 && !toOwner && text.Trim(' ', ',').Length == 0) config.Error("T003", "'to' is empty: who is to get the mail?", config.At("to"));
        return (to.ToImmutable(), toOwner);
    }

    private static SmtpSettings? Smtp(ConfigSection global)
    {
        // Without a mail server everything else still works (checks, replays, demonstrations), and mails wait in the store, saying what they wait for.
        string? smarthost = global.Text("smtp_smarthost"), from = smarthost is null ? global.Text("smtp_from") ?? NoSender : global.Required("smtp_from", "mails need a sender's address");
        if (smarthost is null) global.Warning("T021", NoServer, global.Node);
        bool requireTls = global.Bool("smtp_require_tls", otherwise: true);
        string user = global.Text("smtp_auth_username") ?? "", password = global.Text("smtp_auth_password_file") ?? "";
        if (user.Length > 0 && password.Length == 0) global.Error("T003", "'smtp_auth_password_file' is missing: smtp_auth_username needs it", global.At("smtp_auth_username"), user.Length);
        if (global.Has("smtp_hello")) global.Warning("T023", "'smtp_hello' is not used: the mail library greets with this machine's name; remove the line", global.At("smtp_hello"), Math.Max(1, global.Text("smtp_hello")?.Length ?? 1));
        Mailbox? sender = from is null ? null : global.Has("smtp_from") ? Address(global, "smtp_from") : Mailbox.Parse(from);
        int colon = smarthost?.LastIndexOf(':') ?? -1, port = 0;
        bool isGoodHost = colon > 0 && int.TryParse(smarthost.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
        if (smarthost is not null && !isGoodHost) global.Error("T016", $"'{smarthost}' must be host:port, for example mail.example.org:587", global.At("smtp_smarthost"), Math.Max(1, smarthost.Length));
        if (port == ImplicitTlsPort) global.Error("T022", "implicit TLS (port 465) is not supported by the mail library; use port 587 with STARTTLS (smtp_require_tls: true)", global.At("smtp_smarthost"), Math.Max(1, smarthost!.Length));
        if (sender is null || (smarthost is not null && !isGoodHost) || port == ImplicitTlsPort) return null;
        string reference = password.Length == 0 || SecretReader.IsReference(password) ? password : "file:" + password;
        return new SmtpSettings(smarthost is null ? "" : smarthost[..colon].Trim('[', ']'), port, sender, requireTls, user, reference);
    }

    private static Mailbox? Address(ConfigSection section, string key)
    {
        string text = section.Text(key) ?? "";
        if (Mailbox.Parse(text) is { } address) return address;
        DocumentNode at = section.At(key);
        section.Error("T016", $"'{text}' is no mail address; write name@host or Name <name@host>", at, Math.Max(1, text.Length));
        return null;
    }
}
