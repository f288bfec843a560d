using System.Collections.Immutable;
using System.Globalization;
using Risk.Rules.Alerts;
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
    private const string OwnerPlaceholder = "{supplier.owner}", FieldStart = "{supplier.";
    private const string NoSender = "supplier-risk-monitor@localhost";
    private const int ImplicitTlsPort = 465;

    /// <summary>While settings are wrong, targets are read all the same, so that everything is reported at once.</summary>
    private static readonly SmtpSettings NoSettings = new("", 0, new Mailbox("", NoSender), true, "", "");
    private const string NoServer = "no mail can be sent: set smtp_smarthost and smtp_from under 'global'";

    public string Name => "email";

    public bool ReachesPersons => true;

    public IReadOnlyCollection<string> GlobalKeys { get; } =
        ["smtp_smarthost", "smtp_from", "smtp_require_tls", "smtp_auth_username", "smtp_auth_password_file", "smtp_hello"];

    public ReceiverTarget? Read(ConfigSection config, ConfigSection global, int index)
    {
        config.RefuseUnknownKeys("an e-mail target", ["to", "fallback_to", "send_resolved", "digest"]);
        SmtpSettings? smtp = Smtp(global);
        (ImmutableArray<Mailbox> to, ImmutableArray<string> fields) = Recipients(config);
        Mailbox? fallback = config.Text("fallback_to") is null ? null : Address(config, "fallback_to");
        if (fields.IsEmpty && config.Has("fallback_to"))
            config.Error("T001", $"'fallback_to' only goes with \"{OwnerPlaceholder}\" in 'to'; list its address under 'to'", config.At("fallback_to"));

        // Somebody who reads digests wants to see there what is over; in a mail of its own it is noise to most.
        bool sendResolved = config.Bool("send_resolved", otherwise: config.Has("digest"));
        return (to.IsEmpty && fields.IsEmpty) || (config.Has("fallback_to") && fallback is null) ? null : new EmailTarget(index, sendResolved, to, fields, fallback, smtp ?? NoSettings);
    }

    public IReadOnlyList<Addressed> Address(ReceiverTarget target, Notification notification)
    {
        var email = (EmailTarget)target;
        var concerned = new Dictionary<string, (string Recipient, HashSet<string> Episodes, List<string> Because)>(StringComparer.OrdinalIgnoreCase);
        foreach (Mailbox named in email.To) Concern(named.Address, notification.Alerts, [$"Receiver '{notification.Receiver}' names you."]);
        if (email.ToFields.Count > 0)
        {
            SupplierPeople[] people = [.. notification.Suppliers.Values.Select(c => SupplierPeople.Of(c.Supplier, email.ToFields, notification.At))];
            foreach (var person in people.SelectMany(p => p.Roles.Select(role => (p.Supplier, Role: role))).GroupBy(p => p.Role.Address, StringComparer.OrdinalIgnoreCase))
            {
                HashSet<SupplierId> theirs = [.. person.Select(p => p.Supplier.Id)];
                Concern(person.Key, notification.Alerts.Where(a => a.Supplier is { } id && theirs.Contains(id)), [.. person.GroupBy(p => p.Role.Words).Select(role => $"You are {role.Key} of {Names(role.Select(p => p.Supplier)).TrimEnd('.')}.")]);
            }

            // What is about no (known) supplier has no owner either.
            HashSet<SupplierId> unowned = [.. people.Where(p => p.Roles.IsEmpty).Select(p => p.Supplier.Id)];
            Alert[] nobodys = [.. notification.Alerts.Where(a => notification.ContextOf(a) is not { } known || unowned.Contains(known.Supplier.Id))];
            Concern(email.Fallback?.Address ?? "", nobodys, [.. people.Where(p => p.Roles.IsEmpty).Take(3).Select(p => $"Nobody's: {p.WhyNobody}. It comes to you as the fallback.").DefaultIfEmpty("It concerns no supplier, so it has no owner and comes to you as the fallback.")]);
        }

        return [.. concerned.Values.Where(c => c.Episodes.Count > 0).Select(c => new Addressed(c.Recipient, notification.Only(a => c.Episodes.Contains(a.EpisodeId)) with { Because = [.. c.Because.Distinct()] }))];

        void Concern(string recipient, IEnumerable<Alert> alerts, IEnumerable<string> because)
        {
            string[] episodes = [.. alerts.Select(a => a.EpisodeId)];
            if (episodes.Length == 0) return;
            if (!concerned.TryGetValue(recipient, out var known)) concerned[recipient] = known = (recipient, new HashSet<string>(StringComparer.Ordinal), []);
            known.Episodes.UnionWith(episodes);
            known.Because.AddRange(because);
        }
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
            ("X-Risk-Episodes", string.Join(' ', notification.Alerts.Concat(notification.Muted.Select(m => m.Alert)).Select(a => a.EpisodeId))),
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

    private static string Names(IEnumerable<Supplier> suppliers)
    {
        Supplier[] all = [.. suppliers];
        return all.Length == 1 ? PlainText.Line(all[0].Name, 80) : string.Create(CultureInfo.InvariantCulture, $"{all.Length} of these suppliers");
    }

    private static (ImmutableArray<Mailbox> To, ImmutableArray<string> Fields) Recipients(ConfigSection config)
    {
        if (config.Required("to", "the recipients, separated by commas") is not { } text) return ([], []);
        var to = ImmutableArray.CreateBuilder<Mailbox>();
        var fields = ImmutableArray.CreateBuilder<string>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith(FieldStart, StringComparison.Ordinal) && part.EndsWith('}')) fields.Add(part[FieldStart.Length..^1].Trim());
            else if (Mailbox.Parse(part) is { } address) to.Add(address);
            else config.Error("T016", $"'{part}' is no mail address; write name@host, \"{OwnerPlaceholder}\", or several of them separated by commas", config.At("to"), Math.Max(1, text.Length));
        }

        if (to.Count == 0 && fields.Count == 0 && text.Trim(' ', ',').Length == 0) config.Error("T003", "'to' is empty: who is to get the mail?", config.At("to"));
        return (to.ToImmutable(), fields.ToImmutable());
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
