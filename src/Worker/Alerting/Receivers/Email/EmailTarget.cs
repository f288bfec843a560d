using Risk.Worker.Alerting.Routing;

namespace Risk.Worker.Alerting.Receivers.Email;

/// <summary>How mail leaves: Alertmanager's <c>smtp_*</c> settings.</summary>
/// <param name="Host">"" when none is set: mails wait.</param>
/// <param name="RequireTls">STARTTLS or no mail; false: never TLS. Default true.</param>
/// <param name="UserName">"" for no authentication.</param>
/// <param name="PasswordReference"><c>file:PATH</c> or <c>env:NAME</c>, or "".</param>
internal sealed record SmtpSettings(string Host, int Port, Mailbox From, bool RequireTls, string UserName, string PasswordReference);

/// <summary>An entry of <c>email_configs</c>.</summary>
/// <param name="To">Fixed recipients; they get everything.</param>
/// <param name="ToOwner"><c>{supplier.owner}</c> stands among them: each supplier's owner, else its backup owner, else <paramref name="Fallback"/>.</param>
/// <param name="Fallback">Who gets what has no owner with an address; null only without <paramref name="ToOwner"/>.</param>
internal sealed record EmailTarget(int Index, bool SendResolved, IReadOnlyList<Mailbox> To, bool ToOwner, Mailbox? Fallback, SmtpSettings Smtp)
    : ReceiverTarget("email", Index, SendResolved)
{
    public override string Endpoint => Smtp.Host.Length == 0 ? "mail" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mail server {Smtp.Host}:{Smtp.Port}");
}
